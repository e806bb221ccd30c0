import type { Draws, MaskDefinition } from '../engine/types.ts'
import { option, seedOption } from './input.ts'

export const fromFormatString: MaskDefinition = {
  type: 'from_format_string',
  summary: 'Text by a format: literal text and variables.',
  input: 'G',
  random: 'r',
  settles: 'value',
  options: {
    format: {
      kind: 'string',
      required: true,
      summary:
        '`{[A-Z],3}` or `{[a-z_0-9],2:5}` characters of a set; `{(cat|dog)}` one of these; `{!int,5:20}`, `{!int,5:,pad}` an integer; `{!hex,8-4}` hex digits; `{{` and `}}` braces.',
    },
    seed: seedOption,
  },
  check(options, report) {
    const parsed = parseFormat(options.get('format') as string)
    if (typeof parsed === 'string') report('format', 'bad_format', parsed)
  },
  compile(options) {
    const parsed = parseFormat(options.get('format') as string)
    const parts = typeof parsed === 'string' ? [] : parsed
    const spec = { family: 'from_format_string', namespace: option(options, 'seed', '') }
    return (_, context) => {
      const draws = context.draws(spec)
      let out = ''
      for (const part of parts) out += typeof part === 'string' ? part : part(draws)
      return out
    }
  },
  examples: [
    { options: { format: '+1-{[0-9],3}-{[0-9],4}' }, inputs: ['12345'], in: 'null', out: '"+1-774-3691"' },
    { options: { format: '{!hex,8-4-4-4-12}' }, inputs: ['12345'], in: 'null', out: '"b7743cd6-9142-082e-ca49-aa356c0a0a78"' },
    { options: { format: '{(cat|dog)}-{!int,5:20,pad}{[a-z_0-9],2:5}' }, inputs: ['12345'], in: 'null', out: '"dog-12z3s6j"' },
    { options: { format: 'id {{{[x],3}}}' }, in: '1', out: '"id {xxx}"' },
    { options: { format: '{!int,7:7,pad}-{(a\\|b)}' }, in: 'null', out: '"7-a|b"' },
  ],
}

type Part = string | ((draws: Draws) => string)

const MOST = 10_000
const OPEN_END = 2_147_483_647

/** The parts of a format, or what is wrong with it. */
function parseFormat(format: string): Part[] | string {
  const parts: Part[] = []
  let at = 0
  while (at < format.length) {
    const c = format[at]!
    if ((c === '{' || c === '}') && format[at + 1] === c) {
      parts.push(c)
      at += 2
    } else if (c === '}') return `a closing brace at character ${at + 1} has no opening one; write }}`
    else if (c !== '{') {
      parts.push(c)
      at++
    } else {
      const kind = format[at + 1]
      const read = kind === '[' ? readSet(format, at + 2) : kind === '(' ? readAlternatives(format, at + 2) : kind === '!' ? readSpecial(format, at + 2) : undefined
      if (read === undefined) return `the variable at character ${at + 1} is not complete`
      parts.push(read.part)
      at = read.end
    }
  }
  return parts
}

interface Read {
  readonly part: Part
  readonly end: number
}

function readSet(format: string, from: number): Read | undefined {
  const points: { point: number; escaped: boolean }[] = []
  let at = from
  for (; at < format.length && format[at] !== ']'; ) {
    const escaped = format[at] === '\\'
    if (escaped) at++
    const point = format.codePointAt(at)
    if (point === undefined) return undefined
    points.push({ point, escaped })
    at += point > 0xffff ? 2 : 1
  }
  const set = new Set<number>()
  for (let i = 0; i < points.length; i++) {
    const low = points[i]!.point
    const dash = points[i + 1]
    const high = points[i + 2]
    if (dash?.point === 0x2d && !dash.escaped && high !== undefined) {
      if (high.point < low || high.point - low > 70_000) return undefined
      for (let point = low; point <= high.point; point++) set.add(point)
      i += 2
    } else set.add(low)
  }
  const count = /^\],(\d{1,5})(?::(\d{1,5}))?\}/.exec(format.slice(at, at + 16))
  if (set.size === 0 || count === null) return undefined
  const least = Number(count[1])
  const most = Number(count[2] ?? count[1])
  if (least > most || most > MOST) return undefined
  const characters = [...set].sort((a, b) => a - b).map((point) => String.fromCodePoint(point))
  return {
    end: at + count[0].length,
    part(draws) {
      const length = least + draws.uniform(most - least + 1)
      let out = ''
      for (let i = 0; i < length; i++) out += characters[draws.uniform(characters.length)]
      return out
    },
  }
}

function readAlternatives(format: string, from: number): Read | undefined {
  const alternatives = ['']
  let at = from
  for (; at < format.length && format[at] !== ')'; at++) {
    if (format[at] === '|') alternatives.push('')
    else {
      if (format[at] === '\\') at++
      alternatives[alternatives.length - 1] += format[at] ?? ''
    }
  }
  if (format[at + 1] !== '}') return undefined
  return { end: at + 2, part: (draws) => alternatives[draws.uniform(alternatives.length)]! }
}

function readSpecial(format: string, from: number): Read | undefined {
  const close = format.indexOf('}', from)
  const text = format.slice(from, close < 0 ? from : close)
  const end = close + 1
  const int = /^int,(-?\d{1,15}):(-?\d{1,15})?(,pad)?$/.exec(text)
  if (int !== null) {
    const least = Number(int[1])
    const most = Number(int[2] ?? OPEN_END)
    if (least > most) return undefined
    const width = int[3] === undefined ? 0 : Math.max(digits(least), digits(most))
    return {
      end,
      part(draws) {
        const drawn = least + draws.uniform(most - least + 1)
        return (drawn < 0 ? '-' : '') + String(Math.abs(drawn)).padStart(width, '0')
      },
    }
  }
  const hex = /^hex,(\d{1,4}(?:-\d{1,4}){0,15})$/.exec(text)
  if (hex === null) return undefined
  const lengths = hex[1]!.split('-').map(Number)
  return {
    end,
    part: (draws) => lengths.map((length) => Array.from({ length }, () => draws.uniform(16).toString(16)).join('')).join('-'),
  }
}

function digits(number: number): number {
  return String(Math.abs(number)).length
}
