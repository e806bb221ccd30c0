// Values that must never appear, given by the host. They are looked for anywhere, without boundary, in every form that they are
// known to take in logs, all forms at once: an automaton of Aho and Corasick behind a gate on four bytes. The gate knows the four
// bytes at the first few offsets of every form, so that only every so manyth byte of the text is looked at where there is nothing.

import { InputError } from '../errors.ts'
import type { DetectorInfo, KnownValues } from '../engine/types.ts'
import { BASE64, BASE64URL, CLASS } from './bytes.ts'

/** A value that must never appear; the name is for warnings. */
export type KnownSecret = string | { readonly name?: string | undefined; readonly value: string }

export const knownSecret: DetectorInfo = {
  name: 'known_secret',
  group: 'secrets',
  tier: 0,
  priority: 45,
  numbers: true,
  checks: ['known'],
  summary:
    'A value given as known secret (`knownSecrets`, `--known-secrets-file`, `--known-secrets-env`), anywhere in text, keys and numbers: as it is, escaped as in JSON once or twice, percent-encoded, in base64, base64url and hexadecimal. Looked for only where values are given; those here are for `Corr3ct-Horse/9`.',
  examples: [
    'login with «Corr3ct-Horse/9» ok',
    'xx«Corr3ct-Horse/9»yy',
    '{"p":"«Corr3ct-Horse\\/9»"}',
    'q=«Corr3ct-Horse%2f9»&x',
    'sha «436f72723363742d486f7273652f39»',
    'Basic dXNlcj«pDb3JyM2N0LUhvcnNlLzk=»',
  ],
  counterExamples: ['Corr3ct-Horse', 'corr3ct-horse/9', 'Q29ycjNjdC1Ib3'],
}

const LEAST = 4
/** Shorter lines of a value of several lines say nothing by themselves. */
const LEAST_LINE = 8
/** Most states of the automaton, which are bytes of all forms together: some 10,000 secrets. */
const MOST_STATES = 1 << 22
/** Text is looked at at every so manyth byte at most. */
const MOST_STRIDE = 4

/** A form, and whether the base64 characters around it hold bits of the value too. */
interface Form {
  readonly bytes: Uint8Array
  readonly edges: number
}
const LEAD = 1
const TAIL = 2

/** Compiles values. `refused` are the names of those that are too short to be looked for. */
export function compileKnownSecrets(secrets: readonly KnownSecret[]): { readonly values: KnownValues | undefined; readonly refused: readonly string[] } {
  if (!Array.isArray(secrets)) throw new InputError('bad_option', "'knownSecrets' takes a list of strings, or of objects with 'name' and 'value'")
  const refused: string[] = []
  const forms = new Map<string, Form>()
  secrets.forEach((secret: unknown, i) => {
    const { name, value } = typeof secret === 'string' ? { name: undefined, value: secret } : ((secret ?? {}) as { name?: unknown; value?: unknown })
    if (typeof value !== 'string' || (name !== undefined && typeof name !== 'string'))
      throw new InputError('bad_option', `'knownSecrets' takes a list of strings, or of objects with 'name' and 'value': entry ${i + 1} is none`)
    if (value.trim().length < LEAST) {
      refused.push(name ?? `entry ${i + 1}`)
      return
    }
    addForms(forms, value)
    if (/[\r\n]/.test(value)) for (const line of value.split(/[\r\n]+/)) if (line.trim().length >= LEAST_LINE) addForms(forms, line.trim())
  })
  return { values: forms.size === 0 ? undefined : build([...forms.values()]), refused }
}

