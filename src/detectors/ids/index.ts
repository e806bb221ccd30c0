// Every identifier with digits or letters that is weak without context: what it looks like, which words name it, and how it
// is judged. Texts are scanned elsewhere.

import { asia } from './asia.ts'
import { britain } from './britain.ts'
import { centralEurope } from './central-europe.ts'
import { documents } from './documents.ts'
import { easternEurope } from './eastern-europe.ts'
import { germanSpeaking } from './german-speaking.ts'
import { named } from './named.ts'
import { nordic } from './nordic.ts'
import { northAmerica } from './north-america.ts'
import { oceania } from './oceania.ts'
import { southAmerica } from './south-america.ts'
import { things } from './things.ts'
import type { IdRow } from './types.ts'
import { vat } from './vat.ts'
import { westernEurope } from './western-europe.ts'

export type { IdRow } from './types.ts'

/** Words that count as context for the identifiers of any country. */
export const GENERIC_ID_WORDS = ['national id', 'tax id', 'id number', 'identity'] as const

/** In no particular order: `priority` settles what overlaps. */
export const idRows: readonly IdRow[] = [
  ...britain,
  ...northAmerica,
  ...southAmerica,
  ...westernEurope,
  ...germanSpeaking,
  ...nordic,
  ...centralEurope,
  ...easternEurope,
  ...asia,
  ...oceania,
  ...vat,
  ...things,
  ...documents,
  ...named,
]
