// The rewriter against decode, mask, encode, on random requests of every signal, in protobuf and in JSON.
//
// MASK_LOGS_FUZZ_OTLP sets how many (for each signal and ruleset, in protobuf; the default, 2300, makes 20,700), MASK_LOGS_FUZZ_SEED the seed.
import { describe, expect, it } from 'vitest'
import { createMasker } from '../../src/index.ts'
import { requests } from '../../transports/otlp/otlp-fields.ts'
import { createRewriter } from '../../transports/otlp/rewriter.ts'
import type { Signal } from '../../transports/otlp/types.ts'
import { Oracle } from './support/oracle.ts'
import { encode, json, Random, request } from './support/random.ts'
import type { Obj } from './support/random.ts'
import { requestType } from './support/schema.ts'

const runs = Number(process.env['MASK_LOGS_FUZZ_OTLP'] ?? 2300)
const first = Number(process.env['MASK_LOGS_FUZZ_SEED'] ?? 1)
const runSecret = 'a run secret for the OTLP tests'

// masks are spelled out: what is redacted by default is pseudonymised in data points
const rulesets: Record<string, object> = {
  'keys, paths and detectors': {
    version: '1.0',
    rules: [
      { keys: ['password', 'authorization'], masks: [{ type: 'redact' }] },
      { keys: ['user.id', 'phone'], masks: [{ type: 'pseudonym', prefix: 'u_' }] },
      { keys: ['secret_note', 'content'], masks: [{ type: 'remove' }] },
      { paths: ['attributes["http.url"]', 'events[*].attributes["http.url"]'], masks: [{ type: 'url' }] },
      { paths: ['attributes["app.user"]', 'body.items', 'resource.attributes.tenant'], masks: [{ type: 'partial' }] },
      { detect: ['pii', 'pci', 'secrets'], masks: [{ type: 'pseudonym', prefix: 'p_' }] },
    ],
  },
  'conditions, hash sources and documents': {
    version: '1.0',
    rules: [
      { paths: ['attributes.card', 'scope.name'], hash_sources: [{ json_path: ['attributes', 'tenant'], on_missing: 'self' }], masks: [{ type: 'imitate' }] },
      { keys: ['x'], hash_sources: [{ relative_path: ['y'], on_missing: 'null' }], masks: [{ type: 'pseudonym' }] },
      {
        if: [{ json_path: ['attributes', 'env'], equals: 'test', on_missing: 'apply_else' }],
        rules: [{ keys: ['note', 'user.email'], masks: [{ type: 'do_nothing' }] }],
        else_rules: [{ keys: ['note', 'user.email'], masks: [{ type: 'from_fixed', value: 'X' }] }],
      },
      { keys: ['app.user', 'items'], whole: true, masks: [{ type: 'from_fixed', value: 7 }] },
      { keys: ['db.statement'], masks: [{ type: 'json', transforms: [{ path: ['password'], on_missing: 'skip', masks: [{ type: 'redact' }] }] }] },
      { keys: ['value'], masks: [{ type: 'replace_regex', regex: 'o+', masks: [{ type: 'from_fixed', value: '0' }] }] },
      { detect: ['email', 'credit_card'], masks: [{ type: 'redact', label: 'it' }] },
    ],
  },
  'no detector, all else redacted': {
    version: '1.0',
    policy: { unknown_fields: 'redact', allow: ['attributes["http.url"]', 'name', 'scope', 'resource.attributes.env'] },
    rules: [{ keys: ['password'], masks: [{ type: 'redact', label: 'pw' }] }],
  },
}

const options = { longs: String, bytes: Buffer, arrays: false, defaults: false } as const

/** A request as an object. */
function decoded(signal: Signal, body: Buffer): Obj {
  const type = requestType(signal)
  return type.toObject(type.decode(body), options) as Obj
}

/** An object as protobufjs writes it: for comparison. */
function written(signal: Signal, value: Obj): Buffer {
  const type = requestType(signal)
  return Buffer.from(type.encode(type.fromObject(value)).finish())
}

