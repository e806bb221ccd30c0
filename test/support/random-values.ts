// Values that a mask may be handed, and many that nobody expects: for tests that throw everything at every mask.

import type { Random } from '../../bench/random.ts'
import { sensitiveValue, valueKinds } from '../../bench/values.ts'
import { NumberText } from '../../src/engine/types.ts'
import type { Value } from '../../src/engine/types.ts'

const DIGITS = '0123456789'
const LETTERS = 'abcXYZäßéİıſ\u0301🙂😀\u2028 '
const ODD = '\0\t\n\r"\\/<>&\'%{}[]()=:;,.-+@#\ud800\udfff\u200b\ufeff\uffff'
const MONTHS = ['Jan', 'Feb', 'December', 'MAY', 'sept']

const shapes: readonly ((random: Random) => string)[] = [
  (random) => random.text(ODD, random.below(12)),
  (random) => random.text(LETTERS + ODD + DIGITS, random.below(40)),
  (random) => random.text(DIGITS, random.below(40)),
  (random) => `-${random.text(DIGITS, random.below(12))}`,
  (random) =>
    `${random.pick(['0000', '1900', '2000', '2024', '9999'])}-${random.pick(['02', '12', '13', '1'])}-${random.pick(['29', '31', '01', '3'])}${random.pick(['', 'T10:11:12Z', ' 24:00', 'T23:59:60.999999999+23:59'])}`,
  (random) =>
    `${random.below(40)}${random.pick(['/', '-', '.', ' '])}${random.pick([...MONTHS, '2', '02', '29'])}${random.pick(['/', '-', '.', ' '])}${random.pick(['24', '1969', '68', '99', '0'])}`,
  (random) => `${random.below(300)}.${random.below(260)}.${random.below(260)}.${random.below(260)}${random.pick(['', ':80', '/24', '%x'])}`,
  (random) => `${random.pick(['', '['])}${random.text('0123456789abcdef::', random.below(30))}${random.pick(['', ']', ']:443', '%eth0'])}`,
  (random) => random.text('0123456789abcdefABCDEF:-.{}', 30 + random.below(10)),
  (random) => `${random.text('ABCD', 2)}${random.text(DIGITS, 2)}${random.text('ABCD0123456789 ', 8 + random.below(30))}`,
  (random) => `${random.pick(['+', '00', '0', '(0)'])}${random.text('0123456789 -()x', random.below(20))}`,
  (random) => `${random.text('ab.+', random.below(6))}@${random.text('ab.-@', random.below(10))}`,
  (random) => random.pick(['{"a":[1,{"b":null}]}', '[', '{"a":1}x', '[]', '{"__proto__":{"a":1}}', `${'['.repeat(300)}${']'.repeat(300)}`, '"x"', '{"a":"\\ud800"}']),
  (random) => random.pick(['https://a:b@c/d?e=f&token=x#g=h', '//', '?&=&', 'a://b://c', '/a/../%ff%00?x', 'tel:+1', 'http://[::1']),
  (random) => random.pick(['<a b="c">d</a>', '<a>', "SELECT 'x' FROM t -- y", '<!DOCTYPE a>', '<a>&b;</a>', "'", '$a$ $a$', '/*']),
  (random) => random.text('a1-', 3000),
  (random) => sensitiveValue(random, random.pick(valueKinds)).text,
  (random) => `${random.below(1000)}${random.pick(['', '.', '.0', '.5', 'e5', 'E-400', 'e9999', '.000000000000000000001'])}`,
  (random) => random.pick(['true', 'NO', 't', 'null', 'NaN', 'Infinity', '-', '-0', '+1', '.5', '5.', '0x10', ' 7 ', '1e4097', '１２']),
]
const numbers: readonly ((random: Random) => string)[] = [
  (random) => String(random.below(100_000)),
  (random) => `-${random.between(1, 99)}${random.text(DIGITS, random.below(60))}`,
  (random) => `${random.below(1000)}.${random.text(DIGITS, 1 + random.below(30))}`,
  (random) => `${random.between(1, 9)}e${random.pick(['400', '-400', '+15', '9999', '-0'])}`,
  (random) =>
    random.pick(['0', '-0', '-0.0', '0.10', '1E400', '1772323200', '1772323200000', '253402300800', '12345678901234567890', '9007199254740993', '1e-7', '99999999999999999']),
]

/** A JSON value of any kind; `depth` of containers at most. */
export function anyValue(random: Random, depth = 4): Value {
  const kind = random.below(100)
  if (kind < 62) return random.pick(shapes)(random)
  if (kind < 80) return new NumberText(random.pick(numbers)(random))
  if (kind < 84) return null
  if (kind < 88) return random.chance(0.5)
  if (kind === 88) return nested(random.pick([50, 1000, 20_000]), random)
  if (depth === 0) return random.chance(0.5) ? [] : new Map()
  if (kind < 94) return Array.from({ length: random.below(5) }, () => anyValue(random, depth - 1))
  return new Map(Array.from({ length: random.below(5) }, () => [random.pick(['a', 'b', '', '__proto__', 'token', 'é', '\ud800', 'ann@shop.example']), anyValue(random, depth - 1)]))
}

function nested(depth: number, random: Random): Value {
  let value: Value = random.pick(shapes)(random)
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : new Map([['a', value]])
  return value
}

const LEXEME = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** What is wrong with a result that should be a value; undefined: nothing. */
export function flaw(result: unknown): string | undefined {
  const left: unknown[] = [result]
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) continue
    if (value instanceof NumberText) {
      if (!LEXEME.test(value.text)) return 'a number that JSON does not know'
    } else if (Array.isArray(value)) left.push(...value)
    else if (value instanceof Map) {
      for (const [key, item] of value) {
        if (typeof key !== 'string') return 'a key that is no string'
        left.push(item)
      }
    } else return `a result of type ${typeof value}`
  }
  return undefined
}
