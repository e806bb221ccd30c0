// Microseconds (of the processor) for each value that a mask changes, through the engine: records of many values under one rule.
//
//   node dist/bench/masks.js count          prints the HMACs of 64 values of every row, and which masks have none:
//                                           {"rows": {"<row>": [[operation, length], ...]}, "missing": [..]}
//   node dist/bench/masks.js measure ROW    reads the list of one row from stdin, prints {"hit":..,"miss":..,"macs":..}
//
// hit    the values are in the table of recent results
// miss   every value is new
// macs   the HMACs of the misses alone, as the engine calculates them, and nothing else
//
// Rows are measured in processes of their own, so that none pays for the types that another one has shown to the compiler. Which
// HMACs a value costs is not written down but watched: the module for SHA-256 is wrapped while one process runs every row.
import { readFileSync } from 'node:fs'
import type { MaskDefinition } from '../src/index.ts'
import { engineRow, maskRows, rowName, typesOf, type MaskRow } from './mask-rows.ts'

/** HMAC of `length` bytes, a key (and its length) made ready, or the n-th block of a stream. */
type Operation = readonly ['mac' | 'prepare' | 'block', number]

const perRecord = 64
const rows = [engineRow, ...maskRows]
const otherText: MaskDefinition = {
  type: engineRow.mask.type,
  summary: 'Another text.',
  input: 'T',
  settles: 'value',
  options: {},
  compile: () => (value) => (typeof value === 'string' ? `x${value.slice(1)}` : value),
  examples: [],
}
const options = { runSecret: 'benchmark run secret, 32 letters', masks: { [otherText.type]: otherText } }

const ruleset = (row: MaskRow): object => ({ version: '1.0', policy: { on_mask_error: 'fail' }, rules: [{ paths: ['v[*]'], masks: [row.mask] }] })
const record = (values: readonly string[]): Buffer => Buffer.from(JSON.stringify({ v: values }))
const values = (row: MaskRow, from: number, count: number): string[] => Array.from({ length: count }, (_, i) => row.value(from + i))

async function count(): Promise<void> {
  const operations: Operation[] = []
  const { Instance } = WebAssembly
  WebAssembly.Instance = class {
    readonly exports: object
    constructor(module: object) {
      const { exports } = new Instance(module)
      const watch =
        (name: string, as: Operation[0], which = 0) =>
        (...given: readonly number[]) => {
          operations.push([as, given[which]!])
          exports[name]!(...given)
        }
      const { feistel, feistelBits } = exports
      // HMACs that the module calls by itself.
      const rounds =
        (of: (typeof exports)[string], count: (given: readonly number[]) => number) =>
        (...given: readonly number[]) => {
          for (let i = 0; i < count(given); i++) operations.push(['mac', 13])
          of(...given)
        }
      const pair = (length: number) => {
        operations.push(['mac', length], ['prepare', 32], ['block', 0])
        exports['stream']!(length)
      }
      const watched = {
        mac: watch('mac', 'mac'),
        short: watch('short', 'mac', 5),
        prepare: watch('prepare', 'prepare'),
        block: watch('block', 'block'),
        stream: pair,
        feistel: rounds(feistel!, ([n]) => n!),
        feistelBits: rounds(feistelBits!, () => 10),
      }
      this.exports = 'prepare' in exports ? { ...exports, ...watched } : exports
    }
  } as unknown as typeof Instance
  const { createMasker } = await import('../src/index.ts')
  const { masks } = await import('../src/masks/index.ts')
  const registered = new Set([otherText.type, ...masks.map(({ type }) => type)])
  const found: Record<string, readonly Operation[]> = {}
  for (const row of rows) {
    if (!typesOf(row.mask).every((type) => registered.has(type))) continue
    const masker = createMasker(ruleset(row), options)
    // What is made once for all values is made for these.
    for (let i = 0; i < 64; i++) masker.json(record(values(row, i * perRecord, perRecord)))
    operations.length = 0
    masker.json(record(values(row, 64 * perRecord, perRecord)))
    found[rowName(row)] = [...operations]
  }
  const covered = new Set(rows.flatMap(({ mask }) => typesOf(mask)))
  process.stdout.write(JSON.stringify({ rows: found, missing: masks.map(({ type }) => type).filter((type) => !covered.has(type)) }))
}

async function measure(row: MaskRow, operations: readonly Operation[]): Promise<void> {
  const { createMasker } = await import('../src/index.ts')
  const { HmacKey, firstBlock, wordsOfBytes } = await import('../src/engine/sha256.ts')
  const masker = createMasker(ruleset(row), options)
  const fresh = Array.from({ length: 2048 }, (_, i) => record(values(row, i * perRecord, perRecord)))
  // Eight values again and again: of more, two might fall on one place of the table.
  const eight = values(row, 1, 8)
  const same = record(Array.from({ length: perRecord }, (_, i) => eight[i % 8]!))
  const key = new HmacKey(new Uint8Array(32).fill(7))
  const message = new Uint8Array(4096).fill(7)
  const seed = wordsOfBytes(message)
  const out = new Uint8Array(32)
  let at = 0
  const contenders = {
    hit: () => void masker.json(same),
    miss: () => void masker.json(fresh[at++ & 2047]!),
    macs() {
      for (let i = 0; i < operations.length; i++) {
        const [name, n] = operations[i]!
        if (name === 'mac') key.mac(message, n, out)
        else if (name === 'block') key.macCounter(n)
        else if (operations[i + 1]?.[0] === 'block' && operations[i + 1]![1] === 0) {
          firstBlock(seed)
          i++
        } else new HmacKey(message.subarray(0, n))
      }
    },
  }
  const times = { hit: [] as number[], miss: [] as number[], macs: [] as number[] }
  const names = ['hit', 'miss', 'macs'] as const
  // Time of the processor, so that what else the machine does counts less.
  const run = (name: (typeof names)[number], ms: number): number => {
    const end = performance.now() + ms
    const start = process.cpuUsage()
    let rounds = 0
    do contenders[name]()
    while (++rounds < 8 || performance.now() < end)
    const { user, system } = process.cpuUsage(start)
    return (user + system) / rounds / perRecord
  }
  for (const name of names) run(name, 250)
  for (let round = 0; round < 9; round++) for (const name of names) times[name].push(run(name, 30))
  const size = row.long ? Buffer.byteLength(row.value(1)) / 1000 : 1
  const median = (list: number[]): number => list.sort((a, b) => a - b)[list.length >> 1]! / size
  process.stdout.write(JSON.stringify({ hit: median(times.hit), miss: median(times.miss), macs: median(times.macs) }))
}

/** The part of the WebAssembly API that is wrapped; the types of Node leave it to those of browsers. */
declare const WebAssembly: { Instance: new (module: object) => { readonly exports: Readonly<Record<string, (...given: readonly number[]) => void>> } }

if (process.argv[2] === 'count') await count()
else {
  const row = rows.find((one) => rowName(one) === process.argv[3])
  if (row === undefined) throw new Error('no such row')
  await measure(row, JSON.parse(readFileSync(0, 'utf8')) as Operation[])
}
