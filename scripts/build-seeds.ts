// Makes the lists under rulesets/seeds/: names from the locale data of @faker-js/faker (MIT), places from scripts/data/ (GeoNames, CC BY 4.0), the others from the seed-*.ts files beside this one.
// (DataMasque_country_codes.csv is kept by hand: it is ISO 3166-1.) This is the record of how they were made: the committed files are the truth, and they do not change within a major version, since row count and order
// decide every consistent substitute.
//
//   npm run seeds                    compares what would be generated with the committed files; exit 1 on a difference
//   npm run seeds -- --write DIR     writes the lists to DIR

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { allLocales } from '@faker-js/faker'
import { addresses, cities } from './seed-addresses.ts'
import { cardNumbers } from './seed-cards.ts'
import { companies } from './seed-companies.ts'
import { cardPrefixes, emailSuffixes, fakeEmailSuffixes, streetNames } from './seed-lists.ts'
import { occupations } from './seed-occupations.ts'
import { csv, inOrder, single } from './seed-order.ts'

/** Locales in order of precedence: a name belongs to the first that has it. All are written in Latin letters. */
// biome-ignore format: a list to read, not a column
const firstNameLocales = [
  'en', 'en_AU', 'en_ZA', 'en_IN', 'en_NG', 'en_GH', 'de', 'fr', 'es', 'it', 'nl', 'pt_PT', 'pl', 'cs_CZ', 'da', 'nb_NO', 'sv', 'fi',
  'hu', 'ro', 'hr', 'sk', 'sl_SI', 'lv', 'tr', 'id_ID', 'af_ZA', 'zu_ZA', 'yo_NG',
] as const

/** No Turkish here: the upper case of its i is another letter, and the second column is plain upper case. */
// biome-ignore format: a list to read, not a column
const lastNameLocales = [
  'en', 'en_AU', 'en_ZA', 'en_IN', 'en_NG', 'en_GH', 'de', 'fr_BE', 'fr_CH', 'es', 'it', 'nl', 'pt_PT', 'pl', 'cs_CZ', 'da', 'nb_NO', 'sv', 'fi',
  'hu', 'ro', 'hr', 'sl_SI', 'sr_RS_latin', 'af_ZA', 'zu_ZA', 'yo_NG',
] as const

/** No locale but the first gives more than this, so that no language outweighs the rest together. */
const perLocale = 240

/** Names that read as something else in a log line, and two that nobody wants to be given. */
// biome-ignore format: a list to read, not a column
const unsuited = new Set([
  'null', 'nil', 'none', 'nan', 'true', 'false', 'undefined', 'error', 'warn', 'info', 'debug', 'trace', 'test', 'admin', 'root', 'user', 'system', 'jan', 'june', 'april', 'may', 'august',
  'adolf', 'adolph',
])

/**
 * One word of Latin letters, inside it at most one apostrophe or hyphen: a substitute keeps the number of words, and an
 * address built from it stays short. Upper case first, so that the columns mean what they are called.
 */
