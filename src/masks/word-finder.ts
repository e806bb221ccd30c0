// Finds the cells of a seed file in text: whole words, and cells of several words. This is Aho and Corasick's automaton with
// words in the place of characters, so that the time depends on the length of the text alone, whatever the list.

import type { TextMatch } from '../engine/types.ts'
import { kindAt, OTHER, runEnd, SPACE, widthAt, WORD } from './characters.ts'
import { lengthOf } from './input.ts'

/** Cells of fewer characters are not looked for. */
const LEAST = 2

/** A word may be written with more units than the cell has: decomposed, at most so many for each. */
const SPELLING = 4

type Find = (text: string) => TextMatch[]

/** Finders made, by the cells of a column: case does not count, counts. */
const made = new WeakMap<readonly string[], [Find | undefined, Find | undefined]>()

/** Finds cells in text: at every place where one ends, the longest one. It is built when a first text is searched. */
export function wordFinder(cells: readonly string[], caseSensitive: boolean): Find {
  return (text) => {
    let known = made.get(cells)
    if (known === undefined) made.set(cells, (known = [undefined, undefined]))
    return (known[caseSensitive ? 1 : 0] ??= build(cells, caseSensitive))(text)
  }
}

function build(cells: readonly string[], caseSensitive: boolean): Find {
  const tokens = new Map<string, number>()
  // State 0 is the start. Most lists are single words: the transitions of the start are by token, all others in one table.
  const first: number[] = []
  const further = transitions()
  const parents: number[] = [0]
  const by: number[] = [0]
  const depths: number[] = [0]
  /** Tokens of the cell that ends in a state; 0: none. */
  const ends: number[] = [0]
  let longest = 0
  const go = (state: number, token: number): number => (state === 0 ? first[token]! : further.get(state, token))
  for (const raw of cells) {
    const cell = raw.trim()
    if (lengthOf(cell.normalize('NFC')) < LEAST) continue
    const words = split(cell, caseSensitive)
    if (words === undefined) continue
    let state = 0
    for (const word of words) {
      longest = Math.max(longest, word.length)
      let token = tokens.get(word)
      if (token === undefined) {
        token = first.push(0) - 1
        tokens.set(word, token)
      }
      let next = go(state, token)
      if (next === 0) {
        next = parents.push(state) - 1
        by.push(token)
        depths.push(depths[state]! + 1)
        ends.push(0)
        if (state === 0) first[token] = next
        else further.add(state, token, next)
      }
      state = next
    }
    ends[state] = words.length
  }
  // Where to go on when a sequence breaks off: at the longest one that ends here too.
  const back = new Int32Array(parents.length)
  /** Tokens of the longest cell that ends in a state. */
  const lengths = Int32Array.from(ends)
  let deepest = 0
  for (const level of byDepth(depths)) {
    for (const state of level) {
      deepest = depths[state]!
      const token = by[state]!
      if (deepest > 1) {
        let from = parents[state]!
        do from = back[from]!
        while (go(from, token) === 0 && from !== 0)
        back[state] = go(from, token)
      }
      if (lengths[state] === 0) lengths[state] = lengths[back[state]!]!
    }
  }
  let ring = 1
  while (ring < deepest) ring *= 2
  const most = longest * SPELLING
  const space = tokens.get(' ')

  return (text) => {
    const matches: TextMatch[] = []
    /** Where the last tokens begin. */
    const starts = new Int32Array(ring)
    let state = 0
    let index = 0
    for (let i = 0, end = 0; i < text.length; i = end, index++) {
      const kind = kindAt(text, i)
      end = kind === OTHER ? i + widthAt(text, i) : runEnd(text, i, kind)
      starts[index & (ring - 1)] = i
      const token = kind === SPACE ? space : end - i > most ? undefined : tokens.get(spelled(text.slice(i, end), kind, caseSensitive))
      if (token === undefined) {
        state = 0
        continue
      }
      let next = go(state, token)
      while (next === 0 && state !== 0) {
        state = back[state]!
        next = go(state, token)
      }
      state = next
      const length = lengths[state]!
      if (length === 0) continue
      const start = starts[(index - length + 1) & (ring - 1)]!
      // a cell inside a longer one says nothing of its own
      while (matches.length > 0 && matches[matches.length - 1]!.start >= start) matches.pop()
      matches.push({ start, end })
    }
    return matches
  }
}

/** Which state follows a state on a token, 0 for none. By open addressing: a Map holds at most 2^24 entries, which a large list exceeds. */
function transitions(): { get(state: number, token: number): number; add(state: number, token: number, next: number): void } {
  let size = 64
  let used = 0
  let keys = new Int32Array(2 * size)
  let nexts = new Int32Array(size)
  /** The slot of a key, or the free one where it belongs. */
  const slot = (state: number, token: number): number => {
    let at = (Math.imul(state, 0x9e3779b1) ^ Math.imul(token, 0x85ebca6b)) >>> 0
    at = (at ^ (at >>> 15)) & (size - 1)
    while (nexts[at] !== 0 && (keys[2 * at] !== state || keys[2 * at + 1] !== token)) at = (at + 1) & (size - 1)
    return at
  }
  const put = (state: number, token: number, next: number): void => {
    const at = slot(state, token)
    keys[2 * at] = state
    keys[2 * at + 1] = token
    nexts[at] = next
  }
  return {
    get: (state, token) => nexts[slot(state, token)]!,
    add(state, token, next) {
      if (2 * ++used > size) {
        const [oldKeys, oldNexts] = [keys, nexts]
        size *= 2
        keys = new Int32Array(2 * size)
        nexts = new Int32Array(size)
        for (let i = 0; i < oldNexts.length; i++) if (oldNexts[i] !== 0) put(oldKeys[2 * i]!, oldKeys[2 * i + 1]!, oldNexts[i]!)
      }
      put(state, token, next)
    },
  }
}

/** The states of a trie, level by level, without the start. */
function byDepth(depths: readonly number[]): number[][] {
  const levels: number[][] = []
  for (let state = 1; state < depths.length; state++) (levels[depths[state]! - 1] ??= []).push(state)
  return levels
}

/** The tokens of a cell: words, white space as one blank, other characters. Undefined when it has no word. */
function split(cell: string, caseSensitive: boolean): string[] | undefined {
  const out: string[] = []
  let words = false
  for (let i = 0, end = 0; i < cell.length; i = end) {
    const kind = kindAt(cell, i)
    end = kind === OTHER ? i + widthAt(cell, i) : runEnd(cell, i, kind)
    words ||= kind === WORD
    out.push(spelled(cell.slice(i, end), kind, caseSensitive))
  }
  return words ? out : undefined
}

/** A token as it is compared: white space is one blank, typographic apostrophes and hyphens are those of the keyboard. */
function spelled(token: string, kind: number, caseSensitive: boolean): string {
  if (kind === SPACE) return ' '
  if (kind === OTHER) return token === '\u2019' ? "'" : token === '\u2010' || token === '\u2011' ? '-' : token
  const composed = token.normalize('NFC')
  return caseSensitive ? composed : composed.toLowerCase()
}
