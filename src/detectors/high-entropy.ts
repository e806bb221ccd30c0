// Anything that looks random, whatever it is: for rulesets that name it. Digests and ids are random too.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { ALNUM, BASE64, BASE64URL, CLASS, DIGIT, HEX, LETTER, classesOf, fewerDistinct } from './bytes.ts'
import { looksRandom } from './key-words.ts'

const highEntropy: DetectorInfo = {
  name: 'high_entropy',
  group: undefined,
  tier: 1,
  priority: 60,
  summary: 'Runs of 20 and more base64 characters that no identifier looks like, by the odds of their pairs of characters, and of 32 and more hexadecimal digits.',
  examples: ['x «q8Zk2Vx9LwPt4Rb7YcHn3Jd6» y', 'sum=«9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d»', '/files/«kT9xQ2vL7pWzR4mB8nYc»/a.txt'],
  counterExamples: [
    'com.example.service.UserRepositoryFactory',
    'the-quick-brown-fox-jumps-over',
    '/usr/local/lib/node_modules/typescript/lib',
    '12345678901234567890123456789012',
    'q8Zk2Vx9LwPt4Rb7',
  ],
}

const RUN = BASE64 | BASE64URL

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text, end } = scan
  let to = at
  while (to < end && (CLASS[text[to]!]! & RUN) !== 0) to++
  // pieces between slashes and dots by themselves, but what is long and random all along as a whole
  let from = at
  for (let p = at; p <= to; p++) {
    if (p < to && text[p] !== 47) continue
    judge(scan, from, p, ids[0]!)
    from = p + 1
  }
  if (to - at >= 40 && from > at + 1) judge(scan, at, to, ids[0]!)
  return to
}

function judge(scan: Scan, from: number, to: number, id: number): void {
  const { text } = scan
  if (to - from < 20) return
  const stop = to - from > 512 ? from + 512 : to
  const bits = classesOf(text, from, stop)
  if ((bits & DIGIT) === 0 || (bits & LETTER) === 0) return
  let hex = true
  for (let p = from; p < stop && hex; p++) hex = (CLASS[text[p]!]! & HEX) !== 0
  if (hex ? to - from >= 32 && !fewerDistinct(text, from, stop, 8) : looksRandom(text, from, stop)) scan.emit(id, from, to, 0.7)
}

let separators = ''
for (let b = 1; b < 128; b++) if ((CLASS[b]! & RUN) === 0) separators += String.fromCharCode(b)
let letters = ''
for (let b = 1; b < 128; b++) if ((CLASS[b]! & ALNUM) !== 0) letters += String.fromCharCode(b)

export const highEntropyFinder: Finder = { detectors: [highEntropy], triggers: [{ prev: `${separators}/`, byte: letters, next: `${letters}+/-_` }], find, least: 20 }