describe.each(Object.entries(rulesets))('%s', (name, ruleset) => {
  const masker = createMasker(ruleset, { runSecret })
  const { rules } = ruleset as { rules: object[] }
  const detect = rules.filter((rule) => 'detect' in rule)
  const detectors = { version: '1.0', rules: detect.length > 0 ? detect : rules }
  const oracle = new Oracle(createMasker(ruleset, { runSecret }), createMasker(detectors, { runSecret }), name.startsWith('no detector'))
  const dropping = createRewriter(masker)
  const keeping = createRewriter(masker, { unknownFields: 'keep' })

  it.each(['traces', 'metrics', 'logs'] as const)('%s in protobuf', (signal) => {
    let changed = 0
    for (let seed = first; seed < first + runs; seed++) {
      const r = new Random(seed)
      const layout = { shuffled: r.chance(0.5), unknown: r.chance(0.5) ? 0.1 : 0, overlong: r.chance(0.3) ? 0.1 : 0 }
      const body = encode(r, requests[signal], request(r, signal), layout)
      const before = decoded(signal, body)
      const expected = written(signal, oracle.request(signal, before))
      for (const rewriter of [dropping, keeping]) {
        const copy = Buffer.from(body)
        const { body: out, counts } = rewriter.rewrite(signal, 'protobuf', body)
        expect(body.equals(copy), `seed ${seed}: the input was written to`).toBe(true)
        const after = written(signal, decoded(signal, out))
        if (!after.equals(expected)) expect(decoded(signal, out), `seed ${seed}`).toEqual(decoded(signal, expected))
        expect(after.equals(expected), `seed ${seed}`).toBe(true)
        if (counts.masked === 0 && (rewriter === keeping || counts.unknownFields === 0)) expect(out, `seed ${seed}`).toBe(body)
        if (counts.masked > 0) changed++
      }
    }
    expect(changed).toBeGreaterThan(runs / 4)
  })

  it.each(['traces', 'metrics', 'logs'] as const)('%s in JSON', (signal) => {
    for (let seed = first; seed < first + runs / 2; seed++) {
      const r = new Random(seed)
      const value = request(r, signal)
      const before = decoded(signal, encode(new Random(seed), requests[signal], value, { shuffled: false, unknown: 0, overlong: 0 }))
      const expected = oracle.request(signal, before)
      const body = Buffer.from(json(r, requests[signal], value, r.chance(0.7)))
      const { body: out, counts } = dropping.rewrite(signal, 'json', body)
      if (counts.masked === 0 && counts.unknownFields === 0) expect(out, `seed ${seed}`).toBe(body)
      const after = fromJson(requests[signal], JSON.parse(out.toString().replace(/([:[,]\s*)(-?\d{16,})(?=\s*[,\]}])/g, '$1"$2"')) as Obj)
      const [is, should] = [written(signal, after), written(signal, expected)]
      if (!is.equals(should)) expect(decoded(signal, is), `seed ${seed}`).toEqual(decoded(signal, should))
      expect(is.equals(should), `seed ${seed}`).toBe(true)
    }
  })
})

/** OTLP JSON as the object that protobufjs has. */
function fromJson(message: (typeof requests)['traces'], value: Obj): Obj {
  const out: Obj = {}
  for (const [key, v] of Object.entries(value)) {
    const f = message.byName.get(key)
    if (f === undefined || v === null) continue
    const one = (item: unknown): unknown => {
      if (f.message !== undefined) return fromJson(f.message, item as Obj)
      if (f.size > 0) return Buffer.from(item as string, 'hex')
      if (f.name === 'bytes_value') return Buffer.from(item as string, 'base64')
      if (f.type === 'double') return Number(item)
      if (f.type === 'enum') return typeof item === 'string' ? f.names!.indexOf(item) : item
      if (f.type !== undefined && /64/.test(f.type)) return String(item)
      return item
    }
    out[f.name] = f.repeated ? (v as unknown[]).map(one) : one(v)
  }
  return out
}
