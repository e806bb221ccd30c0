// Why the value under a secret key is taken for a secret, or is not: for explain only.

import { BIGRAM_LEVELS } from './bigram-data.ts'
import { lower } from './bytes.ts'
import { isCommon } from './common-words.ts'
import { isMasked, isPlaceholder } from './key-words.ts'

/** Codes: `masked`, `placeholder`, `word`, `short`, and how random the value is in bits a character: `bigram:6.1`. */
export function explainSecret(text: Uint8Array, start: number, end: number): readonly string[] {
  if (end <= start) return ['placeholder']
  if (isMasked(text, start, end)) return ['masked']
  if (isPlaceholder(text, start, end)) return ['placeholder']
  const codes: string[] = []
  let word = ''
  if (end - start <= 16) for (let p = start; p < end; p++) word += String.fromCharCode(lower(text[p]!))
  if (/^[a-z]+$/.test(word) && isCommon(word)) codes.push('word')
  if (end - start < 6) codes.push('short')
  codes.push(`bigram:${randomness(text, start, end > start + 512 ? start + 512 : end).toFixed(1)}`)
  return codes
}

/** Bits a character of the most surprising segment, as `looksRandom` in key-words.ts counts them. */
function randomness(text: Uint8Array, start: number, end: number): number {
  let best = 0
  let from = start
  for (let p = start; p <= end; p++) {
    const ends = p === end || '-_./:=+'.includes(String.fromCharCode(text[p]!))
    if (!ends || (p < end && p - from < 6)) continue
    let sum = 0
    let pairs = 0
    for (let i = from + 1; i < p; i++) {
      sum += level(text[i - 1]!, text[i]!)
      pairs++
    }
    if (pairs > 0) best = Math.max(best, sum / pairs / 6)
    from = p + 1
  }
  return best
}

/** One entry of the table in bigram-data.ts. */
function level(a: number, b: number): number {
  const code = BIGRAM_LEVELS.charCodeAt((a < 32 || a > 126 ? 0 : a - 32) * 96 + (b < 32 || b > 126 ? 0 : b - 32))
  return code - 35 - (code > 92 ? 1 : 0) - (code > 39 ? 1 : 0)
}
