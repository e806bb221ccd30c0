// Recomputes the committed vectors. A changed value is a breaking change: never edit one to make a test pass.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Stream } from '../src/engine/draws.ts'
import { deriveKey, drawsFrom, hkdf, keyId, seed } from '../src/engine/keyed.ts'
import { masks } from '../src/masks/index.ts'
import * as oracle from './oracle/keyed-oracle.ts'
import { oracleMask } from './oracle/masks-oracle.ts'
import { fixtureTable, runMask } from './support/mask-harness.ts'

interface SeedVector {
  readonly family: string
  readonly qualifier: string
  readonly namespace: string
  readonly advance: number
  readonly inputs: readonly (string | null)[]
  readonly seed: string
}

interface Vectors {
  readonly runSecret: string
  readonly now: string
  readonly key: string
  readonly keyId: string
  readonly seeds: readonly SeedVector[]
  readonly stream: { readonly of: number; readonly first16: string; readonly uniform: readonly { readonly n: number; readonly values: readonly number[] }[] }
  readonly rows: readonly { readonly file: string; readonly inputs: readonly string[]; readonly rows: number; readonly row: number }[]
  readonly fixtureSeedFiles: Readonly<Record<string, string>>
  readonly masks: readonly {
    readonly mask: Readonly<Record<string, unknown>>
    readonly inputs?: readonly (string | null)[]
    readonly advance?: number
    readonly in: string
    readonly out: string
  }[]
}

const vectors = JSON.parse(readFileSync(new URL('./vectors/determinism.json', import.meta.url), 'utf8')) as Vectors
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const key = deriveKey(vectors.runSecret)
const oracleKey = oracle.oracleKey(vectors.runSecret)

describe('vectors', () => {
  it('of the key', () => {
    expect(hex(hkdf(Buffer.from(vectors.runSecret), new Uint8Array(0), 'mask-logs/v1'))).toBe(vectors.key)
    expect(hex(oracleKey)).toBe(vectors.key)
    expect(keyId(key)).toBe(vectors.keyId)
  })

  it('of seeds, in both implementations', () => {
    for (const vector of vectors.seeds) {
      expect(hex(seed(key, vector, vector.inputs))).toBe(vector.seed)
      expect(hex(oracle.oracleSeed(oracleKey, vector.family, vector.qualifier, vector.namespace, vector.advance, vector.inputs))).toBe(vector.seed)
    }
  })

  it('of the stream and its draws', () => {
    const bytes = Buffer.from(vectors.seeds[vectors.stream.of]!.seed, 'hex')
    const stream = new Stream(bytes)
    expect(hex(Uint8Array.from({ length: 16 }, () => stream.byte()))).toBe(vectors.stream.first16)
    const draws = drawsFrom(bytes)
    const other = oracle.oracleStream(bytes)
    for (const { n, values } of vectors.stream.uniform) {
      expect(values.map(() => draws.uniform(n))).toEqual(values)
      expect(values.map(() => other.uniform(n))).toEqual(values)
    }
  })

  it('of rows', () => {
    for (const { file, inputs, rows, row } of vectors.rows) {
      expect(drawsFrom(seed(key, { family: 'from_file', qualifier: file, namespace: '', advance: 0 }, inputs)).uniform(rows)).toBe(row)
    }
  })

  it('of the fixture seed files', () => {
    for (const [name, sha256] of Object.entries(vectors.fixtureSeedFiles)) expect(fixtureTable(name).sha256).toBe(sha256)
  })

  for (const { mask, inputs, advance, in: json, out } of vectors.masks) {
    it(`${JSON.stringify(mask)} ${advance ?? ''} on ${json}${inputs === undefined ? '' : ` by ${JSON.stringify(inputs)}`}`, () => {
      const now = Date.parse(vectors.now)
      expect(runMask(mask, json, { inputs, ...(advance === undefined ? {} : { advance }), now, key })).toBe(out)
      expect(oracleMask({ mask, json, inputs, advance, now, key: oracleKey })).toBe(out)
    })
  }

  const random = masks.filter((mask) => mask.random !== undefined)
  const of = (type: string): Vectors['masks'] => vectors.masks.filter(({ mask }) => mask['type'] === type)

  it('cover every mask with a random result at least three times: values that change', () => {
    expect(random.filter(({ type }) => of(type).filter((vector) => vector.out !== vector.in).length < 3).map(({ type }) => type)).toEqual([])
  })

  it('cover a namespace of every such mask, and more than one hash input of those that draw', () => {
    expect(random.filter(({ type }) => !of(type).some(({ mask }) => mask['seed'] !== undefined)).map(({ type }) => type)).toEqual([])
    const drawing = random.filter((mask) => mask.random === 'r')
    expect(drawing.filter(({ type }) => !of(type).some(({ inputs = [] }) => inputs.length > 1 && inputs.includes(null))).map(({ type }) => type)).toEqual([])
    expect(drawing.filter(({ type }) => !of(type).some(({ advance = 0 }) => advance > 0)).map(({ type }) => type)).toEqual([])
  })
})
