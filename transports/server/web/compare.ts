// What differs between the records that were sent and the masked ones. Masking leaves every byte alone that no rule touched, so two
// documents are laid beside each other value by value, and only what differs is marked; the findings say where in a text it was.

/** A place in a text: from, to. */
export type Span = readonly [number, number]

export interface JsonValue {
  readonly kind: 'object' | 'array' | 'string' | 'number' | 'literal'
  readonly start: number
  readonly end: number
  readonly members: readonly Member[]
  readonly items: readonly JsonValue[]
}

export interface Member {
  /** With quotes. */
  readonly key: Span
  readonly name: string
  readonly value: JsonValue
}

/** One thing that masking has changed. */
export interface Change {
  readonly before: Span
  /** Undefined: it is gone. */
  readonly after: Span | undefined
}

const NONE: readonly never[] = []
const DEEPEST = 1200

/** Reads JSON with places. Undefined: it is none. `fault`, of the caller, gets the place. */
export function readJson(text: string, fault?: (at: number) => void): JsonValue | undefined {
  let at = 0
  let depth = 0
  const fail = (): never => {
    throw new RangeError()
  }
  const space = (): void => {
    for (let c = text.charCodeAt(at); c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09; c = text.charCodeAt(at)) at++
  }
  const string = (): Span => {
    const start = at
    at++
    for (;;) {
      const c = text.charCodeAt(at)
      if (c === 0x22) break
      if (!(c >= 0x20)) fail()
      if (c === 0x5c) {
        const escaped = /^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(text.slice(at + 1, at + 6))
        if (escaped === null) fail()
        at += 1 + escaped![0].length
      } else at++
    }
    at++
    return [start, at]
  }
  const value = (): JsonValue => {
    space()
    const start = at
    const c = text[at]
    if (c === '{' || c === '[') {
      if (++depth > DEEPEST) fail()
      at++
      const members: Member[] = []
      const items: JsonValue[] = []
      const close = c === '{' ? '}' : ']'
      space()
      if (text[at] === close) at++
      else
        for (;;) {
          if (c === '{') {
            space()
            if (text[at] !== '"') fail()
            const key = string()
            space()
            if (text[at] !== ':') fail()
            at++
            members.push({ key, name: JSON.parse(text.slice(...key)) as string, value: value() })
          } else items.push(value())
          space()
          if (text[at] === ',') at++
          else if (text[at] === close) {
            at++
            break
          } else fail()
        }
      depth--
      return { kind: c === '{' ? 'object' : 'array', start, end: at, members, items }
    }
    if (c === '"') {
      string()
      return { kind: 'string', start, end: at, members: NONE, items: NONE }
    }
    const word = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/.exec(text.slice(at, at + 2000))
    if (word === null) return fail()
    at += word[0].length
    return { kind: /^[tfn]/.test(word[0]) ? 'literal' : 'number', start, end: at, members: NONE, items: NONE }
  }
  try {
    const root = value()
    space()
    if (at < text.length) fail()
    return root
  } catch {
    fault?.(at)
    return undefined
  }
}

/** What differs, in the order of `before`. `found`: places in `before` that were masked, in order, which narrow a difference down. */
export function compare(before: string, after: string, found: readonly Span[]): Change[] {
  const a = readJson(before)
  const b = readJson(after)
  const out: Change[] = []
  if (a === undefined || b === undefined) return before === after ? [] : [{ before: [0, before.length], after: [0, after.length] }]
  const scalar = (from: Span, to: Span): void => {
    if (before.slice(...from) !== after.slice(...to)) out.push(...narrowed(before, after, from, to, found))
  }
  const walk = (x: JsonValue, y: JsonValue): void => {
    if (before.slice(x.start, x.end) === after.slice(y.start, y.end)) return
    if (x.kind === 'object' && y.kind === 'object') {
      const pairs = align(x.members, y.members, found)
      for (const [one, other] of pairs) {
        if (other === undefined) {
          out.push({ before: [one.key[0], one.value.end], after: undefined })
          continue
        }
        scalar(one.key, other.key)
        walk(one.value, other.value)
      }
      return
    }
    if (x.kind === 'array' && y.kind === 'array' && x.items.length === y.items.length) {
      x.items.forEach((one, i) => walk(one, y.items[i]!))
      return
    }
    scalar([x.start, x.end], [y.start, y.end])
  }
  walk(a, b)
  return out
}

/**
 * Members that belong together: by order where there are as many. Else masking has taken some out: what has another name in its place
 * is gone, unless its name was masked.
 */
function align(x: readonly Member[], y: readonly Member[], found: readonly Span[]): (readonly [Member, Member | undefined])[] {
  if (x.length === y.length) return x.map((one, i) => [one, y[i]])
  let next = 0
  return x.map((one) => {
    const other = y[next]
    const masked = found.some(([start, end]) => start < one.key[1] && end > one.key[0])
    if (other === undefined || (other.name !== one.name && !masked)) return [one, undefined]
    next++
    return [one, other]
  })
}

