// Words for the templates of scripts/names-templates.ts, and labelled sentences made of both. Names, streets and words are those
// of @faker-js/faker (MIT); cities are those of GeoNames (CC BY 4.0; scripts/data/cities-world.txt, rulesets/seeds/mask_logs_cities.csv) and of faker.

import { readdirSync, readFileSync } from 'node:fs'
import { allLocales } from '@faker-js/faker'
import { ENGLISH, EVERYDAY, HARMLESS, LANGUAGES, LOGS } from './names-templates.ts'

/** Numbers below one from a seed. */
export type Random = () => number

export function createRandom(seed: number): Random {
  let a = seed | 0
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!
}

/** All strings in a piece of faker's definitions, whatever its form. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(strings)
  if (value !== null && typeof value === 'object') return Object.values(value).flatMap(strings)
  return []
}

interface Names {
  readonly first: readonly string[]
  readonly last: readonly string[]
  readonly cities: readonly string[]
  readonly streets: readonly string[]
}

const plain = (name: string): boolean => /^[\p{L}][\p{L}' .-]*$/u.test(name) && name.length < 30 && !name.includes('{')

const CYRILLIC: Readonly<Record<string, string>> = {
  а: 'a', б: 'b', в: 'v', г: 'g', ґ: 'g', д: 'd', е: 'e', ё: 'e', є: 'ye', ж: 'zh', з: 'z', и: 'i', і: 'i', ї: 'yi', й: 'y', к: 'k', л: 'l', м: 'm', н: 'n', о: 'o', п: 'p',
  р: 'r', с: 's', т: 't', у: 'u', ф: 'f', х: 'kh', ц: 'ts', ч: 'ch', ш: 'sh', щ: 'shch', ъ: '', ы: 'y', ь: '', э: 'e', ю: 'yu', я: 'ya', ѓ: 'gj', ѕ: 'dz', ј: 'j', љ: 'lj', њ: 'nj',
  ќ: 'kj', џ: 'dzh',
} // biome-ignore format: a table

function latin(name: string): string {
  const out = [...name.toLowerCase()].map((c) => CYRILLIC[c] ?? c).join('')
  return out.replace(/(^|[\s-])(\p{L})/gu, (_, a: string, b: string) => a + b.toUpperCase())
}

export function bare(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('ø', 'o').replaceAll('Ø', 'O').replaceAll('ł', 'l').replaceAll('Ł', 'L').replaceAll('ß', 'ss').replaceAll('ı', 'i')
}

/** Lists of a locale, by the keys of faker. */
const locales = new Map<string, Names>()
for (const [locale, definitions] of Object.entries(allLocales)) {
  const d = definitions as { person?: Record<string, unknown>; location?: Record<string, unknown> }
  const list = (value: unknown): string[] => [...new Set(strings(value))].filter(plain)
  const names = {
    first: list(d.person?.['first_name']),
    last: list(d.person?.['last_name']),
    cities: list(d.location?.['city_name']),
    streets: list(d.location?.['street_name']),
  }
  if (names.first.length > 20 && names.last.length > 15) locales.set(locale, names)
}
for (const locale of ['ru', 'uk', 'mk', 'sr_RS_cyrl']) {
  const names = locales.get(locale)
  if (names === undefined || !/[а-я]/.test(names.first[0] ?? '')) continue
  locales.set(`${locale}_latin`, { first: names.first.map(latin), last: names.last.map(latin), cities: names.cities.map(latin), streets: [] })
}
const isLatin = (names: Names): boolean => names.first.filter((n) => /^[A-Za-zÀ-ɏ]/.test(n)).length > names.first.length * 0.8
const latinLocales = [...locales].filter(([, names]) => isLatin(names)).map(([locale]) => locale)

const csv = (file: string): string[][] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
const geo = csv('rulesets/seeds/mask_logs_cities.csv')
const world = readFileSync('scripts/data/cities-world.txt', 'utf8').trim().split('\n')
const cities = [...new Set([...geo.map((row) => row[0]!), ...world])].filter(plain)
const regions = [...new Set(geo.map((row) => row[1]!))].filter(plain)
const codes = [...new Set(geo.filter((row) => row[4] === 'United States').map((row) => row[2]!))]
const firms = readdirSync('rulesets/seeds')
  .filter((file) => file.endsWith('_companies.csv'))
  .sort()
  .flatMap((file) => csv(`rulesets/seeds/${file}`).map((row) => row[0]!.replaceAll('"', '')))
