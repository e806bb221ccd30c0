// Labelled records: every value in five settings, and what looks like it in two.
//
//   bare       between words that say nothing
//   keyword    a word that names it stands before it
//   key        a record whose key names it
//   wrong key  a key that names something else, or nothing in particular
//   nested     in JSON inside a string, in a URL parameter, or with characters escaped
//
// Each record is put together from pieces that are encoded one by one, so that the bytes of the label are known.
import { createRandom, type Random } from '../random.ts'
import type { Entity, Made } from './entity.ts'

export const SETTINGS = ['bare', 'keyword', 'key', 'wrong key', 'nested'] as const
export type Setting = (typeof SETTINGS)[number]

export interface Label {
  /** Bytes of the raw record. */
  readonly start: number
  readonly end: number
  /** What may go with it. */
  readonly mayStart: number
  readonly mayEnd: number
  /** Decoded. */
  readonly value: string
}

export interface Labelled {
  readonly raw: string
  readonly setting: Setting | 'near'
  /** `find`: must be found. `leave`: nothing may be found. `open`: both are right; shown, not judged. */
  readonly expect: 'find' | 'leave' | 'open'
  readonly label?: Label
}

const quiet =
  'basket moved shelf reopened after lunch while loader waited near gate until parcel arrived and stack settled under roof with plain wood beside river path slowly before rain over hill garden bench window tower bridge field'.split(
    ' ',
  )
// Names of something else: what the negative words of the score are about.
const elsewhere = ['byteCount', 'buildNumber', 'line_count', 'sequence', 'offset', 'traceId', 'durationMs', 'chunk_size']
const nothing = ['remark', 'note', 'extra', 'description', 'detail']

function phrase(random: Random, low: number, high: number): string {
  return Array.from({ length: random.between(low, high) }, () => random.pick(quiet)).join(' ')
}

