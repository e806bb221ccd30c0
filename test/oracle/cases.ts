// Values and options for every mask with a random result: what fast-check makes for the comparison of the two implementations.

import fc from 'fast-check'

/** A mask as written in a ruleset, and JSON text for it. */
export interface GeneratedCase {
  readonly mask: Readonly<Record<string, unknown>>
  readonly json: string
}

type Options = fc.Arbitrary<Readonly<Record<string, unknown>>>

const bool = fc.boolean()
const places = fc.integer({ min: 0, max: 15 })
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'AZaz0019-_ .é\u0301🙂\ud800'), maxLength: 24 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.stringMatching(/^-?[0-9]{1,30}$/),
)
const integer = fc.oneof(fc.integer({ min: -99, max: 99 }).map(String), fc.stringMatching(/^-?[1-9][0-9]{0,24}$/), fc.constantFrom('0', '-0'))
/** Values of the wrong kind, and those with nothing to mask. */
const odd = fc.constantFrom('null', '""', 'true', '1.5', '-2e3', '1E400', '[]', '{"b":[1.0,"x"],"a":null}', '"\\ud800"', '" "', '"-"', '"\\u0000"')

const quoted = (of: fc.Arbitrary<string>): fc.Arbitrary<string> => of.map((one) => JSON.stringify(one))
const mostly = (of: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.oneof({ weight: 12, arbitrary: of }, { weight: 2, arbitrary: quoted(text) }, { weight: 1, arbitrary: odd })
const some = (of: Readonly<Record<string, fc.Arbitrary<unknown>>>): Options => fc.record(of, { requiredKeys: [] }) as Options
const anything = fc.oneof(odd, quoted(text), integer)

// ------------------------------------------------------------------------------------------------ kinds of values

/** Separators, now and then none, put between the characters. */
function spread(of: fc.Arbitrary<string>, separators: string): fc.Arbitrary<string> {
  const between = fc.oneof({ weight: 5, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constantFrom(...separators) })
  return of.chain((one) => fc.array(between, { minLength: one.length, maxLength: one.length }).map((parts) => [...one].map((c, i) => parts[i] + c).join('')))
}

const digitsOf = (min: number, max: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`))
const issued = fc.constantFrom(
  '4',
  '51',
  '55',
  '2221',
  '2720',
  '34',
  '37',
  '6011',
  '644',
  '649',
  '65',
  '3528',
  '3589',
  '300',
  '305',
  '36',
  '38',
  '39',
  '62',
  '5018',
  '6763',
  '2200',
  '2204',
  '9',
)
const card = fc.tuple(issued, fc.oneof(digitsOf(8, 18), digitsOf(11, 15))).map(([prefix, rest]) => prefix + rest)
const iban = fc
  .tuple(fc.stringMatching(/^[A-Za-z]{2}[0-9]{2}$/), fc.oneof(fc.stringMatching(/^[A-Z0-9]{9,31}$/), fc.stringMatching(/^[a-z0-9]{11,30}$/)), bool)
  .map(([head, rest, spaced]) => (spaced ? (head + rest).replace(/(.{4})(?=.)/g, '$1 ') : head + rest))
const uuid = fc
  .tuple(fc.oneof(fc.uuid(), fc.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)), bool, bool, bool)
  .map(([plain, bare, upper, braces]) => {
    const one = bare ? plain.replaceAll('-', '') : plain
    return (braces ? `{${one}}` : one)[upper ? 'toUpperCase' : 'toString']()
  })
const ipv4 = fc.tuple(fc.oneof(fc.ipV4(), fc.constantFrom('127.0.0.1', '169.254.9.9', '0.0.0.0', '10.0.0.1')), fc.constantFrom('', ':8080', '/24')).map(([a, after]) => a + after)
const ipv6 = fc
  .tuple(
    fc.oneof(fc.ipV6(), fc.constantFrom('::1', '::', 'fe80::1', 'febf::', '2001:DB8::0:1', '::ffff:203.0.113.7', '0:0:0:0:0:ffff:cb00:7107', '1:0:0:2::')),
    fc.constantFrom('#', '#/64', '#%eth0', '[#]', '[#]:443', '[#%en.1]:1'),
  )
  .map(([a, around]) => around.replace('#', a))
const hexOctets = fc.oneof(fc.stringMatching(/^[0-9a-f]{12}$/), fc.stringMatching(/^[0-9A-F]{16}$/), fc.stringMatching(/^[0-9A-Fa-f]{11,13}$/))
const mac = fc
  .tuple(hexOctets, fc.constantFrom(':', '-', '.', ''), fc.constantFrom(2, 4))
  .map(([hex, separator, width]) => hex.match(new RegExp(`.{1,${width}}`, 'g'))!.join(separator))
const codes = fc.constantFrom('1', '7', '20', '44', '49', '64', '210', '212', '259', '299', '353', '379', '384', '388', '599', '684', '850', '888', '970', '978', '998')
const phone = fc
  .tuple(
    fc.constantFrom('', '+', '00', '(+', '0', '+ '),
    fc.oneof(codes, fc.constant('')),
    fc.constantFrom('', '0', '(0)'),
    digitsOf(1, 11),
    fc.constantFrom('', ' x12', ' ext. 4', '#7'),
  )
  .chain(([lead, code, trunk, rest, tail]) => spread(fc.constant(code + trunk + rest), ' -./()').map((spaced) => lead + spaced + tail))
const words = fc.constantFrom('sarah', 'Mitchell', 'ANN', 'de la Cruz', 'Zoë', 'x', '42', '…', ' Bo ')
const name = fc.array(words, { minLength: 1, maxLength: 3 }).map((list) => list.join(' '))
const email = fc
  .tuple(
    fc.constantFrom('sarah', 'Sarah.M', 'a+b', '+b', 'é', 'a@b', ''),
    fc.constantFrom('', '+news', '+x+y'),
    fc.constantFrom('@shop.example', '@Shop.Example', '@mail.example', '@', ''),
  )
  .map((parts) => parts.join(''))
const decimal = fc.oneof(
  fc.integer({ min: -30, max: 130 }).map(String),
  fc.tuple(fc.integer({ min: -30, max: 130 }), digitsOf(1, 18)).map(([whole, rest]) => `${whole}.${rest}`),
  fc.constantFrom('1e1', '2.50E+1', '-0', '0.0', '-1e-3', '1e400', '-4e-4000'),
)
const ird = fc.oneof(fc.integer({ min: 10_000_000, max: 150_000_000 }), fc.integer({ min: 1, max: 999_999_999 })).map((number) => {
  const body = String(number).slice(0, -1)
  for (let check = 0; check < 10; check++) {
    const sum = [...body.padStart(8, '0')].reduce((all, digit, i) => all + Number(digit) * Number('32765432'[i]), 0)
    if ((sum + check) % 11 === 0) return body + check
  }
  return String(number)
})

// ------------------------------------------------------------------------------------------------ dates

const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const day = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -40_000, max: 40_000 }) }, { weight: 1, arbitrary: fc.integer({ min: -719_162, max: 2_932_896 }) }).map((number) => {
  const at = new Date(number * 86_400_000)
  return { y: at.getUTCFullYear(), m: at.getUTCMonth() + 1, d: at.getUTCDate(), weekday: at.getUTCDay() }
})
const leap = fc.constantFrom(1600, 1896, 1900, 2000, 2023, 2024).map((y) => ({ y, m: 2, d: y % 4 === 0 && y % 400 !== 100 && y !== 1900 ? 29 : 28, weekday: 0 }))
const clock = fc.constantFrom('', '', ' 10:11', ' 9:05:01', 'T23:59:59.5', ' 1:00 PM', ' 07:08:09,123 +13:00', 'T10:11Z', ' 10:11 UTC')
const two = (number: number): string => String(number).padStart(2, '0')
const four = (number: number): string => String(number).padStart(4, '0')
const date = fc
  .tuple(fc.oneof({ weight: 5, arbitrary: day }, { weight: 1, arbitrary: leap }), fc.integer({ min: 0, max: 14 }), fc.constantFrom('/', '-', '.'), clock)
  .map(([{ y, m, d, weekday }, form, s, time]) => {
    const month = MONTHS[m - 1]!
    const short = month.slice(0, 3)
    const isoTime = time.startsWith(' 9') || time.includes('M') || time.includes('UTC') ? '' : time
    return [
      `${four(y)}-${two(m)}-${two(d)}${isoTime}`,
      `${four(y)}-${two(m)}-${two(d)}T10:11:12.345678+02:00`,
      `${four(y)}/${m}/${d}${time}`,
      `${four(y)}${two(m)}${two(d)}`,
      `${four(y)}${two(m)}${two(d)}T101112Z`,
      `${m}${s}${d}${s}${four(y)}${time}`,
      `${two(m)}${s}${two(d)}${s}${four(y)}${time}`,
      `${two(d)}${s}${two(m)}${s}${four(y)}${time}`,
      `${m}${s}${two(d)}${s}${two(y % 100)}${time}`,
      `${two(y % 100)}${s}${two(m)}${s}${two(d)}`,
      `${d} ${short} ${four(y)}${time}`,
      `${two(d)}-${month.toLowerCase()}-${four(y)}`,
      `${short.toUpperCase()} ${d}, ${four(y)}${time}`,
      `${month} ${two(d)} ${four(y)}`,
      `${['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][weekday]}, ${two(d)} ${short} ${four(y)} 08:49:37 ${time.includes('+') ? '+1300' : 'GMT'}`,
    ][form]!
  })
const dateOptions = { day_first: bool, year_first: bool }
const dated = (own: Options): fc.Arbitrary<GeneratedCase['mask']> => fc.tuple(own, some(dateOptions)).map(([one, other]) => ({ ...one, ...other }))
const byFormat: fc.Arbitrary<GeneratedCase> = fc.tuple(day, fc.integer({ min: 0, max: 4 })).map(([{ y, m, d, weekday }, form]) => {
  const weekdayName = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'][weekday]
  const [format, spelled] = [
    ['%d.%m.%y', `${two(d)}.${two(m)}.${two(y % 100)}`],
    ['%Y%m%d%H%M%S', `${four(y)}${two(m)}${two(d)}101112`],
    ['%A, %B %d %Y %I:%M %p', `${weekdayName}, ${MONTHS[m - 1]} ${d} ${four(y)} 9:05 AM`],
    ['%Y.%j', `${four(y)}.${String((Date.UTC(2001, m - 1, Math.min(d, 28)) - Date.UTC(2001, 0, 1)) / 86_400_000 + 1).padStart(3, '0')}`],
    ['%b%%%d/%Y %H:%M:%S.%f%z', `${MONTHS[m - 1]!.slice(0, 3)}%${d}/${four(y)} 1:02:03.4567+0530`],
  ][form]!
  return { mask: { date_parse_format: format }, json: JSON.stringify(spelled) }
})

/** Cases of a mask on dates: any format, or one that is given. */
function dates(own: Options): fc.Arbitrary<GeneratedCase> {
  const free = fc.tuple(dated(own), mostly(quoted(date))).map(([mask, json]) => ({ mask, json }))
  const fixed = fc.tuple(own, byFormat).map(([mask, of]) => ({ mask: { ...mask, ...of.mask }, json: of.json }))
  return fc.oneof({ weight: 4, arbitrary: free }, { weight: 1, arbitrary: fixed })
}

const bound = fc.tuple(day, fc.constantFrom('', 'T00:00:00', ' 10:11', 'T23:59:59.5', 'T10:11:12.000')).map(([{ y, m, d }, time]) => `${four(y)}-${two(m)}-${two(d)}${time}`)
/** `min` before `max`, both with an offset or neither, now and then `now`. */
const bounds = fc
  .tuple(bound, bound, fc.constantFrom('', 'Z', '+13:00', '-0930'), fc.constantFrom('Z', '+00:30'), fc.constantFrom('', '', '', 'min', 'max'))
  .map(([one, other, zone, otherZone, now]) => {
    const [low, high] = [one, other].sort() as [string, string]
    const timed = (text: string): string => (text.length === 10 ? `${text}T00:00` : text)
    const [min, max] = zone === '' ? [low, high] : [timed(low) + zone, timed(high) + otherZone]
    return { min: now === 'min' ? 'now' : min, max: now === 'max' ? 'current_date_time' : max }
  })
  .filter(({ min, max }) => min === 'now' || max === 'current_date_time' || min.slice(0, 8) < max.slice(0, 8))

// ------------------------------------------------------------------------------------------------ masks

const of = (options: Options, json: fc.Arbitrary<string>): fc.Arbitrary<GeneratedCase> => fc.tuple(options, json).map(([mask, one]) => ({ mask, json: one }))
const none: Options = fc.constant({})

const weight = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(0.5, 0.25, 2.5, 0.000001, 1.000001, 1000))
const choice = fc.oneof(
  fc.constantFrom<unknown>('gold', '', 7, -1.5, true, null),
  fc.record({ value: fc.constantFrom<unknown>('silver', 3, false, null), weight }, { requiredKeys: ['value'] }),
)
const setOf = fc.constantFrom('A-Z', 'a-z0-9', 'x', '\\]\\-\\\\', '-a', 'é-ü', '🙂-🙄', 'b-ca-c', 'a\\-z')
const variable = fc.oneof(
  fc.tuple(setOf, fc.integer({ min: 0, max: 4 }), fc.option(fc.integer({ min: 4, max: 9 }))).map(([set, low, high]) => `{[${set}],${low}${high === null ? '' : `:${high}`}}`),
  fc.constantFrom('{(cat|dog)}', '{(one)}', '{(a\\|b|c\\)|)}', '{(|x)}'),
  fc
    .tuple(fc.integer({ min: -99, max: 99 }), fc.option(fc.integer({ min: 99, max: 12_345 })), fc.constantFrom('', ',pad'))
    .map(([low, high, pad]) => `{!int,${low}:${high ?? ''}${pad}}`),
  fc.constantFrom('{!hex,8}', '{!hex,8-4-4-4-12}', '{!hex,1}', '{{', '}}', 'x-', ' é🙂 ', '|)]'),
)
const number = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.constantFrom(0.5, -0.25, 0.1, 1e-7, 1234.5678))
const range = fc
  .tuple(number, number, fc.option(fc.double({ min: 0, max: 1, noNaN: true })), fc.integer({ min: 0, max: 6 }))
  .map(([a, b, at, decimals]) => {
    const [min, max] = a < b ? [a, b] : [b, a]
    return { min, max, decimal_places: decimals, ...(at === null ? {} : { mode: Math.min(max, min + at * (max - min)) }) }
  })
  .filter(({ min, max, decimal_places }) => Math.ceil(min * 10 ** decimal_places) < Math.floor(max * 10 ** decimal_places))
