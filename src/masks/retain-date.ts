// What the three `retain_*` masks share. Pure.

import type { Draws, MaskContext, OptionSpec, ValueMasker } from '../engine/types.ts'
import { dateOptions, dateReader } from './date-options.ts'
import { writeLike } from './dates.ts'
import type { CalendarDate } from './dates.ts'
import { option, seedOption, textMasker } from './input.ts'

export const retainOptions: Readonly<Record<string, OptionSpec>> = { ...dateOptions, seed: seedOption }

/** A mask that draws another date and writes it in the format read, with its time of day. */
export function dateMasker(type: string, options: ReadonlyMap<string, unknown>, draw: (date: CalendarDate, draws: Draws, context: MaskContext) => CalendarDate): ValueMasker {
  const read = dateReader(type, options)
  const spec = { family: type, namespace: option(options, 'seed', '') }
  return textMasker(type, (text, context) => {
    const date = read(text)
    return writeLike(date, draw(date, context.draws(spec), context))
  })
}
