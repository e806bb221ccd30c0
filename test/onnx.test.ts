import * as ort from 'onnxruntime-web'
import { describe, expect, it } from 'vitest'
import { createTextTagging } from '../src/index.ts'
import type { TextTagger } from '../src/index.ts'

const { createOnnxTagger, encode } = (await import(new URL('../examples/onnx/tagger.mjs', import.meta.url).href)) as {
  createOnnxTagger(runtime: unknown, model: Uint8Array, options: object): Promise<TextTagger>
  encode(words: readonly string[], i: number): number[]
}

// The bytes of a model, as protobuf has them.
const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)])
const number = (field: number, n: number): number[] => [...varint(field << 3), ...varint(n)]
const bytes = (field: number, content: Iterable<number>): number[] => {
  const list = [...content]
  return [...varint((field << 3) | 2), ...varint(list.length), ...list]
}
const text = (field: number, content: string): number[] => bytes(field, Buffer.from(content))
const FLOAT = 1
const floats = (name: string, dims: readonly number[], values: readonly number[]): number[] => [
  ...dims.flatMap((dim) => number(1, dim)),
  ...number(2, FLOAT),
  ...text(8, name),
  ...bytes(9, Buffer.from(Float32Array.from(values).buffer)),
]
const node = (type: string, inputs: readonly string[], output: string): number[] => [...inputs.flatMap((name) => text(1, name)), ...text(2, output), ...text(4, type)]
const tensor = (name: string, width: number): number[] => [
  ...text(1, name),
  ...bytes(2, bytes(1, [...number(1, FLOAT), ...bytes(2, [...bytes(1, text(2, 'n')), ...bytes(1, number(1, width))])])),
]

/** scores = words x weights + bias */
function model(weights: readonly number[], bias: readonly number[], rows: number): Uint8Array {
  const graph = [
    ...bytes(1, node('MatMul', ['words', 'weights'], 'products')),
    ...bytes(1, node('Add', ['products', 'bias'], 'scores')),
    ...text(2, 'names'),
    ...bytes(5, floats('weights', [rows, bias.length], weights)),
    ...bytes(5, floats('bias', [bias.length], bias)),
    ...bytes(11, tensor('words', rows)),
    ...bytes(12, tensor('scores', bias.length)),
  ]
  return Uint8Array.from([...number(1, 8), ...bytes(7, graph), ...bytes(8, number(2, 13))])
}

describe('the example of a tagger over an ONNX model', () => {
  it('masks with a model of two lines', async () => {
    ort.env.wasm.numThreads = 1
    // a capital, and before it a capital or a word that announces a name
    const tagger = await createOnnxTagger(ort, model([0, 2, 0, 1.5, 0, 1.5], [1, -2], 3), { labels: [undefined, 'PERSON'], encode })
    const tagging = createTextTagging({ tagger, timeLimit: 20_000 })
    const [a, b, c] = await Promise.all(['Please call Maria Schneider back.', 'Dear Anna, the order of Monday is paid.', 'GET /users/42'].map((line) => tagging.text(line)))
    expect(a).toBe('Please call [REDACTED:PERSON] back.')
    expect(b).toBe('Dear [REDACTED:PERSON], the order of Monday is paid.')
    expect(c).toBe('GET /users/42')
    expect(tagging.stats().failures).toEqual({ full: 0, slow: 0, failed: 0, bad_spans: 0, too_long: 0, closed: 0 })
  })
})