/** Words that people use for emoji (emojilib, MIT): everyday things. */
const emojis = Object.values(JSON.parse(readFileSync('node_modules/emojilib/emojis.json', 'utf8')) as Record<string, { keywords: string[] }>)
const en = allLocales.en as unknown as Record<string, Record<string, unknown>>
const words = (value: unknown): string[] => strings(value).filter((w) => /^[a-z]+$/.test(w))
const nouns = [...words(en['word']!['noun']), ...emojis.flatMap((emoji) => emoji.keywords).filter((w) => /^[a-z]{4,}$/.test(w))]
const adjectives = words(en['word']!['adjective'])
const verbs = words(en['word']!['verb'])
const countries = (locale: string): string[] =>
  strings((allLocales as unknown as Record<string, { location?: Record<string, unknown> }>)[locale]?.location?.['country']).filter(plain)
const englishCountries = [
  ...countries('en'),
  'USA',
  'UK',
  'England',
  'Scotland',
  'Wales',
  'America',
  'Russia',
  'South Korea',
  'Czech Republic',
  'the Netherlands',
  'Vietnam',
  'Iran',
  'Syria',
]
const streetSuffixes = strings(en['location']!['street_suffix'])
const streetNames = csv('rulesets/seeds/mask_logs_street_names.csv').map((row) => row[0]!)

