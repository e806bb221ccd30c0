import { MaskError } from '../errors.ts'
import { BitFeistel } from '../engine/permutation.ts'
import type { MaskDefinition } from '../engine/types.ts'
import { option, seedOption, textMasker, textOf } from './input.ts'
import { KeyCache } from './key-cache.ts'

export const imitateUuid: MaskDefinition = {
  type: 'imitate_uuid',
  summary: 'Another UUID, one-to-one; version, variant, case, hyphens and braces stay.',
  input: 'T',
  random: 'p',
  settles: 'value',
  options: { seed: seedOption },
  compile(options) {
    const namespace = option(options, 'seed', '')
    // By version, and one for all that the RFC does not know.
    const networks = new KeyCache(() => new Array<BitFeistel | undefined>(17).fill(undefined))
    const words = new Uint32Array(4)
    return textMasker('imitate_uuid', (text, context) => {
      const upper = readUuid(text, words)
      if (upper === undefined) throw new MaskError('not_valid', 'imitate_uuid', 'received a value that is not a UUID')
      // The nil and the all-ones UUID mean something: they stay, and nothing becomes one of them.
      if (isConstant(words)) return text
      const isRfc = words[2]! >>> 30 === 2
      const version = (words[1]! >>> 12) & 15
      const made = networks.of(context)
      const network = (made[isRfc ? version : 16] ??= new BitFeistel(context.seedOf('imitate_uuid', '', namespace, [isRfc ? `uuid:${version}` : 'uuid']), isRfc ? 61 : 64))
      do {
        if (isRfc) takeOut(words)
        network.run(words)
        if (isRfc) putIn(words, version)
      } while (isConstant(words))
      return writeUuid(text, words, upper)
    })
  },
  examples: [
    { in: '"017f22e2-79b0-7cc3-98c4-dc0c0c07398f"', out: '"dea4ec73-8e23-76d6-bdb2-48072505c516"' },
    { options: { seed: 'order' }, in: '"f47ac10b-58cc-4372-a567-0e02b2c3d479"', out: '"9d8cb3b0-4beb-43a2-b3e8-75d8bb322310"' },
    { in: '"00112233-4455-6677-0899-aabbccddeeff"', out: '"fb9c104c-7b5f-2465-4569-6dc08c7ce14e"' },
    { in: '"f47ac10b-58cc-4372-a567-0e02b2c3d479"', out: '"bb418efe-497f-4d69-8ab0-b33b3ef670ba"' },
    { in: '"{F47AC10B58CC4372A5670E02B2C3D479}"', out: '"{BB418EFE497F4D698AB0B33B3EF670BA}"' },
    { in: '"00000000-0000-0000-0000-000000000000"', out: '"00000000-0000-0000-0000-000000000000"' },
    { in: '"f47ac10b"', error: 'not_valid' },
    { in: '7', error: 'non_string_value' },
  ],
}

function isConstant(words: Uint32Array): boolean {
  const first = words[0]!
  return (first === 0 || first === 0xffffffff) && words[1] === first && words[2] === first && words[3] === first
}

/** Takes version (4 bits) and variant (2 bits) out: 122 bits, as two halves of 61. */
function takeOut(words: Uint32Array): void {
  const a = words[0]!
  const b = words[1]!
  const c = words[2]!
  // Left: the 48 bits before the version, the 12 behind it, and the first behind the variant.
  words[0] = a >>> 3
  words[1] = (a << 29) | ((b >>> 16) << 13) | ((b & 0xfff) << 1) | ((c >>> 29) & 1)
  words[2] = c & 0x1fffffff
}

/** Puts version and variant back. */
function putIn(words: Uint32Array, version: number): void {
  const a = words[0]!
  const b = words[1]!
  words[0] = (a << 3) | (b >>> 29)
  words[1] = (((b >>> 13) & 0xffff) << 16) | (version << 12) | ((b >>> 1) & 0xfff)
  words[2] = 0x80000000 | ((b & 1) << 29) | words[2]!
}

/** Value of each hex digit; -1: none. */
const VALUES = Int8Array.from({ length: 128 }, (_, code) => (/[\da-f]/i.test(String.fromCharCode(code)) ? Number.parseInt(String.fromCharCode(code), 16) : -1))

/** Reads 32 hex digits, with hyphens or without, in braces or not. True: letters are upper case; undefined: no UUID. */
function readUuid(text: string, words: Uint32Array): boolean | undefined {
  const { length } = text
  const braces = text.charCodeAt(0) === 0x7b ? 1 : 0
  const hyphens = length === 36 + 2 * braces
  if ((!hyphens && length !== 32 + 2 * braces) || (braces === 1 && text.charCodeAt(length - 1) !== 0x7d)) return undefined
  let cases = 0
  let word = 0
  for (let i = braces, digit = 0; digit < 32; i++) {
    const code = text.charCodeAt(i)
    if (hyphens && (digit === 8 || digit === 12 || digit === 16 || digit === 20) && i === braces + digit + (digit >> 2) - 2) {
      if (code !== 0x2d) return undefined
      continue
    }
    const value = code < 128 ? VALUES[code]! : -1
    if (value < 0) return undefined
    if (value > 9) cases |= code > 0x60 ? 1 : 2
    word = (word << 4) | value
    if ((++digit & 7) === 0) words[(digit >> 3) - 1] = word
  }
  return cases === 2
}

const DIGITS = [...'0123456789abcdef'].map((digit) => digit.charCodeAt(0))
const units: number[] = []

function writeUuid(text: string, words: Uint32Array, upper: boolean): string {
  units.length = 0
  for (let i = 0, digit = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x2d || code > 0x7a) units.push(code)
    else {
      const unit = DIGITS[(words[digit >> 3]! >>> (28 - 4 * (digit & 7))) & 15]!
      units.push(upper && unit > 0x60 ? unit - 0x20 : unit)
      digit++
    }
  }
  return textOf(units)
}
