// Private key blocks: PEM (PKCS#1, PKCS#8, EC, DSA, OpenSSH, encrypted), PGP, PuTTY. Line breaks may be real or written
// as `\n`, so nothing here depends on lines.

import type { BlockPart, DetectorInfo, Finder, LineBlock, Scan } from '../engine/types.ts'
import { ALNUM, BASE64, CLASS, LETTER, SPACE, UPPER, matchesAt, runEnd } from './bytes.ts'

const privateKey: DetectorInfo = {
  name: 'private_key',
  group: 'secrets',
  tier: 0,
  priority: 9,
  summary: 'Private key block (PEM, OpenSSH, PGP, PuTTY), line breaks real or escaped, to its END line or the end of the text; in text it goes on over lines.',
  examples: [
    'key «-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAxyzxyzxyz\n-----END RSA PRIVATE KEY-----» done',
    '"«-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\\n-----END PRIVATE KEY-----»\\n"',
    'cut «-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU»',
    '«-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBGAAAAABCADexampleexample\n-----END PGP PRIVATE KEY BLOCK-----»',
    'file: «PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nPrivate-Lines: 1\nAAAAexample\nPrivate-MAC: 0a1b2c3d»\nnext',
    '«MIIEowIBAAKCAQEAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n-----END RSA PRIVATE KEY-----» tail',
  ],
  counterExamples: [
    '-----BEGIN CERTIFICATE-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END CERTIFICATE-----',
    '-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----',
    'the file must begin with -----BEGIN PRIVATE KEY----- and nothing else',
    '-----BEGIN',
    '--BUILD--',
    'PuTTY-User',
  ],
}

const KEY_WORD = 'PRIVATE KEY'

function find(scan: Scan, at: number, ids: Int32Array): number {
  const b = scan.text[at]!
  if (b === 66) return findBegin(scan, at, ids)
  if (b === 69) return findEnd(scan, at, ids)
  return findPutty(scan, at, ids)
}

/** End of the label line `... PRIVATE KEY...-----` that goes on at `at`, 0 when it is another label. */
function labelEnd(text: Uint8Array, at: number, end: number): number {
  const stop = end - at > 64 ? at + 64 : end
  let named = false
  for (let p = at; p < stop; p++) {
    const b = text[p]!
    if (b === 45) return named && matchesAt(text, end, p, '-----') ? p + 5 : 0
    if (b === 80 && matchesAt(text, end, p, KEY_WORD)) named = true
    if (b !== 32 && (CLASS[b]! & (UPPER | ALNUM)) === 0) return 0
  }
  return named && stop === end ? end : 0
}

function findBegin(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  if (at - 5 < start || !matchesAt(text, end, at - 5, '-----BEGIN ')) return at
  const body = labelEnd(text, at + 6, end)
  if (body === 0) return at
  if (!holdsKey(text, body, end)) return body
  // To the END line: the next `-----END`; when there is none, to the end.
  let p = body
  for (;;) {
    p = indexOfEnd(text, p, end)
    if (p === end) {
      if (scan.line) scan.goesOn?.(ids[0]!, at - 5, (prefix) => keyLines(prefix, PEM))
      break
    }
    const to = labelEnd(text, p + 9, end)
    if (to > 0) {
      p = to
      break
    }
    p += 9
  }
  scan.emit(ids[0]!, at - 5, p, 0.95)
  return p
}

function indexOfEnd(text: Uint8Array, from: number, end: number): number {
  for (let p = from; p < end; p++) {
    // `E` stands right behind the dashes: look for it alone.
    if (text[p] === 69 && text[p - 1] === 45 && matchesAt(text, end, p, 'END ') && p - 5 >= from && matchesAt(text, end, p - 5, '-----')) return p - 5
  }
  return end
}