const spoken = (values: readonly string[]): string[] => values.flatMap((w) => w.toLowerCase().split(/[^\p{L}']+/u)).filter((w) => w.length > 1)

/** Everyday words of English, lower case. */
export const everyday: readonly string[] = spoken([
  ...emojis.flatMap((emoji) => emoji.keywords),
  ...strings(en['word']),
  ...strings(en['hacker']),
  ...strings(en['company']!['buzz_noun']),
  ...strings(en['company']!['buzz_verb']),
  ...strings(en['company']!['noun']),
  ...strings(en['color']),
  ...strings(en['commerce']!['product_name']),
  ...strings(en['commerce']!['department']),
  ...strings(en['database']),
  ...strings(en['person']!['job_area']),
  ...strings(en['person']!['job_type']),
  ...strings(en['person']!['job_descriptor']),
  ...EVERYDAY.slice(0, EVERYDAY.indexOf('guten tag')).split(/\s+/),
])

/** The same of other languages, in which many an English name is a word. */
export const foreign: readonly string[] = spoken([
  ...EVERYDAY.slice(EVERYDAY.indexOf('guten tag')).split(/\s+/),
  ...['de', 'da', 'hu', 'pt_BR', 'pt_PT', 'fr', 'nb_NO'].flatMap((locale) => strings((allLocales as unknown as Record<string, { word?: unknown }>)[locale]?.word)),
])

/** Names for the lexicon. */
export const lexicon = {
  first: [...locales.values()].flatMap((n) => n.first),
  last: [...locales.values()].flatMap((n) => n.last),
  cities: [...cities, ...[...locales.values()].flatMap((n) => n.cities)],
  regions: [...regions, ...englishCountries, ...Object.keys(LANGUAGES).flatMap(countries), ...strings(en['location']!['state']), ...strings(en['location']!['continent'])],
}

const PRODUCTS =
  `Apache Tomcat,Kafka,Redis,Jenkins,Cassandra,PostgreSQL,Grafana,Prometheus,Victoria Metrics,Elasticsearch,Kibana,Logstash,RabbitMQ,Nginx,Docker,Kubernetes,Helm,Istio,Envoy,Consul,
Vault,Terraform,Ansible,Puppet,Spring Boot,Spring,Django,Flask,Rails,Laravel,Symfony,Phoenix,Angular,React,Svelte,Vue,Ember,Jackson,Hibernate,Jetty,Netty,Maven,Gradle,Travis,Hudson,Sonar,Nexus,Jira,
Confluence,Bamboo,Slack,Zoom,Chrome,Firefox,Safari,Edge,Windows,Windows Server,Linux,Ubuntu,Debian,Fedora,Alpine,Android,Mac OS,Java,Python,Ruby,Scala,Julia,Perl,Rust,Go,Kotlin,Swift,Node,Deno,Oracle,Oracle
Database,Mongo,Maria,Couchbase,Neo4j,Hazelcast,Ignite,Spark,Hadoop,Hive,Storm,Flink,Airflow,Celery,Sidekiq,Puma,Unicorn,Apollo,Athena,Hermes,Atlas,Titan,Orion,Mercury,Jaeger,Zipkin,Sentry,Splunk,Datadog,
Google Chrome,Microsoft Edge,Mozilla Firefox,Internet Explorer,Visual Studio,Power Shell,Bluetooth,Wi-Fi,Intel Core,Linux Kernel,Red Hat,Amazon Web Services,Azure,Google Cloud,Apple Music,Visa,Mastercard`.split(
    /,\s*/,
  )
const latinCities = lexicon.cities.filter((c) => /^[A-Z]/.test(c))
const MONTHS = 'January February March April May June July August September October November December Jan Feb Mar Apr Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun'.split(' ')
const TITLES = 'Mr,Mr.,Mrs,Mrs.,Ms,Ms.,Miss,Dr,Dr.,Prof.,Professor,Sir,Madam,Doctor,Captain,Father,Sister,Judge,Lady'.split(',')

const title = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** A labelled text: [class, start, end] in UTF-16. */
export interface Labelled {
  readonly text: string
  readonly spans: readonly (readonly [number, number, number])[]
  readonly template: number
  /** The class that the key of the value speaks of. */
  readonly key: number
}

export interface Template {
  readonly text: string
  readonly locale: string
  readonly id: number
}

const list = (text: string, locale: string): Omit<Template, 'id'>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => ({ text: line.replaceAll('\\n', '\n').replaceAll('\\t', '\t'), locale }))

/** All templates, in a fixed order. */
export const templates: readonly Template[] = [
  ...list(ENGLISH, 'en'),
  ...list(LOGS, 'log'),
  ...Object.entries(LANGUAGES).flatMap(([locale, text]) => list(text, locale)),
  ...list(HARMLESS, 'none'),
].map((t, id) => ({ ...t, id }))

/** About every fifth template, by its text, is kept for measuring: the tagger never sees it. */
export function isHeldOut(template: Pick<Template, 'text'>): boolean {
  let h = 7
  for (const c of template.text) h = (Math.imul(h, 31) + c.codePointAt(0)!) | 0
  return ((h ^ (h >>> 9)) >>> 0) % 5 === 0
}

const LOCALES_OF: Readonly<Record<string, readonly string[]>> = {
  de: ['de', 'de_AT', 'de_CH'], fr: ['fr', 'fr_BE', 'fr_CH'], es: ['es', 'es_MX'], it: ['it'], pt: ['pt_BR', 'pt_PT'], nl: ['nl', 'nl_BE'], sv: ['sv', 'da', 'nb_NO', 'fi'],
  pl: ['pl', 'cs_CZ', 'sk'], hu: ['hu'], tr: ['tr'], ru: ['ru', 'uk'],
} // biome-ignore format: a table
const STREET_FORMS: Readonly<Record<string, (random: Random, names: Names) => string>> = {
  de: (r, n) =>
    `${n.streets.length > 0 && r() < 0.6 ? pick(r, n.streets) : title(pick(r, n.last).toLowerCase()) + pick(r, ['straße', 'weg', 'gasse', 'str.', 'allee', 'platz', '-Straße'])} ${house(r)}`,
  fr: (r, n) =>
    `${house(r)}${r() < 0.3 ? ',' : ''} ${pick(r, ['rue', 'avenue', 'boulevard', 'place', 'chemin', 'Rue', 'Avenue', 'impasse'])} ${pick(r, ['de la ', 'du ', 'des ', '', ''])}${pick(r, n.last)}`,
  es: (r, n) =>
    `${pick(r, ['Calle', 'Avenida', 'Plaza', 'Paseo', 'calle', 'C/', 'Camino'])} ${pick(r, ['de ', 'del ', '', ''])}${pick(r, n.last)}${r() < 0.4 ? ',' : ''} ${house(r)}`,
  it: (r, n) => `${pick(r, ['Via', 'Viale', 'Piazza', 'Corso', 'via', 'Vicolo'])} ${r() < 0.5 ? `${pick(r, n.first)} ` : ''}${pick(r, n.last)}${r() < 0.4 ? ',' : ''} ${house(r)}`,
  pt: (r, n) => `${pick(r, ['Rua', 'Avenida', 'Travessa', 'Praça', 'Alameda', 'rua'])} ${pick(r, ['da ', 'do ', 'dos ', ''])}${pick(r, n.last)}, ${house(r)}`,
  nl: (r, n) => `${pick(r, n.last).replace(/^.* /, '')}${pick(r, ['straat', 'laan', 'weg', 'plein', 'gracht', 'kade'])} ${house(r)}`,
  sv: (r, n) => `${pick(r, n.last)}${pick(r, ['gatan', 'vägen', ' gata', 'vej', 'gade', 'veien', 'katu'])} ${house(r)}`,
  pl: (r, n) => `${pick(r, ['ul.', 'al.', 'ulica', 'os.', 'pl.'])} ${pick(r, n.last)} ${house(r)}${r() < 0.3 ? `/${1 + Math.floor(r() * 40)}` : ''}`,
  hu: (r, n) => `${pick(r, n.last)} ${pick(r, ['utca', 'út', 'tér', 'körút'])} ${house(r)}${r() < 0.5 ? '.' : ''}`,
  tr: (r, n) => `${pick(r, n.last)} ${pick(r, ['Sokak', 'Caddesi', 'Cad.', 'Sok.', 'Bulvarı'])} No: ${house(r)}`,
  ru: (r, n) => `${pick(r, ['ул.', 'улица', 'проспект', 'пр.'])} ${pick(r, n.last)}, ${house(r)}`,
}

function house(random: Random): string {
  const n = 1 + Math.floor(random() * (random() < 0.5 ? 120 : 9900))
  const x = random()
  return x < 0.9 ? String(n) : x < 0.96 ? `${n}${pick(random, ['a', 'b', 'c', 'A', 'B'])}` : `${n}-${n + 2}`
}

function letters(random: Random, pattern: string): string {
  return pattern.replace(/[#?]/g, (c) => (c === '#' ? String(Math.floor(random() * 10)) : String.fromCharCode(65 + Math.floor(random() * 26))))
}

/** Makes texts of templates. */
export function fill(template: Template, random: Random): Labelled {
  const spans: [number, number, number][] = []
  const language = template.locale
  const own = LOCALES_OF[language]
  const localeOf = (): string => {
    if (own !== undefined && random() < 0.85) return pick(random, own)
    return random() < 0.4 ? 'en' : pick(random, latinLocales)
  }
  const locale = localeOf()
  const names = (): Names => locales.get(random() < 0.9 ? locale : localeOf()) ?? locales.get('en')!
  const strip = random() < 0.3
  const form = (name: string): string => (strip ? bare(name) : name)
  const first = (): string => form(pick(random, names().first))
  const last = (): string => {
    const x = random()
    const n = names()
    if (x < 0.93) return form(pick(random, n.last))
    if (x < 0.96) return form(`${pick(random, n.last)}-${pick(random, n.last)}`)
    return form(`${pick(random, ['de', 'van der', 'von', 'van', 'di', 'del', 'da', 'de la', 'Mc', "O'", 'bin', 'al'])} ${pick(random, n.last)}`.replace(/(Mc|O') /, '$1'))
  }
  const initial = (): string => letters(random, '?')
  const full = (): string => {
    if (language === 'hu' && random() < 0.8) return `${last()} ${first()}`
    const x = random()
    if (x < 0.78) return `${first()} ${last()}`
    if (x < 0.88) return `${first()} ${initial()}${random() < 0.7 ? '.' : ''} ${last()}`
    if (x < 0.93) return `${first()} ${first()} ${last()}`
    if (x < 0.96) return `${initial()}. ${last()}`
    if (x < 0.98) return `${initial()}. ${initial()}. ${last()}`
    return `${first()} ${last()} ${last()}`
  }
  const person = (): string => {
    const x = random()
    const name = x < 0.74 ? full() : x < 0.9 ? first() : last()
    const y = random()
    return y < 0.03 ? name.toUpperCase() : y < 0.05 ? name.toLowerCase() : name
  }
  const city = (): string => {
    const x = random()
    const n = names()
    if (own !== undefined && n.cities.length > 0 && x < 0.7) return form(pick(random, n.cities))
    if (x < 0.55) return pick(random, cities)
    if (x < 0.62) return `${pick(random, ['North', 'East', 'West', 'South', 'New', 'Lake', 'Port', 'Fort', 'San', 'Saint', 'St.', 'Mount'])} ${title(pick(random, cities))}`
    if (x < 0.67)
      return `${title(pick(random, names().last).toLowerCase())}${pick(random, ['ton', 'ville', 'berg', 'burgh', 'ham', 'field', 'dale', 'ford', 'port', 'stad', 'ingen'])}`
    return form(pick(random, latinCities))
  }
  const unit = (): string => {
    const x = random()
    if (x < 0.25) return `${pick(random, ['PO Box', 'P.O. Box', 'Unit 12 Box', 'Box'])} ${letters(random, '####')}`
    return `${pick(random, ['Apt', 'Apt.', 'Suite', 'Unit', 'Flat', 'Floor'])} ${pick(random, [letters(random, '##'), letters(random, '###'), letters(random, '?'), letters(random, '#'), letters(random, '#?')])}`
  }
  const street = (): string => {
    const make = STREET_FORMS[language]
    if (make !== undefined && random() < 0.9) return form(make(random, names()))
    if (language === 'en' && random() < 0.12) return form(pick(random, Object.values(STREET_FORMS))(random, names()))
    const x = random()
    const name =
      x < 0.35
        ? `${pick(random, lexicon.last.slice(0, 3000))} ${pick(random, streetSuffixes)}`
        : x < 0.5
          ? `${title(pick(random, nouns))} ${pick(random, ['Street', 'Road', 'Ave', 'St', 'Rd', 'Lane', 'Dr', 'Blvd', 'Court', 'Way', 'Place', 'Close', 'Drive', 'Avenue'])}`
          : x < 0.75
            ? pick(random, streetNames)
            : `${pick(random, locales.get('en')!.last)} ${pick(random, ['Street', 'Road', 'Avenue', 'St', 'St.', 'Rd', 'Ln', 'Dr', 'Dr.', 'Blvd', 'Court', 'Ave.', 'Parkway', 'Terrace'])}`
    const where = random() < 0.1 ? `${pick(random, ['N', 'S', 'E', 'W', 'North', 'South', 'East', 'West'])} ` : ''
    const inside = random() < 0.2 ? `${pick(random, [', ', ' ', '\n'])}${unit()}` : ''
    const x2 = random()
    if (x2 < 0.05) return unit()
    return `${x2 < 0.09 ? `${letters(random, '##')} ` : ''}${house(random)} ${where}${name}${inside}`
  }
  const firm = (): string => {
    const x = random()
    if (x < 0.2) return pick(random, firms)
    const suffix = pick(random, [
      'Inc',
      'Inc.',
      'LLC',
      'Ltd',
      'Ltd.',
      'Corp',
      'Group',
      'GmbH',
      'AG',
      'S.A.',
      'Holdings',
      'Partners',
      'Bank',
      'Corporation',
      'Company',
      'PLC',
      'Industries',
      'Insurance',
      'and Sons',
      'BV',
      'AB',
      'Oy',
    ])
    if (x < 0.4) return `${last()}${random() < 0.2 ? ',' : ''} ${suffix}`
    if (x < 0.48) return `${last()}, ${last()} and ${last()}`
    if (x < 0.54) return `${last()} ${pick(random, ['&', 'and', '-'])} ${last()}`.replace(' - ', '-')
    if (x < 0.66) return `${title(pick(random, adjectives))} ${title(pick(random, nouns))} ${suffix}`
    if (x < 0.74)
      return `${pick(random, ['University of', 'Bank of', 'Institute of', 'City Hospital of', 'Ministry of', 'Museum of'])} ${random() < 0.6 ? city() : title(pick(random, nouns))}`
    if (x < 0.84)
      return `${random() < 0.6 ? city() : last()} ${pick(random, ['University', 'College', 'Bank', 'Hospital', 'Airlines', 'Times', 'Institute', 'Council', 'Police Department', 'School District'])}`
    if (x < 0.92)
      return `${title(pick(random, nouns))} ${pick(random, ['Technologies', 'Systems', 'Solutions', 'Logistics', 'Software', 'Pharmaceuticals', 'Energy', 'Foods', 'Motors', 'Media', 'Capital'])}`
    return `${title(pick(random, nouns))}${pick(random, ['soft', 'tech', 'ware', 'corp', 'net', 'base'])}`
  }
  const number = (): string => {
    const x = random()
    return x < 0.6
      ? String(Math.floor(random() * 10 ** (1 + Math.floor(random() * 4))))
      : x < 0.8
        ? letters(random, '##########')
        : x < 0.9
          ? letters(random, '###-###-####')
          : letters(random, '#.##')
  }
  const noun = (): string => pick(random, nouns)
  const phrase = (): string =>
    pick(random, [
      () => `${pick(random, verbs)} the ${pick(random, adjectives)} ${noun()}`,
      () => `the ${noun()} of the ${noun()} is ${pick(random, adjectives)}`,
      () => `${noun()} ${pick(random, verbs)} ${noun()}`,
      () => `${title(pick(random, adjectives))} ${noun()} without ${noun()}`,
      () => `${title(pick(random, adjectives))} ${title(noun())}`,
    ])()
  const slot = (name: string): { text: string; kind: number } => {
    const none = (text: string): { text: string; kind: number } => ({ text, kind: 0 })
    switch (name) {
      case 'p': return { text: person(), kind: 1 }
      case 'fl': return { text: random() < 0.9 ? `${first()} ${last()}` : full(), kind: 1 }
      case 'f': return { text: first(), kind: 1 }
      case 'l': return { text: last(), kind: 1 }
      case 'c': {
        const name = city()
        return { text: random() < 0.09 ? name.toUpperCase() : name, kind: 2 }
      }
      case 'A': return none(letters(random, pick(random, ['??', '???', '???', '????', '?????'])))
      case 'k': return { text: pick(random, own !== undefined && random() < 0.7 && countries(own[0]!).length > 0 ? countries(own[0]!) : englishCountries), kind: 2 }
      case 'r': return { text: random() < 0.6 ? pick(random, codes) : pick(random, regions), kind: 2 }
      case 'a': return { text: street(), kind: 3 }
      case 'U':
        return { text: unit(), kind: 3 }
      case 'z': return { text: letters(random, pick(random, own !== undefined ? ['#####', '####', '####'] : ['#####', '#####', '#####-####', '??# #??', '??## #??', '#### ??', '####'])), kind: 3 }
      case 'o': return { text: firm(), kind: 4 }
      case 't': return none(pick(random, TITLES))
      case 'n': return none(number())
      case 'w': return none(noun())
      case 'W': return none(title(random() < 0.8 ? noun() : pick(random, verbs)))
      case 'X': return none((random() < 0.5 ? noun() : pick(random, PRODUCTS)).toUpperCase())
      case 'j': return none(pick(random, adjectives))
      case 'v': return none(pick(random, verbs))
      case 'm': return none(pick(random, MONTHS))
      case 'D': return none(pick(random, DAYS))
      case 'd': return none(pick(random, [letters(random, '20##-0#-1#'), letters(random, '1#/0#/19##'), `${pick(random, MONTHS)} ${1 + Math.floor(random() * 28)}`, `${1 + Math.floor(random() * 28)} ${pick(random, MONTHS)} ${letters(random, '20##')}`]))
      case 'h': return none(letters(random, pick(random, ['1#:##', '0#:##:##', '1#:##:##.###'])))
      case 'e': return none(`${pick(random, nouns)}.${letters(random, '###')}@${pick(random, nouns)}.example`)
      case 'i': return none(pick(random, [letters(random, '????-####'), letters(random, '#######'), `${noun()}-${letters(random, '####')}`, letters(random, '?#?###')]).toLowerCase())
      case 'u': return none(`${random() < 0.5 ? '' : 'https://api.example'}/${noun()}/${noun()}/${number()}`)
      case 'x': return none(pick(random, PRODUCTS))
      default: return none(phrase())
    }
  } // biome-ignore format: one slot a line
  const chosen = template.text.replace(/\(([^()]*\|[^()]*)\)/g, (_, options: string) => pick(random, options.split('|')))
  let text = ''
  let at = 0
  for (const match of chosen.matchAll(/\{(fl|[a-zA-Z])\}/g)) {
    text += chosen.slice(at, match.index)
    const { text: value, kind } = slot(match[1]!)
    if (kind !== 0) spans.push([kind, text.length, text.length + value.length])
    text += value
    at = match.index + match[0].length
  }
  text += chosen.slice(at)
  const x = random()
  const wide = text.length === text.toUpperCase().length && text.length === text.toLowerCase().length
  if (wide && x < 0.03) text = text.toUpperCase()
  else if (wide && x < 0.12) text = text.toLowerCase()
  return { text, spans, template: template.id, key: 0 }
}

/** A value alone, under a key that speaks of it or not. */
export function fillValue(random: Random): Labelled {
  const kinds = ['p', 'c', 'a', 'o', 'p', 'g', 'W', 'x', 'fl', 'k'] as const
  const kind = pick(random, kinds)
  const sample = fill({ text: `{${kind}}`, locale: 'en', id: -1 }, random)
  const of = sample.spans[0]?.[0] ?? 0
  return { ...sample, key: of === 0 ? (random() < 0.2 ? 1 + Math.floor(random() * 4) : 0) : random() < 0.7 ? of : 0 }
}
