// One ruleset, one run secret, one identity: the same people through every channel get the same substitutes. A further channel is a
// further entry of `channels`.

import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../bench/random.ts'
import { cardNumber, iban, mailbox } from '../bench/values.ts'
import { createMasker } from '../src/index.ts'
import type { FeedOptions, Masker } from '../src/index.ts'

const PEOPLE = 200

const rules = [
  { key: 'email', detector: 'email', mask: { type: 'email', style: 'token', unique: true } },
  { key: 'card', detector: 'credit_card', mask: { type: 'credit_card', retain_prefix_length: 'automatic' } },
  { key: 'iban', detector: 'iban', mask: { type: 'iban' } },
  { key: 'phone', detector: 'phone', mask: { type: 'phone' } },
  { key: 'ip', detector: 'ipv4', mask: { type: 'ip', mode: 'prefix' } },
  { key: 'customer_id', detector: undefined, mask: { type: 'imitate_unique' } },
  { key: 'account', detector: undefined, mask: { type: 'pseudonym' } },
] as const
type Field = (typeof rules)[number]['key']
type Person = Readonly<Record<Field, string>>
const fields = rules.map((rule) => rule.key)

const ruleset = {
  version: '1.0',
  rules: [
    ...rules.map(({ key, mask }) => ({ keys: [key], masks: [mask] })),
    { paths: ['doc'], masks: [{ type: 'xml', transforms: rules.map(({ key, mask }) => ({ path: `//${key}`, node_transforms: [{ type: 'text', masks: [mask] }] })) }] },
    ...rules.flatMap(({ detector, mask }) => (detector === undefined ? [] : [{ detect: [detector], masks: [mask] }])),
  ],
}

const random = createRandom('identity')
const people: readonly Person[] = Array.from({ length: PEOPLE }, (_, i) => ({
  email: `${mailbox(random)}${i}@shop.example`,
  card: cardNumber(random),
  iban: iban(random),
  phone: `+447700900${String(i).padStart(3, '0')}`,
  ip: `203.0.${i % 50}.${1 + i}`,
  customer_id: `C-${String(10_000 + i * 37)}`,
  account: `${i % 2 === 0 ? 'konto' : 'conto'} ${i}`,
}))

/** What comes back, field by field. */
interface Channel {
  readonly name: string
  send(masker: Masker, people: readonly Person[]): Person[] | Promise<Person[]>
}

async function through(masker: Masker, lines: readonly string[], options: FeedOptions = {}): Promise<string[]> {
  const stream = masker.stream(options)
  const out: Buffer[] = []
  stream.on('data', (chunk: Buffer) => out.push(chunk))
  const ended = once(stream, 'end')
  // Cut anywhere, as a pipe does.
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  for (let at = 0; at < bytes.length; at += 1009) stream.write(bytes.subarray(at, at + 1009))
  stream.end()
  await ended
  return Buffer.concat(out).toString().trimEnd().split('\n')
}

const parsed = <T>(text: string): T => JSON.parse(text) as T
/** `<` and `>` do not belong to any of the values. */
const told = (person: Person): string =>
  `mail for <${person.email}> paid by <${person.card}> or <${person.iban}>, call <${person.phone}>, came from <${person.ip}>; customer_id=<${person.customer_id}> account="${person.account}"`
const quoted = (person: Person): string => `${fields.map((field) => `${field}="${person[field]}"`).join(' ')} done`

function heard(text: string): Person {
  const values = [...text.matchAll(/<([^<>]*)>|"([^"]*)"/g)].map((match) => match[1] ?? match[2]!)
  return Object.fromEntries(fields.map((field, i) => [field, values[i]!])) as Person
}

