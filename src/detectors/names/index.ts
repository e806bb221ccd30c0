// The detectors of names, places and addresses in free text. They share one finder, which needs the file of a model; it is
// read when a ruleset with one of them is compiled, never before.

import type { DetectorInfo, Finder, Scan } from '../../engine/types.ts'
import { readModel } from './model.ts'
import type { Model } from './model.ts'
import { ADDRESS, createSight, findNames, gate, ORGANIZATION, PERSON, PLACE } from './tagger.ts'
import type { Sight } from './tagger.ts'
import { readTokens } from './tokens.ts'

/** In the order of the classes of the tagger, from PERSON on. */
export const nameDetectors: readonly DetectorInfo[] = [
  {
    name: 'person_name',
    way: 'text',
    group: 'names',
    tier: 2,
    priority: 61,
    summary: 'Name of a person in free text, with the title before it, by a small trained tagger.',
    mask: { type: 'name' },
    examples: ['Please call «Maria Schneider» back.', 'Dear «Mr. Johnson», your order was shipped.'],
    counterExamples: ['Jenkins build finished on Monday', 'Server started in 12 ms', 'GET /users/42 HTTP/1.1', 'Victoria Metrics is up', 'User Not Found'],
  },
  {
    name: 'place',
    group: 'names',
    tier: 2,
    priority: 63,
    summary: 'City, region or country in free text, by the same tagger.',
    examples: ['She moved to «Berlin» last year.'],
    counterExamples: ['Phoenix application started', 'Apache Kafka broker 3', 'Time zone changed in March'],
  },
  {
    name: 'street_address',
    way: 'text',
    group: 'names',
    tier: 2,
    priority: 62,
    summary: 'Street address in free text: number and street, unit or box, postcode beside a place, by a grammar and the tagger.',
    examples: ['Send it to «742 Maple Street, Apt 5» please.', 'She lives at «12 Station Road» now.'],
    counterExamples: ['retry 12 of 20 failed', 'Error 404 Page Not Found', 'at line 12 in Main'],
  },
  {
    name: 'organization',
    group: 'names',
    tier: 2,
    priority: 64,
    summary: 'Name of a company or an institution in free text, by the same tagger.',
    examples: ['He works for «Northfield Logistics Ltd» now.'],
    counterExamples: ['Internal Server Error', 'Connection Reset By Peer', 'Apache Tomcat started'],
  },
]

const NAMED = new Set([
  'customer',
  'patient',
  'recipient',
  'sender',
  'contact',
  'author',
  'employee',
  'owner',
  'person',
  'fullname',
  'firstname',
  'lastname',
  'surname',
  'passenger',
])
const PLACES = new Set(['city', 'town', 'country', 'province', 'birthplace'])
const FIRMS = new Set(['company', 'organization', 'organisation', 'employer'])
const STREETS = new Set(['address', 'street'])
/** Beside `name`: whose name it is. */
const NAME_OF = new Set(['first', 'last', 'full', 'given', 'family', 'middle', 'maiden', 'display', 'customer', 'patient', 'contact', 'employee'])

/** What the last key above a value speaks of, by its words: a class of the tagger, or 0. */
export function keyClass(words: readonly string[]): number {
  const a = words[0]
  if (a === undefined) return 0
  const b = words[1] ?? ''
  const named = (a === 'name' && NAME_OF.has(b)) || (b === 'name' && NAME_OF.has(a))
  if (named || NAMED.has(a)) return PERSON
  if (PLACES.has(a)) return PLACE
  if (STREETS.has(a)) return ADDRESS
  return FIRMS.has(a) ? ORGANIZATION : 0
}

/** Capitals, and the first bytes of characters of which some are. */
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ\u00c3\u00c4\u00c5\u00c8\u00ce\u00d0'

// Texts without a capital are asked about where a word begins with two letters that most have.
/** A finder over the model in the file that `load` reads, at the first ruleset that wants it. */
export function createNamesFinder(load: () => Uint8Array): Finder {
  let model: Model | undefined
  let sight: Sight | undefined
  let scan: Scan
  let ids: Int32Array
  const slots = new Uint8Array(5)
  slots[PERSON] = 0
  slots[PLACE] = 1
  slots[ADDRESS] = 2
  slots[ORGANIZATION] = 3
  const report = (kind: number, start: number, end: number, proved: boolean): void => {
    // what a mask wrote is not looked at again
    if (start > scan.start && scan.text[start - 1] === 0x5b && isMasked(scan.text, start, end)) return
    scan.emit(ids[slots[kind]!]!, start, end, proved ? 0.75 : 0.65)
  }
  const prepare = (): void => {
    model ??= readModel(load())
    sight ??= createSight()
  }
  return {
    detectors: nameDetectors,
    triggers: [{ byte: CAPITALS }, { prev: ' ', byte: 'bcdfghjklmnprstvwyz', next: 'aeiou' }],
    least: 3,
    prepare,
    find(of, _at, own) {
      if (of.isKey) return of.end
      if (model === undefined) prepare()
      scan = of
      ids = own
      findNames(sight!, model!, of.text, of.start, of.end, keyClass(of.keyWords), report)
      return of.end
    },
  }
}

/** `REDACTED`, `MASKED` or `MASKING` begins at the offset. */
function isMasked(text: Uint8Array, start: number, end: number): boolean {
  const word = String.fromCharCode(...text.subarray(start, Math.min(end, start + 8)))
  return word.startsWith('REDACTED') || word.startsWith('MASK')
}

/** Whether a text may hold a name: what `names` asks before anything else. */
export function createNamesGate(load: () => Uint8Array): (text: string) => boolean {
  const model = readModel(load())
  const sight = createSight()
  return (text) => {
    const bytes = Buffer.from(text)
    for (let pos = 0; pos < bytes.length; ) {
      sight.key = 0
      const stop = readTokens(sight.tokens, bytes, pos, bytes.length)
      if (sight.tokens.count > 0 && gate(sight, model)) return true
      if (stop <= pos) break
      pos = stop
    }
    return false
  }
}
