// A small reference driver for detectors: one table of byte pairs, one pass for candidates, then the finders. It settles
// no overlaps; the engine does. Pairs in text go to the detectors of keys as in the engine.

import type { DetectorInfo, Finder, Scan } from '../../src/engine/types.ts'
import { compileKnownSecrets, createPair, detectors, finders, keyed, keyFactsAt, pairTriggers, recogniseKey } from '../../src/detectors/index.ts'

export interface Hit {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly score: number
}

export interface Driver {
  /** Hits in UTF-8 bytes, as emitted. */
  scan(bytes: Uint8Array, keyWords?: readonly string[], length?: number): Hit[]
  /** Candidates of the last scan. */
  candidates(): number
}

interface Options {
  readonly names?: readonly string[]
  /** With the detectors of keys over text pairs. */
  readonly pairs?: boolean
}

/** Builds a driver for the detectors of the given names (by default all that a ruleset need not name). */
export function createDriver(options: Options = {}): Driver {
  const chosen = new Set(options.names ?? detectors.filter((d) => d.group !== undefined).map((d) => d.name))
  const infos: DetectorInfo[] = []
  const used: { finder: Finder; ids: Int32Array }[] = []
  const active = new Uint8Array(detectors.length + 1)
  for (const finder of finders) {
    const ids = new Int32Array(finder.detectors.length)
    finder.detectors.forEach((info, i) => {
      ids[i] = infos.length
      active[infos.length] = chosen.has(info.name) ? 1 : 0
      infos.push(info)
    })
    if (finder.detectors.some((info) => chosen.has(info.name))) used.push({ finder, ids })
  }
  const pairs = options.pairs === true
  // Bit i: finder i; the last bit: pairs.
  const table = new Int32Array(65536)
  const add = (bit: number, prev: string | undefined, byte: string): void => {
    for (let i = 0; i < byte.length; i++) {
      const b = byte.charCodeAt(i)
      if (prev === undefined) for (let a = 0; a < 256; a++) table[(a << 8) | b]! |= bit
      else for (let j = 0; j < prev.length; j++) table[(prev.charCodeAt(j) << 8) | b]! |= bit
    }
  }
  used.forEach(({ finder }, i) =>
    finder.triggers.forEach((t) => {
      add(1 << i, t.prev, t.byte)
      for (const pair of t.pairs?.match(/../g) ?? []) add(1 << i, pair[0], pair[1]!)
    }),
  )
  const PAIRS = 1 << 30
  if (pairs) pairTriggers.forEach((t) => add(PAIRS, t.prev, t.byte))

  // the value that the examples of known_secret speak of
  const known = compileKnownSecrets(chosen.has('known_secret') ? ['Corr3ct-Horse/9'] : []).values

  let hits: Hit[] = []
  const scan = {
    text: new Uint8Array(0) as Uint8Array,
    start: 0,
    end: 0,
    active,
    line: true,
    isKey: false,
    hasPairs: true,
    keyWords: [] as readonly string[],
    emit(id: number, start: number, end: number, score: number): void {
      hits.push({ name: infos[id]!.name, start, end, score })
    },
  } satisfies Scan
  const skip = new Int32Array(used.length)
  let offsets = new Int32Array(1024)
  let masks = new Int32Array(1024)
  let found = 0
  const pair = createPair()

  return {
    candidates: () => found,
    scan(bytes, keyWords = [], length = bytes.length) {
      hits = []
      scan.text = bytes
      scan.end = length
      scan.keyWords = keyWords
      known?.find(bytes, 0, length, (start, end) => hits.push({ name: 'known_secret', start, end, score: 1 }))
      skip.fill(0)
      found = 0
      let previous = 32
      for (let p = 0; p < length; p++) {
        const b = bytes[p]!
        const mask = table[(previous << 8) | b]!
        previous = b
        if (mask === 0) continue
        if (found === offsets.length) {
          offsets = grow(offsets)
          masks = grow(masks)
        }
        offsets[found] = p
        masks[found++] = mask
      }
      let pairSkip = 0
      for (let i = 0; i < found; i++) {
        const at = offsets[i]!
        let mask = masks[i]!
        if ((mask & PAIRS) !== 0) {
          mask &= ~PAIRS
          if (at >= pairSkip && recogniseKey(bytes, 0, length, at, pair)) {
            const facts = keyFactsAt(bytes, pair.keyStart, pair.keyEnd)
            const one = keyed.find((k) => k.level(facts) !== 0)
            const level = one?.level(facts) ?? 0
            const score = one === undefined || level === 0 ? 0 : one.pair(bytes, 0, length, pair, level)
            if (score > 0) {
              hits.push({ name: one!.detector.name, start: pair.valueStart, end: pair.valueEnd, score })
              pairSkip = pair.valueEnd
            }
          }
        }
        while (mask !== 0) {
          const f = 31 - Math.clz32(mask)
          mask &= ~(1 << f)
          if (at < skip[f]!) continue
          const { finder, ids } = used[f]!
          const next = finder.find(scan, at, ids)
          if (next > skip[f]!) skip[f] = next
        }
      }
      return hits
    },
  }
}

function grow(array: Int32Array): Int32Array<ArrayBuffer> {
  const bigger = new Int32Array(array.length * 2)
  bigger.set(array)
  return bigger
}

const encoder = new TextEncoder()

/** Hits of a string, with their text. */
export function scanText(driver: Driver, text: string, keyWords: readonly string[] = []): { name: string; text: string; score: number }[] {
  const bytes = encoder.encode(text)
  return driver.scan(bytes, keyWords).map((hit) => ({ name: hit.name, text: Buffer.from(bytes.subarray(hit.start, hit.end)).toString('utf8'), score: hit.score }))
}

/** The text of an example without its marks, and the marked stretches. */
export function readExample(example: string): { text: string; marked: string[] } {
  return { text: example.replace(/[«»]/g, ''), marked: [...example.matchAll(/«([^»]*)»/gs)].map((m) => m[1]!) }
}