const channels: readonly Channel[] = [
  {
    name: 'fields of log lines, through stream()',
    send: async (masker, of) => {
      const lines = of.map((user, i) => JSON.stringify({ level: 30, time: 1_795_305_600_000 + i, user, msg: 'signed in' }))
      return (await through(masker, lines)).map((line) => parsed<{ user: Person }>(line).user)
    },
  },
  {
    name: 'parsed values',
    send: (masker, of) => of.map((person) => masker.value({ req: { body: [{ ...person }] } }).req.body[0]!),
  },
  {
    name: 'an API payload',
    send: (masker, of) => {
      const data = of.map((person, i) => ({
        id: i,
        customer: { customer_id: person.customer_id, contacts: [{ email: person.email, phone: person.phone }] },
        payment: { ...person },
      }))
      const out = parsed<{ data: { customer: { customer_id: string; contacts: Person[] }; payment: Person }[] }>(masker.json(JSON.stringify({ data, next: null }, undefined, 2)))
      return out.data.map(({ customer, payment }) => {
        const [contact] = customer.contacts
        expect([customer.customer_id, contact!.email, contact!.phone]).toEqual([payment.customer_id, payment.email, payment.phone])
        return payment
      })
    },
  },
  {
    name: 'JSON in strings',
    send: (masker, of) => of.map((person) => parsed<Person>(parsed<{ body: string }>(masker.json(JSON.stringify({ body: JSON.stringify(person) }))).body)),
  },
  {
    name: 'free text: messages of log lines',
    send: async (masker, of) => {
      const lines = of.map((person) => JSON.stringify({ level: 30, msg: told(person) }))
      return (await through(masker, lines)).map((line) => heard(parsed<{ msg: string }>(line).msg))
    },
  },
  { name: 'free text: lines', send: async (masker, of) => (await through(masker, of.map(told))).map(heard) },
  { name: 'free text: pairs', send: (masker, of) => of.map((person) => heard(masker.text(quoted(person)))) },
  {
    name: 'XML in a string',
    send: (masker, of) =>
      of.map((person) => {
        const doc = `<customer><who>${fields.map((field) => `<${field}>${person[field]}</${field}>`).join('')}</who></customer>`
        const out = parsed<{ doc: string }>(masker.json(JSON.stringify({ doc }))).doc
        return Object.fromEntries(fields.map((field) => [field, new RegExp(`<${field}>([^<]*)</${field}>`).exec(out)![1]!])) as Person
      }),
  },
  {
    name: 'rows of CSV, through stream()',
    send: async (masker, of) => {
      const rows = [fields, ...of.map((person) => fields.map((field) => person[field]))]
      const out = await through(
        masker,
        rows.map((row) => row.join(',')),
        { format: 'csv' },
      )
      return out.slice(1).map((row) => Object.fromEntries(row.split(',').map((cell, i) => [fields[i]!, cell])) as Person)
    },
  },
  {
    name: 'an array of records in a document',
    send: async (masker, of) => parsed<Person[]>((await through(masker, [JSON.stringify(of, undefined, 2)], { format: 'json-document' })).join('\n')),
  },
  {
    name: 'fields that are spelled differently',
    send: (masker, of) =>
      of.map((person) => {
        const groups = (text: string, separator: string): string => text.replace(/(.{4})(?=.)/g, `$1${separator}`)
        const out = masker.value({ ...person, email: person.email.toUpperCase(), card: groups(person.card, '-'), iban: groups(person.iban, ' '), phone: groups(person.phone, ' ') })
        return { ...out, card: out.card.replaceAll('-', ''), iban: out.iban.replaceAll(' ', ''), phone: out.phone.replaceAll(' ', '') }
      }),
  },
]

const runSecret = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'
const masked = (channel: Channel, secret = runSecret): Person[] | Promise<Person[]> => channel.send(createMasker(ruleset, { runSecret: secret }), people)

describe('one identity', () => {
  const expected = Promise.resolve(masked(channels[0]!))

  it('has one substitute for each of its values, none of them the original or that of another', async () => {
    for (const field of fields) {
      const substitutes = (await expected).map((person) => person[field])
      expect(new Set(substitutes).size, field).toBe(PEOPLE)
      const originals = new Set(people.map((person) => person[field]))
      // Of a permutation some value may stay: the smaller its domain, the more.
      expect(substitutes.filter((one) => originals.has(one)).length, field).toBeLessThan(field === 'customer_id' ? 3 : 1)
    }
  })

  it.each(channels.slice(1))('through $name', async (channel) => {
    expect(await masked(channel)).toEqual(await expected)
  })

  it('is another one under another secret', async () => {
    const others = await masked(channels[0]!, `${runSecret} other`)
    for (const field of fields) expect(others.filter((person, i) => person[field] === people[i]![field]).length, field).toBeLessThan(3)
    expect(others).not.toEqual(await expected)
  })
})
