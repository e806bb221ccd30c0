// The file of the model: a lexicon of hashed words with a byte of classes each, and the weights of the tagger in one byte each.
// Little endian: 'MLN1', bits of the table, words, bytes of the gaps; gaps between the sorted hashes, seven bits a byte; classes; weights.

import { InputError } from '../../errors.ts'
import { closedWords, notNames, PRODUCT } from './words.ts'
import { hashWord } from './tokens.ts'

/** Classes: none, person, place, street address, organization. The weights of `none` are zero and not kept. */
export const CLASSES = 5
const KEPT = CLASSES - 1
const MAGIC = 0x314e4c4d

export interface Model {
  /** Four weights for each of 2^bits features. */
  readonly weights: Int8Array
  readonly mask: number
  /** Bits of a word by its hash; 0 for one that is not known. */
  readonly keys: Int32Array
  readonly values: Uint16Array
}

/** Puts the words of a lexicon and those of words.ts into one table of open addressing. */
export function createLexicon(hashes: Iterable<readonly [number, number]>, size: number): Pick<Model, 'keys' | 'values'> {
  let slots = 1024
  while (slots < (size + 4096) * 2) slots *= 2
  const keys = new Int32Array(slots).fill(-1)
  const values = new Uint16Array(slots)
  const add = (hash: number, bits: number): void => {
    let i = hash & (slots - 1)
    while (keys[i] !== -1 && keys[i] !== hash) i = (i + 1) & (slots - 1)
    keys[i] = hash
    values[i]! |= bits
  }
  for (const [hash, bits] of hashes) add(hash, bits)
  for (const [bit, words] of closedWords()) for (const word of words) add(hashWord(word), bit)
  for (const word of notNames()) add(hashWord(word), PRODUCT)
  return { keys, values }
}

export function lookUp(model: Pick<Model, 'keys' | 'values'>, hash: number): number {
  const last = model.keys.length - 1
  let i = hash & last
  for (;;) {
    const key = model.keys[i]!
    if (key === hash) return model.values[i]!
    if (key === -1) return 0
    i = (i + 1) & last
  }
}

/** The bytes of a model file. `words` are hashes and classes (below 256), `weights` four a feature. */
export function writeModel(words: ReadonlyMap<number, number>, weights: Int8Array): Uint8Array {
  const sorted = [...words].sort((a, b) => a[0] - b[0])
  const gaps: number[] = []
  let last = 0
  for (const [hash] of sorted) {
    let gap = hash - last
    last = hash
    while (gap > 127) {
      gaps.push((gap & 127) | 128)
      gap >>>= 7
    }
    gaps.push(gap)
  }
  const head = Buffer.alloc(16)
  head.writeUInt32LE(MAGIC, 0)
  head.writeUInt32LE(Math.log2(weights.length / KEPT), 4)
  head.writeUInt32LE(sorted.length, 8)
  head.writeUInt32LE(gaps.length, 12)
  return Buffer.concat([head, Buffer.from(gaps), Buffer.from(sorted.map(([, bits]) => bits)), Buffer.from(weights.buffer, weights.byteOffset, weights.length)])
}

/** Reads a model file. Throws InputError for bytes that are none. */
export function readModel(bytes: Uint8Array): Model {
  const bad = (): InputError => new InputError('bad_option', 'the file of the model for names is damaged')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 16 || view.getUint32(0, true) !== MAGIC) throw bad()
  const bits = view.getUint32(4, true)
  const count = view.getUint32(8, true)
  const gapBytes = view.getUint32(12, true)
  if (bits > 20 || count > 1 << 22 || bytes.length !== 16 + gapBytes + count + (KEPT << bits)) throw bad()
  const classes = 16 + gapBytes
  function* words(): Generator<readonly [number, number]> {
    let p = 16
    let hash = 0
    for (let k = 0; k < count; k++) {
      let gap = 0
      for (let shift = 0; ; shift += 7) {
        const b = bytes[p++]!
        gap |= (b & 127) << shift
        if (b < 128 || p >= classes) break
      }
      hash += gap
      yield [hash, bytes[classes + k]!]
    }
  }
  const weights = new Int8Array(bytes.buffer, bytes.byteOffset + classes + count, KEPT << bits)
  return { ...createLexicon(words(), count), weights, mask: (1 << bits) - 1 }
}