/** After BEGIN: 12 base64 characters, a header line, or the end. Prose that quotes the line is no key. */
function holdsKey(text: Uint8Array, at: number, end: number): boolean {
  let p = at
  const stop = end - at > 64 ? at + 64 : end
  let broken = false
  while (p < stop) {
    const b = text[p]!
    if (b === 92 && p + 1 < stop) p += 2
    else if ((CLASS[b]! & SPACE) !== 0 || b === 34 || b === 39 || b === 43 || b === 44) p++
    else break
    if (b === 92 || b === 10 || b === 13) broken = true
  }
  if (p >= end) return true
  const run = runEnd(text, p, end, BASE64, 16)
  if (run - p >= 12 || run === end) return true
  if (!broken) return false
  // `Proc-Type: 4,ENCRYPTED`, `Version: ...`, a short first line.
  let q = p
  while (q < end && q - p < 32 && ((CLASS[text[q]!]! & LETTER) !== 0 || text[q] === 45)) q++
  return (q > p && q < end && text[q] === 58) || matchesAt(text, end, p, '...') || (run > p && (run >= end || text[run] === 10 || text[run] === 92))
}

/** The tail of a block whose BEGIN is missing: lines of base64 directly before END. */
function findEnd(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  if (at - 5 < start || !matchesAt(text, end, at - 5, '-----END ')) return at
  const to = labelEnd(text, at + 4, end)
  if (to === 0) return at
  let from = at - 5
  let longest = 0
  let p = from
  while (p > start) {
    // One line break, real or written, then one line of base64.
    if (text[p - 1] === 10) p -= p - 2 >= start && text[p - 2] === 13 ? 2 : 1
    else if (p - 2 >= start && text[p - 1] === 110 && text[p - 2] === 92) p -= 2
    else break
    const lineEnd = p
    while (p > start && ((CLASS[text[p - 1]!]! & BASE64) !== 0 || text[p - 1] === 61)) {
      if (p - 2 >= start && text[p - 1] === 110 && text[p - 2] === 92) break
      p--
    }
    if (p === lineEnd) break
    if (lineEnd - p > longest) longest = lineEnd - p
    from = p
    if (p > start && text[p - 1] !== 10 && text[p - 1] !== 110) break
  }
  if (longest < 60 || from >= at - 5) return to
  scan.emit(ids[0]!, from, to, 0.95)
  return to
}

function findPutty(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  if (at - 5 < start || !matchesAt(text, end, at - 5, 'PuTTY-User-Key-File-')) return at
  let p = at + 15
  for (; p < end; p++) {
    if (text[p] !== 80) continue
    if (matchesAt(text, end, p, 'Private-MAC:') || matchesAt(text, end, p, 'Private-Hash:')) {
      while (p < end && text[p] !== 58) p++
      p++
      while (p < end && (text[p] === 32 || (CLASS[text[p]!]! & ALNUM) !== 0)) p++
      break
    }
  }
  if (p === end && scan.line) scan.goesOn?.(ids[0]!, at - 5, (prefix) => keyLines(prefix, PUTTY))
  scan.emit(ids[0]!, at - 5, p, 0.95)
  return p
}

// ------------------------------------------------------------------------------------------------ over the lines of a text

/** A block that does not end is no key. */
const MOST_LINES = 200
const MOST_BYTES = 65536
/** Prefixes of log lines differ in length, by a digit of a process id or of a time. */
const PREFIX_SLACK = 8
/** A line of a key is so long, but for its last one. */
const FULL_LINE = 40
/** Lines that may follow the last full one: the rest of the key, a checksum. */
const MOST_SHORT = 2
/** What is shorter may be a word, as long as no full line has been seen. */
const SHORT_WORD = 12

interface KeyFormat {
  readonly headers: readonly string[]
  /** Headers stand before the first line of base64 only. */
  readonly headersFirst: boolean
}

const PEM: KeyFormat = { headers: ['Proc-Type', 'DEK-Info', 'Version', 'Comment', 'Hash', 'Charset', 'MessageID', 'Subject', 'X-'], headersFirst: true }
const PUTTY: KeyFormat = { headers: ['Encryption', 'Comment', 'Public-Lines', 'Private-Lines', 'Key-Derivation', 'Argon2-', 'Private-MAC', 'Private-Hash'], headersFirst: false }

/** Where a line of a key ends, which begins at `from`; `last`: so does the key. Undefined: it is none. */
interface KeyLine {
  readonly to: number
  readonly last: boolean
  /** Characters of base64 in it. */
  readonly length: number
}

