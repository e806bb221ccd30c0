import { canonical } from '../engine/canonical.ts'
import type { MaskContext, MaskDefinition } from '../engine/types.ts'
import { base32, option, seedOption } from './input.ts'

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Characters that 32 bytes give, and the fewest that are allowed. */
const MOST = { base32: 52, hex: 64, base64url: 43 } as const

export const pseudonym: MaskDefinition = {
  type: 'pseudonym',
  summary: 'An opaque token: the same value gives the same token, per run secret and hash sources.',
  input: 'A',
  random: 'r',
  settles: 'value',
  options: {
    prefix: { kind: 'string', default: '', summary: 'Put in front.' },
    length: { kind: 'integer', min: 8, max: 64, default: 16, summary: 'Characters of the token: 8-52, for `hex` 8-64, for `base64url` 8-43.' },
    encoding: { kind: 'string', enum: ['base32', 'hex', 'base64url'], default: 'base32', summary: 'Of the bytes of the seed; base32 is a-z2-7.' },
    key_id: { kind: 'string', default: 'none', summary: '`none`, `auto` (four characters that name the key) or a fixed text: `<prefix><id>.<token>`.' },
    seed: seedOption,
  },
  check(options, report) {
    const encoding = option<keyof typeof MOST>(options, 'encoding', 'base32')
    const length = option(options, 'length', 16)
    if (length > (MOST[encoding] ?? 64)) report('length', 'invalid_value', `a ${encoding} token has at most ${MOST[encoding]} characters`)
  },
  compile(options) {
    const prefix = option(options, 'prefix', '')
    const length = option(options, 'length', 16)
    const encoding = option<string>(options, 'encoding', 'base32')
    const keyId = option(options, 'key_id', 'none')
    const namespace = option(options, 'seed', '')
    const encode = encoding === 'hex' ? hex : encoding === 'base64url' ? base64url : base32
    const spec = { family: 'pseudonym', namespace }
    return (value, context) => {
      if (value === null || value === '') return value
      const seed = context.consistent ? seedOf(context, namespace, canonical(value)) : context.draws(spec).seed
      const id = keyId === 'none' ? '' : `${keyId === 'auto' ? (context.keyId?.() ?? '') : keyId}.`
      return prefix + id + encode(seed, length)
    }
  },
  examples: [
    { in: '"sarah.mitchell@example.com"', out: '"ofvpaat7p6e7ovu4"' },
    { in: '"u-881"', out: '"vmwuwd5fwodfecst"' },
    { inputs: ['acme'], in: '"u-881"', out: '"npgo33q2xkmcgxr4"' },
    { options: { prefix: 'u_' }, in: '"u-881"', out: '"u_vmwuwd5fwodfecst"' },
    { options: { key_id: 'auto' }, in: '"u-881"', out: '"tep3.vmwuwd5fwodfecst"' },
    { options: { key_id: 'k7', length: 8 }, in: '"u-881"', out: '"k7.vmwuwd5f"' },
    { in: 'null', out: 'null' },
  ],
}

/** The value counts itself, after the sources in force other than `self`. */
function seedOf(context: MaskContext, namespace: string, own: string | null): Uint8Array {
  const inputs = [...context.otherInputs(), own]
  return context.advancedSeedOf?.('pseudonym', '', namespace, inputs) ?? context.seedOf('pseudonym', '', namespace, inputs)
}

function hex(bytes: Uint8Array, length: number): string {
  let out = ''
  for (const byte of bytes) out += (byte + 256).toString(16).slice(1)
  return out.slice(0, length)
}

function base64url(bytes: Uint8Array, length: number): string {
  let out = ''
  for (let bit = 0; out.length < length; bit += 6) {
    const at = bit >>> 3
    const pair = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
    out += BASE64URL[(pair >>> (10 - (bit & 7))) & 63]
  }
  return out
}
