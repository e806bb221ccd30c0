// Seeds of one-time passwords: the parameter `secret` of an otpauth:// address, and base32 behind the words otp, totp or mfa.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { ALNUM, CLASS, LETTER, UPPER, URL_BYTE, lower, matchesLower, runEnd } from './bytes.ts'

const otpSeed: DetectorInfo = {
  name: 'otp_seed',
  group: 'secrets',
  tier: 0,
  priority: 40,
  summary: 'Seed of one-time passwords: `secret` in an `otpauth://` address; base32 of 16 or more characters behind otp, totp or mfa.',
  examples: [
    'otpauth://totp/Shop:bob?secret=«JBSWY3DPEHPK3PXP»&issuer=Shop',
    'otpauth://hotp/x?issuer=y&secret=«jbswy3dpehpk3pxp234567aa»',
    'TOTP seed: «JBSWY3DPEHPK3PXP»',
    'enrolled mfa="«GEZDGNBVGY3TQOJQGEZDGNBV»"',
  ],
  counterExamples: [
    'otpauth://totp/Shop:bob?issuer=Shop',
    'https://x.example/?issuer=JBSWY3DPEHPK3PXP',
    'otp sent to user',
    'MFA AUTHENTICATIONREQUIRED',
    'otp: 123456',
    'seed: JBSWY3DPEHPK3PXP',
    'hotplug OPTIONS2ENABLEDFORUSERS',
  ],
}

const BASE32 = new Uint8Array(256)
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567') BASE32[c.charCodeAt(0)] = 1

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  const id = ids[0]!
  const from = at - 1
  if (matchesLower(text, end, from, 'otpauth://')) return findAddress(scan, from, id)
  // a word of its own, or the end of `totp` and `hotp`
  let word = from
  if (word > start && lower(text[from]!) === 111 && (lower(text[word - 1]!) === 116 || lower(text[word - 1]!) === 104)) word--
  if (word > start && (CLASS[text[word - 1]!]! & LETTER) !== 0) return at
  let p = from + 3
  // `otpSeed` goes on, `hotplug` is another word
  if (p < end && (CLASS[text[p]!]! & LETTER) !== 0 && ((CLASS[text[p]!]! & UPPER) === 0 || (CLASS[text[p - 1]!]! & UPPER) !== 0)) return at
  // then at most two more words
  for (let words = 0; words < 3 && p - from < 32; words++) {
    while (p < end && p - from < 32 && (CLASS[text[p]!]! & ALNUM) === 0 && text[p] !== 10) p++
    const begin = p
    while (p < end && p - begin < 129 && BASE32[text[p]!] === 1) p++
    const length = p - begin
    if (length >= 16 && length <= 128 && (p >= end || (CLASS[text[p]!]! & ALNUM) === 0)) {
      let digits = 0
      for (let k = begin; k < p; k++) if (text[k]! < 65) digits++
      if (digits === 0 || digits === length) return p
      while (p < end && text[p] === 61) p++
      scan.emit(id, begin, p, 0.8)
      return p
    }
    while (p < end && p - from < 32 && (CLASS[text[p]!]! & ALNUM) !== 0) p++
  }
  return at
}

function findAddress(scan: Scan, from: number, id: number): number {
  const { text, end } = scan
  const stop = runEnd(text, from, end, URL_BYTE, 2048)
  for (let p = from + 10; p + 15 < stop; p++) {
    if ((text[p] !== 63 && text[p] !== 38) || !matchesLower(text, stop, p + 1, 'secret=')) continue
    let to = p + 8
    while (to < stop && BASE32[text[to]! >= 97 ? text[to]! - 32 : text[to]!] === 1) to++
    while (to < stop && text[to] === 61) to++
    // above what the parameter is as one of any URL
    if (to - p - 8 >= 8) scan.emit(id, p + 8, to, 0.97)
    break
  }
  return stop
}

export const otpSeedFinder: Finder = {
  detectors: [otpSeed],
  triggers: [
    { prev: 'oO', byte: 'tT', next: 'pP' },
    { prev: 'mM', byte: 'fF', next: 'aA' },
  ],
  find,
  // `otp` and 16 characters
  least: 20,
}
