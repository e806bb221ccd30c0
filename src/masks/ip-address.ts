// Reading and writing IP addresses. Pure.

/** An address in text, with what stood around it. */
export interface AddressText {
  /** 4 or 16 bytes; an IPv4-mapped address has its four bytes here and `::ffff:` in `before`. */
  readonly bytes: Uint8Array
  readonly before: string
  /** Closing bracket, zone, port, `/bits`. */
  readonly after: string
}

/** Reads `a.b.c.d`, `a:b::c`, `[...]`, with port, zone or `/bits`. Undefined for anything else. */
export function readAddress(text: string): AddressText | undefined {
  if (text.length > 100) return undefined
  let before = ''
  let after = ''
  let core = text
  if (core.startsWith('[')) {
    const close = core.indexOf(']')
    if (close < 0) return undefined
    before = '['
    after = core.slice(close)
    core = core.slice(1, close)
    if (!/^\](?::\d{1,5})?$/.test(after)) return undefined
  } else {
    const slash = core.indexOf('/')
    if (slash >= 0) {
      after = core.slice(slash)
      core = core.slice(0, slash)
      if (!/^\/\d{1,3}$/.test(after)) return undefined
    }
    const colon = core.indexOf(':')
    if (colon >= 0 && colon === core.lastIndexOf(':') && core.indexOf('.') >= 0) {
      const port = core.slice(colon)
      if (!/^:\d{1,5}$/.test(port)) return undefined
      after = port + after
      core = core.slice(0, colon)
    }
  }
  const zone = core.indexOf('%')
  if (zone >= 0) {
    if (zone === core.length - 1 || !/^[\w.~-]+$/.test(core.slice(zone + 1))) return undefined
    after = core.slice(zone) + after
    core = core.slice(0, zone)
  }
  if (core.indexOf(':') < 0) {
    const bytes = zone < 0 && before === '' ? readV4(core) : undefined
    return bytes && { bytes, before, after }
  }
  const bytes = readV6(core)
  if (bytes === undefined) return undefined
  if (isMapped(bytes)) return { bytes: bytes.slice(12), before: `${before}${core.slice(0, core.lastIndexOf(':') + 1).startsWith('::') ? '::ffff:' : '0:0:0:0:0:ffff:'}`, after }
  return { bytes, before, after }
}

function readV4(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(4)
  let at = 0
  for (let i = 0; i < 4; i++) {
    const start = at
    let number = 0
    while (at < text.length && at - start < 4) {
      const digit = text.charCodeAt(at) - 0x30
      if (digit < 0 || digit > 9) break
      number = number * 10 + digit
      at++
    }
    if (at === start || number > 255 || (at - start > 1 && text.charCodeAt(start) === 0x30)) return undefined
    bytes[i] = number
    if (i < 3 && text.charCodeAt(at++) !== 0x2e) return undefined
  }
  return at === text.length ? bytes : undefined
}

function readV6(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(16)
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  const read: number[][] = []
  for (let h = 0; h < groups.length; h++) {
    const numbers: number[] = []
    const half = groups[h]!
    for (let i = 0; i < half.length; i++) {
      const one = half[i]!
      if (one.includes('.')) {
        // Dotted quad: only as the very last group.
        const quad = h === groups.length - 1 && i === half.length - 1 ? readV4(one) : undefined
        if (quad === undefined) return undefined
        numbers.push((quad[0]! << 8) | quad[1]!, (quad[2]! << 8) | quad[3]!)
      } else {
        if (!/^[0-9A-Fa-f]{1,4}$/.test(one)) return undefined
        numbers.push(parseInt(one, 16))
      }
    }
    read.push(numbers)
  }
  const head = read[0]!
  const tail = read[1] ?? []
  const count = head.length + tail.length
  if (halves.length === 2 ? count > 7 : count !== 8) return undefined
  head.forEach((number, i) => putGroup(bytes, i, number))
  tail.forEach((number, i) => putGroup(bytes, 8 - tail.length + i, number))
  return bytes
}

function putGroup(bytes: Uint8Array, group: number, number: number): void {
  bytes[2 * group] = number >>> 8
  bytes[2 * group + 1] = number
}

function isMapped(bytes: Uint8Array): boolean {
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return false
  return bytes[10] === 0xff && bytes[11] === 0xff
}

/** The canonical text of an address: dotted quad, or RFC 5952 (lower case, the longest run of zero groups as `::`). */
export function writeAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!)
  let from = -1
  let longest = 1
  for (let i = 0; i < 8; i++) {
    let end = i
    while (end < 8 && groups[end] === 0) end++
    if (end - i > longest) {
      from = i
      longest = end - i
    }
    if (end > i) i = end
  }
  const hex = groups.map((group) => group.toString(16))
  if (from < 0) return hex.join(':')
  return `${hex.slice(0, from).join(':')}::${hex.slice(from + longest).join(':')}`
}

/** Loopback, unspecified and link-local addresses. */
export function isSpecial(bytes: Uint8Array): boolean {
  if (bytes.length === 4) return bytes[0] === 127 || (bytes[0] === 169 && bytes[1] === 254) || bytes.every((byte) => byte === 0)
  if (bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80) return true
  for (let i = 0; i < 15; i++) if (bytes[i] !== 0) return false
  return bytes[15]! <= 1
}

/** Identity form: the canonical address; text that is none stays. */
export function canonicalAddress(text: string): string {
  const read = readAddress(text)
  return read === undefined ? text : writeAddress(read.bytes)
}
