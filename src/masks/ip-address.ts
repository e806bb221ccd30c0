// Reading and writing IP addresses. Pure.

import { textOf } from './input.ts'

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
  const groups: number[] = []
  let gap = -1
  let at = 0
  if (text.charCodeAt(0) === 0x3a) {
    // A colon at the beginning is the first of two.
    if (text.charCodeAt(1) !== 0x3a) return undefined
    gap = 0
    at = 2
  }
  while (at < text.length) {
    const start = at
    let group = 0
    for (; at < text.length && at - start < 5; at++) {
      const digit = hexDigit(text.charCodeAt(at))
      if (digit < 0) break
      group = group * 16 + digit
    }
    if (text.charCodeAt(at) === 0x2e) {
      // Dotted quad: only as the very last group.
      const quad = readV4(text.slice(start))
      if (quad === undefined) return undefined
      groups.push((quad[0]! << 8) | quad[1]!, (quad[2]! << 8) | quad[3]!)
      break
    }
    if (at === start || at - start > 4) return undefined
    groups.push(group)
    if (at === text.length) break
    if (text.charCodeAt(at++) !== 0x3a || at === text.length) return undefined
    if (text.charCodeAt(at) === 0x3a) {
      if (gap >= 0) return undefined
      gap = groups.length
      at++
    }
    if (groups.length > 8) return undefined
  }
  const count = groups.length
  if (gap < 0 ? count !== 8 : count > 7) return undefined
  const bytes = new Uint8Array(16)
  for (let i = 0; i < count; i++) putGroup(bytes, i < gap || gap < 0 ? i : 8 - count + i, groups[i]!)
  return bytes
}

/** Value of a hex digit; -1: none. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

function putGroup(bytes: Uint8Array, group: number, number: number): void {
  bytes[2 * group] = number >>> 8
  bytes[2 * group + 1] = number
}

function isMapped(bytes: Uint8Array): boolean {
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return false
  return bytes[10] === 0xff && bytes[11] === 0xff
}

const units: number[] = []

/** The canonical text of an address: dotted quad, or RFC 5952 (lower case, the longest run of zero groups as `::`). */
export function writeAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`
  const groupAt = (group: number): number => (bytes[2 * group]! << 8) | bytes[2 * group + 1]!
  let from = -1
  let longest = 1
  for (let i = 0; i < 8; i++) {
    let end = i
    while (end < 8 && groupAt(end) === 0) end++
    if (end - i > longest) {
      from = i
      longest = end - i
    }
    if (end > i) i = end
  }
  units.length = 0
  for (let i = 0; i < 8; i++) {
    if (i === from) {
      units.push(0x3a, 0x3a)
      i += longest - 1
      continue
    }
    if (i > 0 && i !== from + longest) units.push(0x3a)
    const group = groupAt(i)
    for (let shift = group > 0xfff ? 12 : group > 0xff ? 8 : group > 0xf ? 4 : 0; shift >= 0; shift -= 4) {
      const digit = (group >>> shift) & 15
      units.push(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }
  return textOf(units)
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
