// Findings of the OTLP rewriter: what they tell is what has changed between the request that came and the one that goes on, and nothing of its content.
import { spawnSync } from 'node:child_process'
import { closeSync, constants, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createMasker } from '../../src/index.ts'
import type { FindingEvent } from '../../src/index.ts'
import { ATTRIBUTES, DETECTED, MESSAGE, requests, TEXT, TRACE_STATE, VALUE } from '../../transports/otlp/otlp-fields.ts'
import type { Message } from '../../transports/otlp/otlp-fields.ts'
import { createRewriter } from '../../transports/otlp/rewriter.ts'
import { OtlpError } from '../../transports/otlp/types.ts'
import type { Signal } from '../../transports/otlp/types.ts'
import { createOtlpProxy } from '../../transports/otlp/index.ts'
import { testFolder } from '../support/folder.ts'
import { CANARY, httpUpstream, logsJson, post, quiet } from './support/proxy.ts'
import { encode, json, Random, request } from './support/random.ts'
import type { Obj } from './support/random.ts'
import { requestType } from './support/schema.ts'

const runSecret = 'a run secret for the OTLP tests'
const runs = Number(process.env['MASK_LOGS_FUZZ_FINDINGS'] ?? 150)
const SIGNALS = ['traces', 'metrics', 'logs'] as const

/** What every mask of these rulesets writes once for each place. */
const MARK = '\u00a4'
const MASKED = new RegExp(`${MARK}|\\[REDACTED\\]`)
const fixed = [{ type: 'from_fixed', value: MARK }]

/** Rulesets with the keys that they spell out. */
const rulesets: Record<string, { readonly ruleset: object; readonly names: readonly string[]; readonly whole?: boolean }> = {
  'keys, paths and detectors': {
    names: ['password', 'authorization', 'user.id', 'phone', 'secret_note', 'content', 'attributes', 'events', 'http.url', 'app.user', 'body', 'items', 'resource', 'tenant'],
    ruleset: {
      version: '1.0',
      rules: [
        { keys: ['password', 'authorization', 'user.id', 'phone'], masks: fixed },
        { keys: ['secret_note', 'content'], masks: [{ type: 'remove' }] },
        { paths: ['attributes["http.url"]', 'events[*].attributes["http.url"]', 'attributes["app.user"]', 'body.items', 'resource.attributes.tenant'], masks: fixed },
        { detect: ['pii', 'pci', 'secrets'], masks: fixed },
      ],
    },
  },
  'containers, conditions and documents': {
    names: ['attributes', 'card', 'scope', 'name', 'x', 'app.user', 'items', 'db.statement', 'password'],
    ruleset: {
      version: '1.0',
      rules: [
        { paths: ['attributes.card', 'scope.name'], masks: fixed },
        { if: [{ json_path: ['attributes', 'env'], equals: 'test', on_missing: 'apply_else' }], rules: [{ keys: ['x'], masks: fixed }] },
        { keys: ['app.user', 'items'], whole: true, masks: fixed },
        { keys: ['db.statement'], masks: [{ type: 'json', transforms: [{ path: ['password'], on_missing: 'skip', masks: fixed }] }] },
        { detect: ['email', 'credit_card'], masks: fixed },
      ],
    },
  },
  'records taken whole': {
    names: ['attributes', 'card', 'body', 'note', 'password'],
    whole: true,
    ruleset: {
      version: '1.0',
      rules: [
        {
          masks: [
            {
              type: 'json',
              transforms: [
                { path: ['attributes', 'card'], on_missing: 'skip', masks: fixed },
                { path: ['attributes', 'password'], on_missing: 'skip', masks: fixed },
                { path: ['body', 'note'], on_missing: 'skip', masks: fixed },
              ],
            },
          ],
        },
        { detect: ['email', 'credit_card'], masks: fixed },
      ],
    },
  },
  'all else redacted': {
    names: ['password'],
    ruleset: {
      version: '1.0',
      policy: { unknown_fields: 'redact', allow: ['attributes["http.url"]', 'name', 'scope', 'resource.attributes.env'] },
      rules: [{ keys: ['password'], masks: fixed }],
    },
  },
}

// ------------------------------------------------------------------------------------------------ differences

const options = { longs: String, bytes: Buffer, arrays: false, defaults: false } as const
const PLAIN = /^[A-Za-z_][\w-]*$/
const list = (value: unknown): Obj[] => (value as Obj[] | undefined) ?? []
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

