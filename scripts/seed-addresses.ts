// Addresses and cities. A place and its postcode belong together in the world (scripts/data/, where README.md says from where); houses and streets are made up.
import { readFileSync } from 'node:fs'
import { csv, inOrder, numbers, pick } from './seed-order.ts'

interface Place {
  readonly suburb: string
  readonly city: string
  readonly state: string
  readonly code: string
  readonly postcode: string
  /** True for the row that stands for its city in the list of cities. */
  readonly main: boolean
}

interface Country {
  /** As in DataMasque_country_codes.csv. */
  readonly name: string
  readonly states: ReadonlyMap<string, string>
  /** What people write for the state in an address: the code, or its name where codes are not in use. */
  readonly written: 'code' | 'state'
  readonly streetTypes: readonly string[]
  /** The number of a house, with what stands before or after it. */
  house(draw: (n: number) => number): { readonly before: string; readonly after: string }
}

function states(text: string): ReadonlyMap<string, string> {
  return new Map(text.split(', ').map((entry) => [entry.slice(0, entry.indexOf(' ')), entry.slice(entry.indexOf(' ') + 1)]))
}

const countries: Readonly<Record<'us' | 'au' | 'nz' | 'gb', Country>> = {
  us: {
    name: 'United States',
    states: states(
      'AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut, DE Delaware, DC District of Columbia, FL Florida, GA Georgia, HI Hawaii, ' +
        'ID Idaho, IL Illinois, IN Indiana, IA Iowa, KS Kansas, KY Kentucky, LA Louisiana, ME Maine, MD Maryland, MA Massachusetts, MI Michigan, MN Minnesota, MS Mississippi, ' +
        'MO Missouri, MT Montana, NE Nebraska, NV Nevada, NH New Hampshire, NJ New Jersey, NM New Mexico, NY New York, NC North Carolina, ND North Dakota, OH Ohio, OK Oklahoma, ' +
        'OR Oregon, PA Pennsylvania, RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee, TX Texas, UT Utah, VT Vermont, VA Virginia, WA Washington, ' +
        'WV West Virginia, WI Wisconsin, WY Wyoming',
    ),
    written: 'code',
    streetTypes: ['Street', 'Avenue', 'Road', 'Drive', 'Lane', 'Court', 'Boulevard', 'Place', 'Circle', 'Way', 'Terrace', 'Trail'],
    house: (draw) => {
      const after = ['Apt', 'Unit', 'Suite'][draw(18)]
      return { before: String(101 + draw(draw(3) === 0 ? 9800 : 1400)), after: after === undefined ? '' : ` ${after} ${1 + draw(60)}` }
    },
  },
  au: {
    name: 'Australia',
    states: states(
      'ACT Australian Capital Territory, NSW New South Wales, NT Northern Territory, QLD Queensland, SA South Australia, TAS Tasmania, VIC Victoria, WA Western Australia',
    ),
    written: 'code',
    streetTypes: ['Street', 'Road', 'Avenue', 'Drive', 'Court', 'Place', 'Crescent', 'Parade', 'Close', 'Way', 'Grove', 'Terrace'],
    house: (draw) => ({ before: `${draw(5) === 0 ? `${1 + draw(24)}/` : ''}${1 + draw(240)}`, after: '' }),
  },
  nz: {
    name: 'New Zealand',
    states: states(
      "AUK Auckland, BOP Bay of Plenty, CAN Canterbury, GIS Gisborne, HKB Hawke's Bay, MBH Marlborough, MWT Manawatu-Whanganui, NSN Nelson, NTL Northland, OTA Otago, " +
        'STL Southland, TAS Tasman, TKI Taranaki, WGN Wellington, WKO Waikato, WTC West Coast',
    ),
    written: 'state',
    streetTypes: ['Street', 'Road', 'Avenue', 'Crescent', 'Drive', 'Place', 'Terrace', 'Lane', 'Grove', 'Way', 'Close', 'Rise'],
    house: (draw) => ({ before: `${draw(9) === 0 ? `${1 + draw(8)}/` : ''}${1 + draw(320)}${['A', 'B', 'C'][draw(24)] ?? ''}`, after: '' }),
  },
  gb: {
    name: 'United Kingdom',
    states: states('ENG England, NIR Northern Ireland, SCT Scotland, WLS Wales'),
    written: 'state',
    streetTypes: ['Road', 'Street', 'Lane', 'Close', 'Avenue', 'Drive', 'Way', 'Gardens', 'Crescent', 'Court', 'Place', 'Terrace'],
    house: (draw) => ({ before: `${1 + draw(180)}${['a', 'b'][draw(24)] ?? ''}`, after: '' }),
  },
}

// Names of streets that sound like one and are hardly anywhere: a name in use would make some address real.
// biome-ignore format: a list to read, not a column
const beginnings = [
  'Bel', 'Brin', 'Cal', 'Cor', 'Dal', 'Dun', 'El', 'Fen', 'Gal', 'Hal', 'Ist', 'Jor', 'Kel', 'Lor', 'Mal', 'Nor', 'Or', 'Pel', 'Quil', 'Rod', 'Sel', 'Tam', 'Ul', 'Var', 'Wen', 'Yar',
]
const middles = ['a', 'de', 'do', 'e', 'la', 'li', 'ma', 'ne', 'ra', 'ri', 'ro', 've', 'vi']
const ends = ['ble', 'bray', 'combe', 'dine', 'fold', 'garth', 'lade', 'low', 'ney', 'sall', 'stow', 'thorne', 'vane', 'wold']

const houses = 2000

function places(key: keyof typeof countries): Place[] {
  const country = countries[key]
  // Run from dist/scripts.
  const text = readFileSync(new URL(`../../scripts/data/places-${key}.csv`, import.meta.url), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [suburb = '', city = '', code = '', postcode = '', main = ''] = line.split(',')
      const state = country.states.get(code)
      if (state === undefined) throw new Error(`no state ${code}`)
      return { suburb, city, state, code, postcode, main: main === '1' }
    })
}

export function addresses(key: keyof typeof countries): string {
  const country = countries[key]
  const list = `addresses ${key}`
  const ordered = inOrder(list, places(key), (place) => `${place.suburb}\n${place.city}\n${place.postcode}`)
  const taken = new Set<string>()
  const rows: string[][] = []
  for (let i = 0; rows.length < houses; i += 1) {
    const place = ordered[i % ordered.length]!
    const draw = numbers(list, String(i))
    const house = country.house(draw)
    const street = `${pick(beginnings, draw)}${pick(middles, draw)}${pick(ends, draw)} ${pick(country.streetTypes, draw)}`
    const line = `${house.before} ${street}${house.after}`
    if (taken.has(line)) continue
    taken.add(line)
    rows.push([line, place.suburb, place.city, country.written === 'code' ? place.code : place.state, place.postcode, country.name])
  }
  // Where there are fewer places than houses, the second round is mixed with the first.
  return csv([['street_address', 'suburb', 'city', 'state', 'postcode', 'country'], ...inOrder(`${list} rows`, rows, (row) => row.join('\n'))])
}

export function cities(): string {
  const rows = (Object.keys(countries) as (keyof typeof countries)[]).flatMap((key) =>
    places(key)
      .filter((place) => place.main)
      .map((place) => [place.city, place.state, place.code, place.postcode, countries[key].name]),
  )
  return csv([['city', 'state', 'state_code', 'postcode', 'country'], ...inOrder('cities', rows, (row) => row.join('\n'))])
}
