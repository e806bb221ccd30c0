import type { MaskDefinition } from '../engine/types.ts'
import { nameSources } from './identity-rows.ts'
import { base32, option, seedOption, textMasker } from './input.ts'

const DOMAINS = ['example.com', 'example.net', 'example.org']

export const email: MaskDefinition = {
  type: 'email',
  summary: 'An e-mail address of the same person that `name` and `from_file` draw, or an opaque one.',
  input: 'T',
  random: 'r',
  settles: 'value',
  options: {
    style: { kind: 'string', enum: ['name', 'token'], default: 'name', summary: '`first.last`, or 12 base32 characters.' },
    domain: {
      kind: 'any_of',
      of: [
        { kind: 'string', minLength: 1 },
        { kind: 'list', of: { kind: 'string', minLength: 1 }, minItems: 1 },
      ],
      default: DOMAINS,
      summary: 'Domain, or list of domains to draw from.',
    },
    keep_domain: {
      kind: 'any_of',
      of: [{ kind: 'boolean' }, { kind: 'list', of: { kind: 'string', minLength: 1 } }],
      default: false,
      summary: 'Keep the domain of the input: always, or if it is listed.',
    },
    keep_tag: { kind: 'boolean', default: false, summary: 'Keep `+tag`.' },
    unique: { kind: 'boolean', default: false, summary: 'Add `.` and six base32 characters.' },
    seed: seedOption,
  },
  compile(options, tools) {
    const style = option<string>(options, 'style', 'name')
    const domains = option<string | readonly string[]>(options, 'domain', DOMAINS)
    const keepDomain = option<boolean | readonly string[]>(options, 'keep_domain', false)
    const kept = typeof keepDomain === 'boolean' ? undefined : new Set(keepDomain.map(lower))
    const keepTag = option(options, 'keep_tag', false)
    const unique = option(options, 'unique', false)
    const namespace = option(options, 'seed', '')
    const names = style === 'name' ? nameSources(tools, namespace, lower, reduce) : undefined
    const spec = { family: 'email', namespace, identity: lower }
    return textMasker('email', (text, context) => {
      // Nothing of the input is needed but what is kept, so text that is no address gets one too.
      const at = isShaped(text) ? text.lastIndexOf('@') : -1
      const domain = text.slice(at + 1)
      const draws = context.draws(spec)
      let local = names === undefined ? '' : localPart(names.first(context), names.last(context))
      // Names without one Latin letter leave nothing: the token is the fallback.
      if (local === '') local = base32(draws.seed, 12)
      if (unique) local += `.${base32(draws.seed, 6)}`
      if (keepTag) {
        const plus = text.indexOf('+')
        if (plus > 0 && plus < at) local += text.slice(plus, at)
      }
      const stays = kept === undefined ? keepDomain === true : kept.has(domain.toLowerCase())
      if (stays && at > 0 && domain !== '') return `${local}@${domain}`
      return `${local}@${typeof domains === 'string' ? domains : domains[draws.uniform(domains.length)]}`
    })
  },
  examples: [
    { options: { style: 'token' }, in: '"sarah.mitchell@shop.example"', out: '"eiko665jy4ev@example.org"' },
    { options: { style: 'token', keep_domain: true, keep_tag: true }, in: '"sarah+news@shop.example"', out: '"sfcdynpudzrd+news@shop.example"' },
    { options: { style: 'token', domain: 'mail.example', unique: true }, in: '"sarah@shop.example"', out: '"4kdyj2qspknu.4kdyj2@mail.example"' },
    { in: 'null', out: 'null' },
    { in: '7', error: 'non_string_value' },
  ],
}

function lower(text: string): string {
  return text.toLowerCase()
}

/** `first.last`; names without one Latin letter leave nothing. */
function localPart(first: string, last: string): string {
  return first === '' || last === '' ? first + last : `${first}.${last}`
}

/** A name in lower case, reduced to a-z and 0-9. */
function reduce(word: string): string {
  let out = ''
  for (const one of word.toLowerCase().normalize('NFKD')) if ((one >= 'a' && one <= 'z') || (one >= '0' && one <= '9')) out += one
  return out
}

/** One address and nothing around it: no white space, no brackets. */
function isShaped(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code <= 0x20 || code === 0x3c || code === 0x3e || code === 0x2c || code === 0x3b || code === 0x7f) return false
  }
  return true
}
