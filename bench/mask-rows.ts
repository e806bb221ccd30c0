// What `bench/masks.ts` measures: for every mask a typical value under the default options, and the modes that cost something else.
import { iban } from './values.ts'
import { createRandom } from './random.ts'

/** One mask with options, and the i-th of endlessly many different values for it. */
export interface MaskRow {
  readonly mask: { readonly type: string; readonly [option: string]: unknown }
  /** Says what is special about the row. */
  readonly note?: string
  readonly value: (i: number) => string
  /** Long texts: the figures are for each kilobyte. */
  readonly long?: true
}

const digits = (i: number, width: number): string => String((i * 7919) % 10 ** width).padStart(width, '0')
const hex = (i: number, width: number): string => ((i * 40_503) % 16 ** width).toString(16).padStart(width, '0')
const customer = (i: number): string => `cust-${digits(i, 9)}`
const person = (i: number): string => `${['sarah', 'ann', 'exampla', 'mocka'][i % 4]}.${hex(i, 6)}`
const date = (i: number): string =>
  new Date(Date.UTC(1930, 0, 1 + (i % 32_000))).toISOString().slice(0, 10) + (i < 32_000 ? '' : `T10:${String(Math.floor(i / 32_000) % 60).padStart(2, '0')}:12Z`)
const uuid = (i: number): string => `f47ac10b-58cc-4372-a567-0e02${hex(i, 8)}`
const lorem = 'the parcel for this order was queued and released after the second lookup in the basket of stock, '.repeat(11).slice(0, 960)
const inner = [{ type: 'imitate' }]
const ibans = createRandom('masks')

/** Of the two IRD numbers with these seven or eight digits, one is valid as long as the first weights give a digit. */
function ird(i: number, least: number): string {
  for (let body = least + 11 * i; ; body++) {
    const sum = [...String(body).padStart(8, '0')].reduce((all, digit, at) => all + Number(digit) * [3, 2, 7, 6, 5, 4, 3, 2][at]!, 0)
    if (sum % 11 !== 1) return String(body) + ((11 - (sum % 11)) % 11)
  }
}