const buckets = fc.tuple(fc.uniqueArray(number, { minLength: 1, maxLength: 5 }), bool, bool, bool, places).map(([list, low, high, force, decimals]) => {
  const sorted = [...list].sort((a, b) => a - b)
  return {
    buckets: sorted,
    force_change: force,
    decimal_places: decimals,
    ...(low ? { override_min: sorted[0]! - 10.5 } : {}),
    ...(high ? { override_max: sorted.at(-1)! + 20 } : {}),
  }
})
const charsets = fc.constantFrom(undefined, ['A-Z', 'a-z', '0-9'], ['0-9'], ['0123456789', 'a-c'], ['а-я', '0-9A-F'], ['A-Za-z0-9'], ['_', '0-9', '🙂-🙏'], ['-'], ['1-9', '0'])
const shaped = fc.oneof(
  text,
  fc.stringMatching(/^[A-Z]{0,3}-?[0-9]{0,9}[a-z]{0,4}$/),
  fc.constantFrom('0', '00', '-0', '-7', '-007', '100', 'вода-1F', '____12345', '🙂🙃9', '-----12345'),
)

/** By type; every mask of the registry with a random result must be here. */
export const cases: Readonly<Record<string, fc.Arbitrary<GeneratedCase>>> = {
  brazilian_cpf: of(none, mostly(fc.oneof(quoted(spread(digitsOf(11, 11), '.-/ ')), quoted(digitsOf(10, 12)), fc.stringMatching(/^[1-9][0-9]{10}$/)))),
  credit_card: of(
    fc
      .tuple(
        some({
          pan_character: fc.constantFrom('*', '•', '🙂'),
          generate_luhn: bool,
          generate_prefix: bool,
          validate_luhn: fc.constantFrom(false, false, true),
          retain_prefix_length: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.constant('automatic')),
        }),
        fc.constantFrom<Record<string, unknown>>({}, { pan_format: true }, { pan_format: true, generate_card_number: false }),
      )
      .map(([one, other]) => ({ ...one, ...other })),
    mostly(fc.oneof(quoted(spread(card, ' -')), card)),
  ),
  date_shift: fc.oneof(
    {
      weight: 3,
      arbitrary: dates(
        fc
          .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 36_400 }))
          .map(([min, more]) => (more % 3 === 0 ? {} : { min_days: min, max_days: min + (more % 2 === 0 ? more : 0) })),
      ),
    },
    {
      weight: 1,
      arbitrary: of(
        some({ epoch: fc.constantFrom('auto', 's', 'ms', 'none') }),
        fc.oneof(
          fc.integer({ min: -(2 ** 45), max: 2 ** 45 }).map(String),
          fc.stringMatching(/^-?[1-9][0-9]{6,17}$/),
          fc.constantFrom('99999999', '100000000', '99999999999', '100000000000', '1.5'),
        ),
      ),
    },
  ),
  email: of(
    some({
      style: fc.constantFrom('name', 'token'),
      domain: fc.constantFrom('mail.example', ['a.example'], ['a.example', 'b.example', 'c.example', 'd.example']),
      keep_domain: fc.oneof(bool, fc.constantFrom([], ['shop.example'], ['SHOP.example', 'x'])),
      keep_tag: bool,
      unique: bool,
    }),
    mostly(quoted(email)),
  ),
  from_choices: of(
    fc.array(choice, { minLength: 1, maxLength: 6 }).map((choices) => ({ choices })),
    anything,
  ),
  from_file: of(
    fc.constantFrom(
      { seed_file: 'DataMasque_firstNames_mixed.csv' },
      { seed_file: 'DataMasque_firstNames_mixed.csv', seed_column: 'locale', null_string: 'mi' },
      { seed_file: 'DataMasque_lastNames_v2.csv', seed_column: 'lastname-uppercase' },
    ),
    anything,
  ),
  from_format_string: of(
    fc.array(variable, { maxLength: 5 }).map((parts) => ({ format: parts.join('') })),
    anything,
  ),
  from_random_boolean: of(none, anything),
  from_random_date: of(bounds, anything),
  from_random_datetime: of(bounds, anything),
  from_random_number: of(range, anything),
  from_random_text: of(
    fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.option(fc.integer({ min: 1, max: 40 })), fc.constantFrom(undefined, 'upper', 'lower'))
      .map(([max, min, letters]) => ({ max, ...(min === null ? {} : { min: Math.min(min, max) }), ...(letters === undefined ? {} : { case: letters }) })),
    anything,
  ),
  iban: of(none, mostly(quoted(iban))),
  imitate: of(some({ uppercase: bool, lowercase: bool, digits: bool, force_change: bool }), fc.oneof(quoted(text), integer, odd)),
  imitate_nz_ird: of(
    none,
    mostly(
      fc
        .tuple(ird, fc.constantFrom('', '0'), fc.constantFrom('', '-', ' ', '.'), bool)
        .map(([digits, zero, separator, string]) => (string ? JSON.stringify((zero + digits).replace(/(?=(...)+$)/g, separator)) : digits)),
    ),
  ),
  imitate_unique: of(
    fc
      .tuple(charsets, fc.constantFrom(undefined, 0, 1, 3))
      .map(([sets, retained]) => ({ ...(sets === undefined ? {} : { charsets: sets }), ...(retained === undefined ? {} : { retain_prefix_length: retained }) })),
    fc.oneof(quoted(shaped), integer, odd),
  ),
  imitate_uuid: of(
    none,
    mostly(
      quoted(
        fc.oneof(
          { weight: 6, arbitrary: uuid },
          {
            weight: 1,
            arbitrary: fc.constantFrom('00000000-0000-0000-0000-000000000000', 'F'.repeat(32), 'f47ac10b-58cc4372-a567-0e02b2c3d479', '{f47ac10b58cc4372a5670e02b2c3d479'),
          },
        ),
      ),
    ),
  ),
  ip: of(
    some({ mode: fc.constantFrom('truncate', 'prefix', 'random'), v4_bits: fc.integer({ min: 0, max: 32 }), v6_bits: fc.integer({ min: 0, max: 128 }), keep_special: bool }),
    mostly(quoted(fc.oneof(ipv4, ipv6))),
  ),
  mac: of(some({ keep_oui: bool }), mostly(quoted(mac))),
  name: of(some({ part: fc.constantFrom('first', 'last', 'full', 'auto') }), mostly(quoted(name))),
  numeric_bucket: of(buckets, mostly(fc.oneof(decimal, quoted(decimal), fc.constantFrom('" 5 "', '".5"', '"+7"', '"5."')))),
  phone: of(some({ keep_country: bool, keep_prefix: fc.integer({ min: 0, max: 6 }) }), mostly(fc.oneof(quoted(phone), fc.stringMatching(/^[1-9][0-9]{3,12}$/)))),
  pseudonym: of(
    fc
      .tuple(
        some({ prefix: fc.constantFrom('', 'u_', 'é'), key_id: fc.constantFrom('none', 'auto', 'k7') }),
        fc.oneof(
          fc.record({ encoding: fc.constantFrom('base32', 'hex', 'base64url'), length: fc.integer({ min: 8, max: 43 }) }, { requiredKeys: [] }),
          fc.constantFrom({ length: 52 }, { encoding: 'hex', length: 64 }),
        ),
      )
      .map(([one, other]) => ({ ...one, ...other })),
    fc.oneof(
      anything,
      fc.json({ maxDepth: 3 }).filter((json) => !json.includes('__proto__')),
    ),
  ),
  retain_age: dates(none),
  retain_date_component: dates(
    fc.constantFrom({ year: true }, { month: true }, { day: true }, { year: true, day: true }, { month: true, day: true }, { year: true, month: true, day: true }),
  ),
  retain_year: dates(none),
  social_security_number: of(none, mostly(fc.oneof(quoted(spread(digitsOf(9, 9), '-/. ')), quoted(digitsOf(7, 10)), fc.stringMatching(/^[1-9][0-9]{8}$/)))),
}