const name = /^\p{Script=Latin}+(?:['-]\p{Script=Latin}+)?$/u

type Gender = 'female' | 'male' | 'unisex'
type Entries = { readonly generic?: readonly string[] | null; readonly female?: readonly string[] | null; readonly male?: readonly string[] | null }

function tidy(raw: string): string | undefined {
  const text = raw
    .normalize('NFC')
    .replace(/\u2019/g, "'")
    .trim()
  const upper = text.toUpperCase()
  if (!name.test(text) || [...text].length < 2 || [...text].length > 20) return undefined
  if (text[0] !== upper[0] || text === upper || unsuited.has(text.toLowerCase())) return undefined
  return text
}

function entriesOf(locale: string, kind: 'first_name' | 'last_name'): Entries {
  const definition = Object.entries(allLocales).find(([key]) => key === locale)?.[1]
  const entries = definition?.person?.[kind]
  if (entries === undefined || entries === null) throw new Error(`no ${kind} in locale ${locale}`)
  return entries as Entries
}

/** Names of one locale with their gender. `generic` holds the names given to everybody, but for Turkish those nobody has sorted. */
function gendered(locale: string): Map<string, Gender> {
  const entries = entriesOf(locale, 'first_name')
  const result = new Map<string, Gender>()
  const add = (names: readonly string[] | null | undefined, gender: Gender): void => {
    for (const raw of names ?? []) {
      const text = tidy(raw)
      if (text !== undefined) result.set(text, (result.get(text) ?? gender) === gender ? gender : 'unisex')
    }
  }
  add(entries.female, 'female')
  add(entries.male, 'male')
  if (locale !== 'tr') add(entries.generic, 'unisex')
  return result
}

function firstNames(): string {
  const seen = new Set<string>()
  const rows: [string, Gender, string][] = []
  for (const locale of firstNameLocales) {
    const fresh = [...gendered(locale)].filter(([text]) => !seen.has(text.toLowerCase()))
    const kept = inOrder('first names', fresh, ([text]) => text).slice(0, locale === 'en' ? undefined : perLocale)
    for (const [text, gender] of kept) {
      if (seen.has(text.toLowerCase())) continue
      seen.add(text.toLowerCase())
      rows.push([text, gender, locale.replace('_', '-')])
    }
  }
  return csv([['firstname-mixed', 'gender', 'locale'], ...inOrder('first names', rows, (row) => row[0])])
}

function lastNames(): string {
  const seen = new Set<string>()
  const rows: [string, string][] = []
  for (const locale of lastNameLocales) {
    const entries = entriesOf(locale, 'last_name')
    // Some languages inflect surnames; the masculine form is the one used when a form has to be chosen.
    const listed = [...(entries.generic ?? []), ...(entries.male ?? [])].map(tidy).filter((text) => text !== undefined)
    const fresh = [...new Set(listed)].filter((text) => !seen.has(text.toLowerCase()))
    for (const text of inOrder('last names', fresh, (item) => item).slice(0, locale === 'en' ? undefined : perLocale)) {
      if (seen.has(text.toLowerCase())) continue
      seen.add(text.toLowerCase())
      rows.push([text, text.toUpperCase()])
    }
  }
  return csv([['lastname-titlecase', 'lastname-uppercase'], ...inOrder('last names', rows, (row) => row[0])])
}

const last = lastNames()
const lists: readonly (readonly [string, string])[] = [
  ['DataMasque_firstNames_mixed.csv', firstNames()],
  ['DataMasque_lastNames.csv', last],
  ['DataMasque_lastNames_v2.csv', last],
  ['DataMasque_email_suffixes.csv', single('suffix', emailSuffixes)],
  ['DataMasque_fake_email_suffixes.csv', single('suffix', fakeEmailSuffixes)],
  ['DataMasque_credit_card_prefixes.csv', csv([['prefix', 'length', 'network'], ...cardPrefixes])],
  ['mask_logs_street_names.csv', single('street_name', streetNames)],
  ['DataMasque_companies.csv', single('company', companies('world'))],
  ['DataMasque_AU_companies.csv', single('company', companies('au'))],
  ['DataMasque_NZ_companies.csv', single('company', companies('nz'))],
  ['DataMasque_occupations.csv', single('occupation', occupations)],
  ['DataMasque_US_addresses.csv', addresses('us')],
  ['DataMasque_AU_addresses_real.csv', addresses('au')],
  ['DataMasque_NZ_addresses_real.csv', addresses('nz')],
  ['mask_logs_GB_addresses.csv', addresses('gb')],
  ['mask_logs_cities.csv', cities()],
  ['DataMasque_credit_card_numbers.csv', cardNumbers()],
]

const flag = process.argv.indexOf('--write')
if (flag !== -1) {
  const directory = process.argv[flag + 1]
  if (directory === undefined) throw new Error('--write needs a directory')
  mkdirSync(directory, { recursive: true })
  for (const [file, text] of lists) writeFileSync(join(directory, file), text)
} else {
  // Run from dist/scripts.
  const committed = fileURLToPath(new URL('../../rulesets/seeds/', import.meta.url))
  for (const [file, text] of lists) {
    const same = readFileSync(join(committed, file), 'utf8') === text
    console.log(`${file}: ${same ? 'as committed' : 'differs'} (${text.split('\n').length - 2} rows)`)
    if (!same) process.exitCode = 1
  }
}
