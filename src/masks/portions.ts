// Replacing portions of a text by the results of inner masks: `replace_substring` and `replace_regex`.

import { MaskError } from '../errors.ts'
import type { MaskContext, OptionSpec, ValueMasker } from '../engine/types.ts'
import { isNarrow, lengthOf, resultText } from './input.ts'

export const preserveLength: OptionSpec = {
  kind: 'boolean',
  default: false,
  summary: 'A longer replacement is cut, a shorter one repeated to fill; an empty one is `cannot_fill`.',
}

/** Masks one portion; the result has the length of the portion if `preserve` is set. */
export function maskPortion(type: string, portion: string, inner: ValueMasker, preserve: boolean, context: MaskContext): string {
  const result = resultText(type, inner(portion, context))
  return preserve ? fill(type, result, lengthOf(portion)) : result
}

function fill(type: string, text: string, length: number): string {
  if (text === '') throw new MaskError('cannot_fill', type, 'cannot fill a portion with an empty replacement')
  if (isNarrow(text)) return text.length >= length ? text.slice(0, length) : text.repeat(Math.ceil(length / text.length)).slice(0, length)
  const characters = [...text]
  let out = ''
  for (let i = 0; i < length; i++) out += characters[i % characters.length]
  return out
}

/** UTF-16 index of the `index`-th code point, clamped to the end. */
export function unitIndex(text: string, index: number): number {
  let at = 0
  for (let i = 0; i < index && at < text.length; i++) at += text.codePointAt(at)! > 0xffff ? 2 : 1
  return at
}
