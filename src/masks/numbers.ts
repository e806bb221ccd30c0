// How masks on numbers (N) take their input.

import { MaskError } from '../errors.ts'
import { NumberText } from '../engine/types.ts'
import type { MaskContext, ValueMasker } from '../engine/types.ts'
import { readDecimal } from './decimal.ts'
import type { Decimal } from './decimal.ts'

/** A mask on numbers and numeric strings; the JSON type is kept. */
export function numberMasker(type: string, mask: (decimal: Decimal, context: MaskContext) => string): ValueMasker {
  return (value, context) => {
    if (value === null || value === '') return value
    const text = typeof value === 'string' ? value : value instanceof NumberText ? value.text : undefined
    if (text === undefined) throw new MaskError('wrong_input_type', type, 'received a value that is not a number')
    const decimal = readDecimal(text)
    if (decimal === undefined) throw new MaskError('not_valid', type, 'received a value that is not a number')
    const result = mask(decimal, context)
    return typeof value === 'string' ? result : new NumberText(result)
  }
}