function step(path: string, key: string): string {
  if (key !== '*' && !PLAIN.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

/** The places where two decoded messages differ, each as often as something was masked there. */
class Differences {
  readonly found: string[] = []
  private readonly names: ReadonlySet<string>
  /** Of records taken whole a text counts once. */
  private readonly once: boolean
  constructor(names: readonly string[], once: boolean) {
    this.names = new Set(names)
    this.once = once
  }

  private text(was: unknown, now: unknown, path: string, once = this.once): void {
    if (same(was, now)) return
    // of bytes what they hold; what a metric says of itself is never taken whole
    const marks = now instanceof Buffer || typeof now === 'string' ? now.toString().split(MASKED).length - 1 : 1
    for (let k = 0; k < Math.max(1, once && !path.startsWith('metadata') ? 1 : marks); k++) this.found.push(path)
  }

  message(message: Message, was: Obj, now: Obj, path: string): void {
    for (const f of message.fields) {
      const [a, b] = [was[f.name], now[f.name]]
      if (a === undefined) continue
      const envelope = /^(resource_|scope_(spans|metrics|logs)$|spans$|metrics$|log_records$|data_points$|gauge|sum$|histogram|exponential_h|summary)/.test(f.name) && path === ''
      const at = envelope ? '' : step(path, f.view)
      if (f.role === TEXT) this.text(a, b, at)
      else if (f.role === TRACE_STATE) this.text(a, b, at)
      else if (f.role === DETECTED) this.text(a, b, f.name, false)
      else if (f.role === VALUE) this.any(a as Obj, b as Obj | undefined, at)
      else if (f.role === ATTRIBUTES) this.entries(list(a), list(b), at)
      else if (f.role === MESSAGE) {
        if (!f.repeated) this.message(f.message!, a as Obj, (b as Obj | undefined) ?? {}, at)
        else list(a).forEach((item, i) => this.message(f.message!, item, list(b)[i] ?? {}, envelope ? at : `${at}[*]`))
      }
    }
  }

  private entries(was: readonly Obj[], now: readonly Obj[], path: string): void {
    let k = 0
    was.forEach((entry, i) => {
      const key = (entry['key'] as string | undefined) ?? ''
      const at = step(path, this.names.has(key) ? key : '*')
      const own = now[k]
      const name = own === undefined ? undefined : ((own['key'] as string | undefined) ?? '')
      const left = was.length - i === now.length - k || (key.startsWith('mail of ') && name?.includes(MARK) === true)
      if (own === undefined || (name !== key && !left)) {
        this.found.push(at)
        return
      }
      k++
      if (name !== key) this.found.push(at)
      this.any((entry['value'] as Obj | undefined) ?? {}, (own['value'] as Obj | undefined) ?? {}, at)
    })
  }

  private any(was: Obj, now: Obj | undefined, path: string): void {
    if (same(was, now)) return
    if (now === undefined) {
      this.found.push(path)
      return
    }
    const [kind] = Object.keys(was)
    if (kind === undefined || !(kind in now)) this.text(undefined, Object.values(now)[0] ?? 'nothing', path)
    else if (kind === 'kvlist_value') this.entries(list((was[kind] as Obj)['values']), list((now[kind] as Obj)['values']), path)
    else if (kind === 'array_value') {
      const [items, made] = [list((was[kind] as Obj)['values']), list((now[kind] as Obj)['values'])]
      expect(made.length).toBe(items.length)
      items.forEach((item, i) => this.any(item, made[i], `${path}[*]`))
    } else this.text(was[kind], now[kind], path)
  }
}

function without(value: unknown, name: string): void {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return
  delete (value as Obj)[name]
  for (const inner of Object.values(value)) without(inner, name)
}

/** Undefined: the request is refused. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof OtlpError) return undefined
    throw error
  }
}

const decoded = (signal: Signal, body: Buffer): Obj => requestType(signal).toObject(requestType(signal).decode(body), options) as Obj

describe.each(Object.entries(rulesets))('%s', (_, { ruleset, names, whole = false }) => {
  const told: { finding: FindingEvent; source: string }[] = []
  const observing = createRewriter(createMasker(ruleset, { runSecret }), { onFinding: (finding, source) => void told.push({ finding, source }) })
  const plain = createRewriter(createMasker(ruleset, { runSecret }))

  it.each(SIGNALS)('%s: as many findings as differences, where they are, and the bytes of the request as without', (signal) => {
    let findings = 0
    for (let seed = 1; seed <= runs; seed++) {
      const r = new Random(seed)
      const object = request(r, signal)
      // what names keys elsewhere is looked at below
      without(object, 'entity_refs')
      const layout = { shuffled: r.chance(0.3), unknown: r.chance(0.3) ? 0.1 : 0, overlong: r.chance(0.3) ? 0.1 : 0 }
      const body = encode(r, requests[signal], object, layout)
      told.length = 0
      const rewritten = attempt(() => observing.rewrite(signal, 'protobuf', body))
      if (rewritten === undefined) {
        expect(told).toEqual([])
        continue
      }
      const { body: out, counts } = rewritten
      expect(out.equals(plain.rewrite(signal, 'protobuf', body).body), `seed ${seed}`).toBe(true)
      const differences = new Differences(names, whole)
      differences.message(requests[signal], decoded(signal, body), decoded(signal, out), '')
      const paths = told.map(({ finding }) => finding.path)
      expect(paths.sort(), `seed ${seed}`).toEqual(differences.found.sort())
      if (!whole) expect(counts.masked, `seed ${seed}`).toBe(paths.length)
      expect(told.every(({ source }) => source === `otlp/${signal}`)).toBe(true)
      findings += paths.length

      const text = Buffer.from(json(r, requests[signal], object, r.chance(0.5)))
      told.length = 0
      const done = attempt(() => observing.rewrite(signal, 'json', text))!
      expect(done.body.equals(plain.rewrite(signal, 'json', text).body), `seed ${seed}`).toBe(true)
      expect(told.map(({ finding }) => finding.path).sort(), `seed ${seed}: JSON`).toEqual(differences.found)
    }
    expect(findings).toBeGreaterThan(runs)
  })
})

it('a resource without items, which a rule removes as a whole, does not pass', () => {
  const body = Buffer.from(
    requestType('logs')
      .encode(requestType('logs').fromObject({ resource_logs: [{ resource: { attributes: [{ key: 'k', value: { string_value: CANARY } }] } }] }))
      .finish(),
  )
  const rewriter = createRewriter(createMasker({ version: '1.0', rules: [{ masks: [{ type: 'remove' }] }] }, { runSecret }))
  expect(decoded('logs', rewriter.rewrite('logs', 'protobuf', body).body)).toEqual({ resource_logs: [{ resource: {} }] })
})

describe('single requests', () => {
  const told: FindingEvent[] = []
  const logs = (record: string, resource = '{}'): Buffer => Buffer.from(`{"resourceLogs":[{"resource":${resource},"scopeLogs":[{"scope":{"name":"s"},"logRecords":[${record}]}]}]}`)
  const observe = (ruleset: object) => createRewriter(createMasker(ruleset, { runSecret }), { onFinding: (finding) => void told.push(finding) })

  it('say by which rule and detector, how long, under which ruleset', () => {
    told.length = 0
    const rewriter = observe({
      version: '1.0',
      name: 'shop',
      rules: [
        { name: 'url', paths: ['attributes["http.url"]'], masks: fixed },
        { name: 'mails', detect: ['email'], masks: fixed },
      ],
    })
    const attribute = (key: string, value: string): string => `{"key":"${key}","value":{"stringValue":"${value}"}}`
    rewriter.rewrite(
      'logs',
      'json',
      logs(`{"attributes":[${attribute('http.url', 'https://a')},${attribute('who', 'x bob@shop.example')}],"body":{"stringValue":"ann@shop.example"}}`),
    )
    const common = { ruleset: 'shop', serial: 0, where: 'value', time: expect.stringMatching(/Z$/) as string }
    expect(told).toEqual([
      { ...common, path: 'attributes["http.url"]', rule: 'url', length: 9 },
      { ...common, path: 'attributes.*', rule: 'mails', detector: 'email', length: 16 },
      { ...common, path: 'body', rule: 'mails', detector: 'email', length: 16 },
    ])
  })

  it('that are dropped or refused are not told', () => {
    for (const policy of ['drop', 'fail'] as const) {
      told.length = 0
      const rewriter = observe({
        version: '1.0',
        policy: { on_mask_error: policy, max_depth: 5 },
        rules: [{ keys: ['password'], masks: fixed }],
      })
      const deep = `${'{"arrayValue":{"values":['.repeat(9)}{"boolValue":true}${']}}'.repeat(9)}`
      const record = `{"attributes":[{"key":"password","value":{"stringValue":"x"}},{"key":"deep","value":${deep}}]}`
      attempt(() => rewriter.rewrite('logs', 'json', logs(record, '{"attributes":[{"key":"password","value":{"stringValue":"x"}}]}')))
      expect(told).toEqual([])
    }
  })

  it('count what onFinding throws, and go on', () => {
    const masker = createMasker({ version: '1.0', rules: [{ keys: ['password'], masks: fixed }] }, { runSecret })
    const rewriter = createRewriter(masker, {
      onFinding: () => {
        throw new Error('no')
      },
    })
    const { body } = rewriter.rewrite('logs', 'json', logs('{"attributes":[{"key":"password","value":{"stringValue":"hunter2"}}]}'))
    expect(body.toString()).not.toContain('hunter2')
    expect(masker.stats().errors).toEqual({ finding_failed: 1 })
  })
})

describe('the proxy', () => {
  const folder = testFolder()

  it.each(['file', ...(existsSync('/dev/full') ? ['/dev/full'] : [])])('tells to a %s, and nothing of any value', async (kind) => {
    const path = kind === 'file' ? join(folder.next(), 'f.ndjson') : kind
    const upstream = await httpUpstream()
    const options = quiet({ listenHttp: '127.0.0.1:0', forwardHttp: upstream.url, findings: path })
    const proxy = await createOtlpProxy(options)
    const { port } = proxy.addresses.http!
    for (let k = 0; k < 3; k++) expect((await post(`http://127.0.0.1:${port}/v1/logs`, logsJson(CANARY), { 'content-type': 'application/json' })).status).toBe(200)
    expect(upstream.received).toHaveLength(3)
    expect(await proxy.drain()).toBe(true)
    const metrics = JSON.stringify(await proxy.metrics())
    expect(metrics).toContain('mask_logs_findings_dropped_total')
    if (kind === 'file') {
      const text = readFileSync(path, 'utf8')
      expect(text).not.toContain(CANARY)
      const events = text.trim().split('\n')
      expect(events.length).toBeGreaterThanOrEqual(3)
      for (const line of events) expect(JSON.parse(line)).toMatchObject({ source: 'otlp/logs', ruleset: expect.any(String) as string, length: expect.any(Number) as number })
    } else expect(options.lines.join()).toContain('findings were lost')
    await upstream.close()
  })

  it.runIf(process.platform !== 'win32')('never waits for the reader of a pipe', { timeout: 30_000 }, async () => {
    const path = join(folder.next(), 'pipe')
    expect(spawnSync('mkfifo', [path]).status).toBe(0)
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const upstream = await httpUpstream()
    const proxy = await createOtlpProxy(quiet({ listenHttp: '127.0.0.1:0', forwardHttp: upstream.url, findings: path }))
    const attribute = `{"key":"app.secret","value":{"stringValue":"${CANARY}"}}`
    const record = `{"attributes":[${attribute}]}`
    const body = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${Array.from({ length: 5000 }, () => record).join(',')}]}]}]}`
    for (let k = 0; k < 3; k++) expect((await post(`http://127.0.0.1:${proxy.addresses.http!.port}/v1/logs`, body, { 'content-type': 'application/json' })).status).toBe(200)
    for (const { body: received } of upstream.received) expect(received.toString()).not.toContain(CANARY)
    const dropped = (await proxy.metrics()).find((metric) => (metric as { name?: string }).name === 'mask_logs_findings_dropped_total') as { values: { value: number }[] }
    expect(dropped.values[0]!.value).toBeGreaterThan(0)
    expect(await proxy.drain()).toBe(true)
    closeSync(reader)
    await upstream.close()
  })

  it('refuses what cannot be', async () => {
    const forward = 'http://127.0.0.1:9'
    await expect(createOtlpProxy(quiet({ forward, findings: 1 }))).rejects.toThrow(/descriptor from 2 on/)
    await expect(createOtlpProxy(quiet({ forward, findingsWait: true }))).rejects.toThrow(/goes with findings/)
    await expect(createOtlpProxy(quiet({ forward, findings: join(folder.next(), 'no/such') }))).rejects.toThrow(/ENOENT/)
  })
})
