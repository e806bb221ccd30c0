// Names beside values: what the value of a member goes by may be data itself, `{"name":"DB_PASSWORD","value":"x"}`, `["Cookie","a=b"]`.
// Such a value has the name as a second key, for rules and for detectors. Which member is a name, and how far one is looked
// for, is said here for all walkers: they must come to the same.

/** The string of a member is the name of what stands beside it. */
export const NAME = 1
/** A member that a name beside it may name. */
export const VALUE = 2
/** A list in a list: of two scalars the first names the second. */
export const PAIR = 4
/** A list of names and values by turns. */
export const TURNS = 8

/** So many members behind a value are looked at for its name, and so many in a container among them. */
export const MOST_BESIDE = 8
/** Bytes of a name at most. */
export const MOST_NAME = 128

const NAMES = new Set(['name', 'key', 'k', 'field', 'header', 'variable', 'attribute'])
const VALUES = new Set(['value', 'val', 'v', 'content', 'stringvalue', 'string_value', 'intvalue', 'int_value', 'vstr', 'v_str'])
const LISTS = new Set(['rawheaders', 'raw_headers', 'rawtrailers', 'raw_trailers'])

/** The longest of the keys above. */
const LONGEST = 12

/** What a key makes of its member. */
export function rolesOf(key: string): number {
  if (key.length > LONGEST) return 0
  if (!/^[a-zA-Z_]+$/.test(key)) return 0
  const lower = key.toLowerCase()
  return NAMES.has(lower) ? NAME : VALUES.has(lower) ? VALUE : LISTS.has(lower) ? TURNS : 0
}

/** What a value is to a search for names: text, another scalar or a container of a few scalars, or more. */
export type Shape = 'text' | 'flat' | 'deep'

/** Looks behind member `i` of `n` for the one that names it; -1: there is none. What is deep hides what stands behind it. */
export function nameBehind(i: number, n: number, keyAt: (k: number) => string, shapeAt: (k: number) => Shape): number {
  if (shapeAt(i) === 'deep') return -1
  for (let k = i + 1; k < n && k <= i + MOST_BESIDE; k++) {
    const shape = shapeAt(k)
    if (shape === 'text' && rolesOf(keyAt(k)) === NAME) return k
    if (shape === 'deep') return -1
  }
  return -1
}