/** The lines of a block whose BEGIN line had `prefix` before it: each with a prefix like that, or with none. */
function keyLines(prefix: Uint8Array, format: KeyFormat): LineBlock {
  let lines = 0
  let bytes = 0
  let full = false
  let body = false
  let short = 0
  const width = prefix.length
  const joint = width > 0 ? prefix[width - 1]! : 0
  const read = (text: Uint8Array, from: number, end: number): KeyLine | undefined => keyLine(text, from, end, format, full, body, short < MOST_SHORT)
  const part = (from: number, line: KeyLine): BlockPart => {
    if (line.length > 0) body = true
    if (line.length >= FULL_LINE) full = true
    else if (full && line.length > 0) short++
    return { from, to: line.to, last: line.last }
  }
  return {
    next(text, start, end) {
      lines++
      bytes += end - start + 1
      if (lines > MOST_LINES || bytes > MOST_BYTES) return undefined
      const usual = start + width
      if (width > 0 && usual <= end && text[usual - 1] === joint && ((CLASS[joint]! & BASE64) === 0 || sameBytes(text, start, prefix))) {
        const line = read(text, usual, end)
        if (line !== undefined) return part(usual, line)
      }
      const whole = read(text, start, end)
      if (whole !== undefined) return part(start, whole)
      if (width === 0 || (CLASS[joint]! & BASE64) !== 0) return undefined
      for (let from = usual + PREFIX_SLACK; from >= usual - PREFIX_SLACK && from > start; from--) {
        if (from >= end || text[from - 1] !== joint) continue
        const line = read(text, from, end)
        if (line !== undefined && (full || line.last || line.length >= FULL_LINE)) return part(from, line)
      }
      return undefined
    },
  }
}

function sameBytes(text: Uint8Array, at: number, bytes: Uint8Array): boolean {
  for (let k = 0; k < bytes.length; k++) if (text[at + k] !== bytes[k]) return false
  return true
}

/** Blanks, quotes and what else programs put around the lines of a string. */
function isTrim(b: number): boolean {
  return b === 32 || b === 9 || b === 13 || b === 34 || b === 39 || b === 96 || b === 44 || b === 92
}

function keyLine(text: Uint8Array, from: number, end: number, format: KeyFormat, full: boolean, body: boolean, open: boolean): KeyLine | undefined {
  let p = from
  while (p < end && isTrim(text[p]!)) p++
  if (p === end) return { to: end, last: false, length: 0 }
  if (matchesAt(text, end, p, '-----END ')) {
    const to = labelEnd(text, p + 9, end)
    return to === 0 ? undefined : { to, last: true, length: 0 }
  }
  if (!body || !format.headersFirst) {
    for (const name of format.headers) {
      if (!matchesAt(text, end, p, name)) continue
      let q = p + name.length
      while (q < end && q - p < 32 && ((CLASS[text[q]!]! & ALNUM) !== 0 || text[q] === 45)) q++
      if (q < end && text[q] === 58) return { to: end, last: matchesAt(text, end, p, 'Private-MAC') || matchesAt(text, end, p, 'Private-Hash'), length: 0 }
    }
  }
  let q = p
  let some = false
  let word = true
  // the checksum of a PGP block begins with `=`
  while (q < end && text[q] === 61) q++
  for (const from = q; q < end && (CLASS[text[q]!]! & BASE64) !== 0; q++) {
    some = true
    // `Failed`, `ok`, `DONE`: behind the second letter the case does not change
    if ((CLASS[text[q]!]! & LETTER) === 0 || (q > from + 1 && ((text[q]! ^ text[q - 1]!) & 32) !== 0)) word = false
  }
  while (q < end && text[q] === 61) q++
  const length = q - p
  if (length === 0 || !open) return undefined
  // a line break that is written, the `+` between two strings
  if (q + 1 < end && text[q] === 92 && text[q + 1] === 110) q += 2
  while (q < end && (isTrim(text[q]!) || text[q] === 43)) q++
  if (q < end || !some || (word && !full && length < SHORT_WORD)) return undefined
  return { to: end, last: false, length }
}

export const privateKeyFinder: Finder = {
  detectors: [privateKey],
  triggers: [
    { prev: '-', byte: 'BE' },
    { prev: 'Y', byte: '-' },
  ],
  find,
}