/** Of two different values the parts that differ: what lies between the findings is found again in the masked text. */
function narrowed(before: string, after: string, from: Span, to: Span, found: readonly Span[]): Change[] {
  const inside = found.filter(([start, end]) => start >= from[0] && end <= from[1] && !(start === from[0] && end === from[1]))
  const apart = inside.every(([start], i) => i === 0 || start >= inside[i - 1]![1])
  if (inside.length > 0 && apart) {
    const out: Change[] = []
    let at = to[0]
    let gap = from[0]
    let whole = true
    for (let i = 0; i < inside.length && whole; i++) {
      const [start, end] = inside[i]!
      const head = before.slice(gap, start)
      whole = after.startsWith(head, at)
      at += head.length
      const tail = before.slice(end, inside[i + 1]?.[0] ?? from[1])
      const stop = i + 1 === inside.length ? to[1] - tail.length : after.indexOf(tail, at)
      whole &&= stop >= at && stop + tail.length <= to[1] && after.startsWith(tail, stop)
      if (tail === '' && i + 1 < inside.length) whole = false
      out.push({ before: [start, end], after: [at, stop] })
      at = stop
      gap = end
    }
    if (whole) return out.filter((change) => before.slice(...change.before) !== after.slice(...change.after!))
  }
  // the quotes of a string are no part of what differs
  const quoted = before[from[0]] === '"' && after[to[0]] === '"'
  return [{ before: quoted ? [from[0] + 1, from[1] - 1] : from, after: quoted ? [to[0] + 1, to[1] - 1] : to }]
}

/** Turns byte offsets in the UTF-8 of a text into places in it. */
export function byteOffsets(text: string): (byte: number) => number {
  if (/^[\x00-\x7f]*$/.test(text)) return (byte) => byte
  const at = new Map<number, number>()
  let bytes = 0
  for (let i = 0; i < text.length; ) {
    at.set(bytes, i)
    const point = text.codePointAt(i)!
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
    i += point < 0x10000 ? 1 : 2
  }
  at.set(bytes, text.length)
  return (byte) => at.get(byte) ?? text.length
}

/** The same JSON with line breaks: every string and number stays as it is written. */
export function formatted(text: string): string | undefined {
  const root = readJson(text)
  if (root === undefined) return undefined
  const write = (value: JsonValue, indent: string): string => {
    const deeper = `${indent}  `
    if (value.kind === 'object')
      return value.members.length === 0 ? '{}' : `{\n${value.members.map(({ key, value: v }) => `${deeper}${text.slice(...key)}: ${write(v, deeper)}`).join(',\n')}\n${indent}}`
    if (value.kind === 'array') {
      const short = value.items.every(({ kind }) => kind !== 'object' && kind !== 'array') && value.end - value.start < 80 && !text.slice(value.start, value.end).includes('\n')
      if (value.items.length === 0) return '[]'
      return short ? `[${value.items.map((item) => write(item, deeper)).join(', ')}]` : `[\n${value.items.map((item) => `${deeper}${write(item, deeper)}`).join(',\n')}\n${indent}]`
    }
    return text.slice(value.start, value.end)
  }
  return write(root, '')
}

/** What is sent as `data`: an array as it is; one record, or one a line, as an array around it. */
export interface Payload {
  /** The text of `data`. */
  readonly data: string
  /** Where a place of `data` is in the text that was written; undefined: nowhere. */
  readonly back: (at: number) => number
  /** The masked `data` as it was written. */
  readonly unwrap: (masked: string) => string
  /** Where a place of the masked `data` is in what `unwrap` gives. */
  readonly place: (at: number) => number
  readonly records: number
}

/** Reads what stands in the field for a payload. A number: where it is no JSON. */
export function payloadOf(text: string): Payload | number {
  let fault = 0
  const whole = readJson(text, (at) => {
    fault = at
  })
  const same = (at: number): number => at
  if (whole?.kind === 'array') return { data: text, back: same, unwrap: (masked) => masked, place: same, records: whole.items.length }
  const before = (at: number): number => at - 1
  if (whole !== undefined) return { data: `[${text}]`, back: before, unwrap: (masked) => masked.slice(1, -1), place: before, records: 1 }
  // one record a line
  const lines = text.split('\n')
  const full = lines.filter((line) => line.trim() !== '')
  if (full.length < 2 || !full.every((line) => readJson(line) !== undefined)) return fault
  let data = '['
  let first = true
  for (const [i, line] of lines.entries()) {
    // a comma in place of each line feed keeps all places, one further
    const more = line.trim() !== '' && !first
    if (i > 0) data += more ? ',' : ' '
    data += line
    if (line.trim() !== '') first = false
  }
  data += ']'
  const commas = recordEnds(data)
  return {
    data,
    back: before,
    unwrap(masked) {
      const ends = recordEnds(masked)
      let out = ''
      let at = 1
      for (const end of ends) {
        out += `${masked.slice(at, end)}\n`
        at = end + 1
      }
      return ends.length === commas.length ? out + masked.slice(at, -1) : masked.slice(1, -1)
    },
    place: before,
    records: full.length,
  }
}

/** The commas between the items of an array. */
function recordEnds(data: string): number[] {
  const { items = [] } = readJson(data) ?? {}
  return items.slice(0, -1).map((item, i) => {
    const at = data.indexOf(',', item.end)
    return at < items[i + 1]!.start ? at : item.end
  })
}

/** Keys and paths of a payload, for completion. */
export function namesIn(text: string, most = 300): { keys: string[]; paths: string[] } {
  const payload = payloadOf(text)
  const keys = new Set<string>()
  const paths = new Set<string>()
  const root = typeof payload === 'number' ? undefined : readJson(payload.data)
  const walk = (value: JsonValue, path: string): void => {
    if (paths.size >= most) return
    for (const item of value.items) walk(item, `${path}[*]`)
    for (const { name, value: inner } of value.members) {
      keys.add(name)
      const here = /^[A-Za-z_][\w-]*$/.test(name) ? (path === '' ? name : `${path}.${name}`) : `${path}[${JSON.stringify(name)}]`
      paths.add(here)
      walk(inner, here)
    }
  }
  for (const record of root?.items ?? []) walk(record, '')
  return { keys: [...keys], paths: [...paths] }
}
