// Run by test/platform.test.ts, bundled, as a program: recomputes the vectors and the examples of the masks and writes how many agree,
// and which do not, as JSON.

import { readFileSync } from 'node:fs'
import { masks } from '../../src/masks/index.ts'
import { runMask } from './mask-harness.ts'

interface Vectors {
  readonly now: string
  readonly masks: readonly {
    readonly mask: Readonly<Record<string, unknown>>
    readonly inputs?: readonly (string | null)[]
    readonly advance?: number
    readonly in: string
    readonly out: string
  }[]
}

const vectors = JSON.parse(readFileSync(new URL('../vectors/determinism.json', import.meta.url), 'utf8')) as Vectors
const now = Date.parse(vectors.now)
const wrong: string[] = []
let right = 0

function compare(
  mask: Readonly<Record<string, unknown>>,
  json: string,
  expected: string,
  options: { inputs?: readonly (string | null)[] | undefined; advance?: number; document?: string | undefined },
): void {
  const out = runMask(mask, json, { ...options, now })
  if (out === expected) right++
  else wrong.push(`${JSON.stringify(mask)} on ${json}: ${out} instead of ${expected}`)
}

for (const { mask, in: json, out, ...options } of vectors.masks) compare(mask, json, out, options)
for (const mask of masks) {
  for (const { options, in: json, out, inputs, document } of mask.examples) {
    if (out !== undefined) compare({ type: mask.type, ...options }, json, out, { inputs, document })
  }
}
// What the zone makes of the beginning of 1970: shows that it is known here.
process.stdout.write(JSON.stringify({ hour: new Date(0).getHours(), right, wrong }))