/** Every form of a value. */
function addForms(forms: Map<string, Form>, value: string): void {
  const add = (bytes: Uint8Array, edges = 0): void => {
    const id = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    forms.set(id, { bytes, edges: edges | (forms.get(id)?.edges ?? 0) })
  }
  const text = value.toWellFormed()
  const texts = new Set([text])
  // in JSON, as different writers escape; twice where that stands in a string of JSON again
  const escaped = inJson(text)
  for (const once of [escaped, escaped.replaceAll('/', '\\/'), ascii(escaped), ascii(escaped.replace(/[<>&']/g, unicode))]) texts.add(once).add(inJson(once))
  const percent = encodeURIComponent(text)
  for (const encoded of [percent, percent.replace(/[!'()*]/g, percentOf)])
    for (const spaced of [encoded, encoded.replaceAll('%20', '+')]) texts.add(spaced).add(spaced.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))
  for (const form of texts) add(Buffer.from(form))
  const bytes = Buffer.from(text)
  const hex = bytes.toString('hex')
  add(Buffer.from(hex))
  add(Buffer.from(hex.toUpperCase()))
  for (let before = 0; before < 3; before++) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const bits = 8 * (before + bytes.length)
    const inner = encoded.slice(Math.ceil((8 * before) / 6), Math.floor(bits / 6))
    const edges = (before === 0 ? 0 : LEAD) | (bits % 6 === 0 ? 0 : TAIL)
    add(Buffer.from(inner), edges)
    add(Buffer.from(inner.replaceAll('+', '-').replaceAll('/', '_')), edges)
  }
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)
const unicode = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`
const ascii = (text: string): string => text.replace(/[^\0-\x7f]/g, unicode)
const percentOf = (c: string): string => `%${c.charCodeAt(0).toString(16).toUpperCase()}`

/** The automaton. State 0 is the root; edges are a table of open addressing by state and byte. */
function build(forms: readonly Form[]): KnownValues {
  const most = forms.reduce((sum, { bytes }) => sum + bytes.length, 1)
  if (most > MOST_STATES) throw new InputError('bad_option', "'knownSecrets' are too many, or too long: all their forms together may have 4 million characters")
  let bits = 3
  while (1 << bits < most * 2) bits++
  const shift = 32 - bits
  const last = (1 << bits) - 1
  const keys = new Int32Array(last + 1)
  const targets = new Int32Array(last + 1)
  const parent = new Int32Array(most)
  const byte = new Uint8Array(most)
  const depth = new Int32Array(most)
  const fail = new Int32Array(most)
  /** The longest form that ends in a state: the state that stands for it. */
  const hit = new Int32Array(most)
  const edges = new Uint8Array(most)
  const shortest = forms.reduce((least, { bytes }) => Math.min(least, bytes.length), MOST_STRIDE + LEAST)
  const stride = shortest - LEAST + 1 < MOST_STRIDE ? shortest - LEAST + 1 : MOST_STRIDE
  let gateBits = 12
  while (gateBits < 21 && 1 << gateBits < forms.length * stride * 32) gateBits++
  const gateShift = 32 - gateBits
  const gate = new Uint8Array(1 << (gateBits - 3))
  let states = 1

  const follow = (state: number, c: number): number => {
    const key = ((state << 8) | c) + 1
    let k = Math.imul(key, SPREAD) >>> shift
    for (;;) {
      const known = keys[k]!
      if (known === key) return targets[k]!
      if (known === 0) return 0
      k = (k + 1) & last
    }
  }
  for (const form of forms) {
    let state = 0
    for (const c of form.bytes) {
      let next = follow(state, c)
      if (next === 0) {
        next = states++
        parent[next] = state
        byte[next] = c
        depth[next] = depth[state]! + 1
        const key = ((state << 8) | c) + 1
        let k = Math.imul(key, SPREAD) >>> shift
        while (keys[k] !== 0) k = (k + 1) & last
        keys[k] = key
        targets[k] = next
      }
      state = next
    }
    hit[state] = state
    edges[state]! |= form.edges
    const { bytes } = form
    for (let i = 0; i < stride; i++) {
      const h = Math.imul(wordAt(bytes, i), SPREAD) >>> gateShift
      gate[h >> 3]! |= 1 << (h & 7)
    }
  }
  // level by level: where a state goes when nothing follows it
  const order = Array.from({ length: states - 1 }, (_, i) => i + 1).sort((a, b) => depth[a]! - depth[b]!)
  for (const state of order) {
    let back = parent[state]!
    let to = 0
    while (back !== 0 && to === 0) {
      back = fail[back]!
      to = follow(back, byte[state]!)
    }
    fail[state] = to
    if (hit[state] === 0) hit[state] = hit[to]!
  }

  return {
    find(text, start, end, emit) {
      const stop = end - LEAST
      // what was found last, and may grow
      let from = -1
      let to = -1
      let i = start + stride - 1
      while (i <= stop) {
        const h = Math.imul(wordAt(text, i), SPREAD) >>> gateShift
        if (((gate[h >> 3]! >> (h & 7)) & 1) === 0) {
          i += stride
          continue
        }
        const begin = i - stride + 1
        let state = 0
        let j = begin
        while (j < end) {
          const c = text[j++]!
          let next = follow(state, c)
          while (next === 0 && state !== 0) {
            state = fail[state]!
            next = follow(state, c)
          }
          state = next
          const known = hit[state]!
          if (known !== 0) {
            let s = j - depth[known]!
            let e = j
            // bits of the value that share a character with what stands around it
            if ((edges[known]! & LEAD) !== 0 && s > start && (CLASS[text[s - 1]!]! & (BASE64 | BASE64URL)) !== 0) s--
            if ((edges[known]! & TAIL) !== 0 && e < end && (CLASS[text[e]!]! & (BASE64 | BASE64URL)) !== 0) e++
            if (edges[known] !== 0) while (e < end && text[e] === 0x3d) e++
            if (s < to) {
              if (s < from) from = s
              if (e > to) to = e
            } else {
              if (to > 0) emit(from, to)
              from = s
              to = e
            }
          }
          if (depth[state]! < LEAST && depth[state]! < j - begin) break
        }
        if (j >= end) break
        // no form that begins before this one is left
        i = j - depth[state]! + stride - 1
      }
      if (to > 0) emit(from, to)
    },
    wipe() {
      for (const table of [keys, targets, parent, byte, depth, fail, hit, edges, gate]) table.fill(0)
    },
  }
}

const SPREAD = 0x9e3779b1

function wordAt(bytes: Uint8Array, i: number): number {
  return bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
}