export const maskRows: readonly MaskRow[] = [
  { mask: { type: 'brazilian_cpf' }, value: (i) => `${digits(i, 9)}-35` },
  {
    mask: {
      type: 'chain',
      masks: [
        { type: 'take_substring', end_index: 8 },
        { type: 'transform_case', transform: 'upper' },
      ],
    },
    value: customer,
  },
  { mask: { type: 'concat', masks: [{ type: 'from_fixed', value: 'id-' }, { type: 'imitate' }] }, value: customer },
  { mask: { type: 'credit_card' }, value: (i) => `4111 1${digits(i, 3)} ${digits(i >> 3, 4)} 1111` },
  { mask: { type: 'credit_card', retain_prefix_length: 'automatic' }, value: (i) => `4111 1${digits(i, 3)} ${digits(i >> 3, 4)} 1111` },
  { mask: { type: 'credit_card', generate_card_number: false, pan_format: true }, value: (i) => `41111${digits(i, 7)}1111` },
  { mask: { type: 'date_shift' }, value: date },
  { mask: { type: 'do_nothing' }, value: customer },
  { mask: { type: 'email' }, value: (i) => `${person(i)}@shop.example` },
  { mask: { type: 'email', style: 'token' }, value: (i) => `${person(i)}@shop.example` },
  { mask: { type: 'from_choices', choices: ['gold', { value: 'silver', weight: 3 }] }, value: customer },
  { mask: { type: 'from_file', seed_file: 'DataMasque_firstNames_mixed.csv' }, value: customer },
  { mask: { type: 'from_fixed', value: 'x' }, value: customer },
  { mask: { type: 'from_format_string', format: '+1-{[0-9],3}-{[0-9],4}' }, value: customer },
  { mask: { type: 'from_random_boolean' }, value: customer },
  { mask: { type: 'from_random_date', min: '1950-01-01', max: '2005-12-31' }, value: customer },
  { mask: { type: 'from_random_datetime', min: '2024-01-01', max: '2025-01-01' }, value: customer },
  { mask: { type: 'from_random_number', min: 100, max: 9000, decimal_places: 2 }, value: customer },
  { mask: { type: 'from_random_number', max: 100, mode: 20 }, value: customer },
  { mask: { type: 'from_random_text', max: 12 }, value: customer },
  { mask: { type: 'iban' }, value: () => iban(ibans) },
  { mask: { type: 'imitate' }, value: customer },
  { mask: { type: 'imitate', force_change: true }, value: customer },
  { mask: { type: 'imitate_nz_ird' }, note: '8 digits', value: (i) => ird(i, 1_000_000) },
  { mask: { type: 'imitate_nz_ird' }, note: '9 digits', value: (i) => ird(i, 10_000_000) },
  { mask: { type: 'imitate_unique' }, note: '4 letters, 9 digits', value: customer },
  { mask: { type: 'imitate_unique' }, note: 'a table: 4 digits', value: (i) => `${digits(i, 4)}-${'#.'[i % 2]}${'/'.repeat((i / 10_000) | 0)}` },
  { mask: { type: 'imitate_unique' }, note: '20 rounds: 6 digits from 1', value: (i) => String(100_000 + ((i * 7919) % 900_000)) },
  { mask: { type: 'imitate_unique' }, note: '40 characters', value: (i) => `${hex(i, 8)}${'AbC1'.repeat(8)}` },
  { mask: { type: 'imitate_uuid' }, value: uuid },
  { mask: { type: 'imitate_uuid' }, note: 'not of the RFC', value: (i) => `f47ac10b-58cc-4372-6567-0e02${hex(i, 8)}` },
  { mask: { type: 'ip' }, value: (i) => `203.${i & 255}.${(i >> 8) & 255}.${1 + ((i >> 16) & 127)}` },
  { mask: { type: 'ip', mode: 'prefix' }, note: 'hosts of known networks', value: (i) => `203.0.${(i >> 8) & 255}.${i & 255}` },
  { mask: { type: 'ip', mode: 'prefix' }, note: 'every network is new', value: (i) => `${1 + ((i * 7) % 100)}.${(i >> 8) & 255}.${i & 255}.${(i >> 16) & 255}` },
  { mask: { type: 'ip', mode: 'prefix' }, note: 'IPv6, known networks', value: (i) => `2001:db8::${(i & 0xffff).toString(16)}:${(1 + (i >> 16)).toString(16)}` },
  { mask: { type: 'ip', mode: 'random' }, value: (i) => `203.${i & 255}.${(i >> 8) & 255}.${1 + ((i >> 16) & 127)}` },
  { mask: { type: 'ip', mode: 'random' }, note: 'IPv6', value: (i) => `2001:db8::${(i & 0xffff).toString(16)}:${(1 + (i >> 16)).toString(16)}` },
  { mask: { type: 'json', transforms: [{ path: ['user', 'name'], masks: inner }] }, value: (i) => `{"user":{"name":"ann-${digits(i, 6)}","id":1}}` },
  { mask: { type: 'mac' }, value: (i) => `00:1a:2b:${hex(i, 6).match(/../g)!.join(':')}` },
  { mask: { type: 'name' }, value: (i) => `Sarah M${hex(i, 6)}` },
  { mask: { type: 'numeric_bucket', buckets: [18, 30, 50], override_max: 90, decimal_places: 2 }, value: (i) => `41.${digits(i, 6)}` },
  { mask: { type: 'partial' }, value: (i) => `41111${digits(i, 7)}1111` },
  { mask: { type: 'phone' }, value: (i) => `+64 21 ${digits(i, 3)} ${digits(i >> 3, 4)}` },
  { mask: { type: 'pseudonym' }, value: customer },
  { mask: { type: 'redact' }, value: customer },
  { mask: { type: 'remove' }, value: customer },
  { mask: { type: 'replace_regex', regex: '[0-9]+', masks: inner }, value: customer },
  { mask: { type: 'replace_substring', end_index: 6, masks: inner }, value: (i) => `${digits(i, 9)}-cust` },
  { mask: { type: 'retain_age' }, value: date },
  { mask: { type: 'retain_date_component', month: true }, value: date },
  { mask: { type: 'retain_year' }, value: date },
  { mask: { type: 'round' }, value: (i) => `41.${digits(i, 6)}` },
  { mask: { type: 'scan' }, long: true, value: (i) => `${lorem} mail for ${person(i)}@shop.example` },
  { mask: { type: 'set_checksum', checksum_type: 'luhn' }, value: (i) => `41111${digits(i, 7)}1111` },
  { mask: { type: 'social_security_number' }, value: (i) => `${digits(i, 3)}-${digits(i >> 3, 2)}-${digits(i >> 5, 4)}` },
  { mask: { type: 'take_substring', end_index: 8 }, value: (i) => `${digits(i, 9)}-cust` },
  { mask: { type: 'transform_case', transform: 'upper' }, value: customer },
  { mask: { type: 'typecast', typecast_as: 'integer' }, value: (i) => `${i}.00` },
  { mask: { type: 'url' }, value: (i) => `https://shop.example/u/${i}?token=${hex(i, 8)}&page=2` },
  // Rows with masks that are not in the registry are passed over.
  {
    mask: { type: 'json', transforms: [{ path: ['copy'], masks: [{ type: 'from_json_path', path: ['user'] }] }] },
    note: 'from_json_path',
    value: (i) => `{"user":"ann-${digits(i, 6)}","copy":"bo-${digits(i, 6)}"}`,
  },
  { mask: { type: 'sql' }, value: (i) => `SELECT * FROM orders WHERE mail='${person(i)}@shop.example' AND n IN (1,2)` },
  {
    mask: { type: 'xml', transforms: [{ path: '/order/user', node_transforms: [{ type: 'text', masks: inner }] }] },
    long: true,
    value: (i) => `<order><user>${person(i)}</user><note>${lorem}</note></order>`,
  },
  {
    mask: { type: 'unstructured_text', matchers: { regex: [{ label: 'ID', pattern: 'cust-[0-9]{9}' }] }, masks: [{ label: 'ID', masks: inner }] },
    long: true,
    value: (i) => `${lorem} for ${customer(i)}`,
  },
]

/** The engine alone: a mask that does next to nothing. */
export const engineRow: MaskRow = { mask: { type: 'other_text' }, note: 'nothing but another text: the engine alone', value: customer }

/** The type of a mask and those of the masks inside it, which stand under `masks` at any depth. */
export function typesOf(mask: unknown): string[] {
  const inner = (of: unknown, isMask: boolean): string[] => {
    if (Array.isArray(of)) return of.flatMap((item) => inner(item, isMask))
    if (typeof of !== 'object' || of === null) return []
    const { type } = of as { readonly type?: unknown }
    return [...(isMask && typeof type === 'string' ? [type] : []), ...Object.entries(of).flatMap(([key, value]) => inner(value, key === 'masks'))]
  }
  return inner(mask, true)
}

/** `credit_card retain_prefix_length: automatic`, as rows are called in the report. */
export function rowName({ mask, note, long }: MaskRow): string {
  const { type, ...options } = mask
  const shown = Object.entries(options).filter(([, value]) => typeof value !== 'object')
  return [type, ...shown.map(([name, value]) => `${name}: ${String(value)}`), ...(note === undefined ? [] : [`(${note})`]), ...(long ? ['(each kB)'] : [])].join(' ')
}