type Encode = (text: string) => string
const asIs: Encode = (text) => text
const json: Encode = (text) => JSON.stringify(text).slice(1, -1)
const jsonTwice: Encode = (text) => json(json(text))
const percent: Encode = (text) => json(encodeURIComponent(text).replace(/[()!'*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`))

/** JSON in which some characters are written as `\u00xx`. */
function escaped(random: Random): Encode {
  return (text) => {
    const chosen = new Set([random.below(text.length), random.below(text.length)])
    return [...text].map((c, i) => (chosen.has(i) && c.length === 1 ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : json(c))).join('')
  }
}

/** Puts a frame around a value; `encode` is applied to the value alone. `named`: under its own key all of the text may go. */
function assemble(before: string, value: Made, encode: Encode, after: string, named: boolean): { raw: string; label: Label } {
  const secret = value.secret ?? value.text
  const mayGo = named ? value.text : (value.mayGo ?? secret)
  const at = value.text.indexOf(secret)
  const mayAt = value.text.indexOf(mayGo)
  const bytes = (text: string): number => Buffer.byteLength(text)
  // Encoded once: an encoding may draw.
  const cuts = [0, Math.min(at, mayAt), at, at + secret.length, Math.max(at + secret.length, mayAt + mayGo.length), value.text.length]
  const pieces: string[] = []
  for (let i = 0; i + 1 < cuts.length; i++) {
    const piece = value.text.slice(cuts[i], cuts[i + 1])
    pieces.push(piece === '' ? '' : encode(piece))
  }
  const offsets = [bytes(before)]
  for (const piece of pieces) offsets.push(offsets[offsets.length - 1]! + bytes(piece))
  return { raw: before + pieces.join('') + after, label: { start: offsets[2]!, end: offsets[3]!, mayStart: offsets[1]!, mayEnd: offsets[4]!, value: secret } }
}

const made = (value: string | Made): Made => (typeof value === 'string' ? { text: value } : value)

/** Records of one type: `count` of each setting. The same count gives the same records. */
export function labelled(entity: Entity, count: number): Labelled[] {
  const out: Labelled[] = []
  let time = 1_795_305_600_000
  const head = (): string => `{"level":30,"time":${(time += 7)},`
  const add = (setting: Setting, expect: Labelled['expect'], before: string, value: Made, encode: Encode, after: string): void => {
    const named = entity.keys.length > 0 && (setting === 'key' || setting === 'nested')
    out.push({ setting, expect, ...assemble(before, value, encode, after, named) })
  }
  for (let i = 0; i < count; i++) {
    // One source per instance: more instances leave the first ones as they are.
    const random = createRandom(`${entity.name} ${i}`)
    const stands = entity.alone !== 'never'
    const frame = entity.keys.length === 0
    const valueFor = (written: boolean): Made => made(entity.make(random, written))
    const text = entity.lines !== true && random.chance(0.5)
    const inText = (setting: Setting, expect: Labelled['expect'], lead: string, value: Made): void => {
      const before = `${phrase(random, 2, 4)} ${lead}`
      const tail = ` ${phrase(random, 1, 3)}`
      const after = entity.toEnd === true ? '' : tail
      if (text) add(setting, expect, before, value, asIs, after)
      else add(setting, expect, `${head()}"msg":"${json(before)}`, value, json, `${json(after)}"}`)
    }
    const word = (): string => {
      const w = random.pick(entity.words)
      return w.endsWith(':') || frame || entity.group === 'secrets' ? `${w} ` : `${w}${random.pick([' ', ': ', ' is ', ' '])}`
    }

    if (entity.keyed !== true) inText('bare', stands ? 'find' : 'open', '', valueFor(true))
    if (entity.words.length > 0) inText('keyword', 'find', word(), valueFor(random.chance(0.5) || entity.alone === 'written'))
    {
      const value = valueFor(random.chance(0.5))
      const key = frame ? random.pick(nothing) : random.pick(entity.keys)
      const number = entity.number === true && random.chance(0.4) && /^[1-9]\d*$/.test(value.text)
      const quote = number ? '' : '"'
      add('key', 'find', `${head()}"user":{"id":${random.below(999)},"${key}":${quote}`, value, json, `${quote}},"msg":"${phrase(random, 2, 4)}"}`)
    }
    {
      const key = random.pick(entity.proved === true || !stands ? elsewhere : nothing)
      const value = valueFor(true)
      // A value in a pair of its own is named by that pair.
      add('wrong key', stands ? 'find' : value.secret === undefined ? 'leave' : 'open', `${head()}"data":{"${key}":"`, value, json, `"},"msg":"${phrase(random, 2, 4)}"}`)
    }
    {
      const value = valueFor(true)
      const key = frame ? random.pick(nothing) : random.pick(entity.keys)
      const kind = entity.plain === true || entity.words.length === 0 ? 0 : frame ? (i % 2) * 2 : i % 3
      if (kind === 0)
        add('nested', 'find', `${head()}"payload":"{\\"user\\":{\\"${key}\\":\\"`, value, jsonTwice, `\\"},\\"n\\":${random.below(99)}}","msg":"${phrase(random, 2, 3)}"}`)
      else if (kind === 1) add('nested', 'find', `${head()}"msg":"GET /v1/lookup?view=short&${key}=`, value, percent, `&page=2 ${phrase(random, 1, 2)}"}`)
      else add('nested', 'find', `${head()}"msg":"${phrase(random, 1, 3)} ${json(word())}`, value, escaped(random), `${entity.toEnd === true ? '' : ` ${phrase(random, 1, 2)}`}"}`)
    }
    if (entity.near !== undefined) {
      const near = entity.near(random)
      if (text && !near.includes('\n')) out.push({ setting: 'near', expect: 'leave', raw: `${phrase(random, 2, 4)} ${near} ${phrase(random, 1, 3)}` })
      else out.push({ setting: 'near', expect: 'leave', raw: `${head()}"${random.pick(nothing)}":"${json(near)}","msg":"${phrase(random, 2, 4)}"}` })
    }
  }
  return out
}

export interface PlainText {
  readonly text: string
  readonly value: string
  /** The value with what may go with it. */
  readonly frame: string
}

/** A word that names the value and the value, between words that say nothing: what any program can be asked about. */
export function plainTexts(entity: Entity, count: number): PlainText[] {
  if (entity.words.length === 0 || entity.lines === true || entity.keyed === true) return []
  return Array.from({ length: count }, (_, i) => {
    const random = createRandom(`plain ${entity.name} ${i}`)
    let value = made(entity.make(random, true))
    if (entity.name === 'email') {
      // Programs know the reserved domains; these belong to nobody that we know of.
      const local = value.text.slice(0, value.text.indexOf('@'))
      const address = `${local}@${random.text('bcdfghklmnprstvz', 3)}${random.text('aeiou', 1)}${random.text('bcdfghklmnprstvz', 5)}.com`
      value = { text: address, secret: local, mayGo: address }
    }
    const word = random.pick(entity.words)
    const secret = value.secret ?? value.text
    return {
      text: `${phrase(random, 2, 4)} ${word}${word.endsWith(':') || entity.group === 'secrets' ? ' ' : ': '}${value.text}${entity.toEnd === true ? '' : ` ${phrase(random, 2, 4)}`}`,
      value: secret,
      frame: value.mayGo ?? secret,
    }
  })
}
