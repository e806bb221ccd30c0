// Plain scalars of the YAML 1.2 core schema, with numbers kept by their spelling.

import { NumberText } from '../engine/types.ts'
import type { Scalar } from '../engine/types.ts'

const INTEGER = /^[-+]?[0-9]+$/
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const SPECIAL = /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/

/** Not a JSON number: infinity or not-a-number. */
export const NOT_FINITE: unique symbol = Symbol('not finite')

/** A number of the core schema as a JSON number, keeping the digits as written. */
function numberText(text: string): NumberText {
  let sign = ''
  let rest = text
  if (rest[0] === '-' || rest[0] === '+') {
    if (rest[0] === '-') sign = '-'
    rest = rest.slice(1)
  }
  const exponentAt = rest.search(/[eE]/)
  const exponent = exponentAt === -1 ? '' : rest.slice(exponentAt)
  const mantissa = exponentAt === -1 ? rest : rest.slice(0, exponentAt)
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = whole.replace(/^0+(?=[0-9])/, '')
  return new NumberText(`${sign}${digits === '' ? '0' : digits}${fraction === '' ? '' : `.${fraction}`}${exponent}`)
}

/** The value of a plain (unquoted) scalar. */
export function plainScalar(text: string): Scalar | typeof NOT_FINITE {
  switch (text) {
    case '':
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return null
    case 'true':
    case 'True':
    case 'TRUE':
      return true
    case 'false':
    case 'False':
    case 'FALSE':
      return false
  }
  const first = text.charCodeAt(0)
  // Digits, signs and the point are the only beginnings of a number.
  if ((first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e) {
    if (INTEGER.test(text) || FLOAT.test(text)) return numberText(text)
    if (/^0o[0-7]+$/.test(text) || /^0x[0-9a-fA-F]+$/.test(text)) return new NumberText(BigInt(text).toString())
    if (SPECIAL.test(text)) return NOT_FINITE
  }
  return text
}
