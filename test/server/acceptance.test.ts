// The acceptance outline of the API, step by step; the numbers are its own. 13 (batch), 17 (kill), 18 and 21 are in other files.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { SETTINGS } from '../../transports/server/config.ts'
import { testFolder } from '../support/folder.ts'
import { command } from '../support/command.ts'
import { CUSTOMER, IMITATE, REDACT, REPLACE, SARAH, SECRET, startServer, tokens } from './support.ts'
import type { Tested } from './support.ts'

const folder = testFolder()
let t: Tested
beforeAll(async () => {
  t = await startServer(folder.next())
})

const maskBody = (data: string, more = ''): string => `{"data": ${data}${more}}`
const dataOf = (text: string): string => /"data":([\s\S]*)\}$/.exec(text)?.[1] ?? ''

describe('1: health and tokens', () => {
  it('answers health without a login, and says what a token may do', async () => {
    expect((await t.as(undefined)('GET', '/api/healthcheck/')).json).toEqual({ status: 'ok' })
    expect((await t.as(undefined)('GET', '/api/readiness')).json).toMatchObject({ status: 'ready' })
    expect((await t.as(undefined)('GET', '/ifm/verify-token/')).status).toBe(401)
    expect((await t.as(`Bearer ${tokens.runner.token}`)('GET', '/ifm/verify-token/')).json).toEqual({ scopes: ['ifm/mask', 'ifm/metrics', 'ifm/rules:list'] })
    const { scopes } = (await t.call('GET', '/ifm/verify-token/')).json
    expect(scopes).toEqual([...scopes].sort())
    expect(scopes).toContain('ifm/seeds:delete')
  })
})

describe('2: create and read back', () => {
  it('gives a suffix, the serial 0, the four options and the same text', async () => {
    const yaml = `# a comment, é and 😀\r\n${REDACT}\n\n`
    const made = await t.call('POST', '/ifm/ruleset-plans/', { name: 'smoke', ruleset_yaml: yaml })
    expect(made.status).toBe(201)
    const { name, serial, options, url, logs, schema, schema_mode, created_time } = made.json
    expect(name).toMatch(/^smoke-[a-z0-9]{6}$/)
    expect(url).toBe(`${t.server.url}/ifm/ruleset-plans/${name}/`)
    expect({ serial, logs, schema, schema_mode }).toEqual({ serial: 0, logs: [], schema: null, schema_mode: 'enforce' })
    expect(options).toEqual({ enabled: true, default_encoding: 'json', default_charset: 'utf-8', default_log_level: 'WARNING' })
    expect(created_time).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
    const read = await t.call('GET', `/ifm/ruleset-plans/${name}`)
    expect(read.json.ruleset_yaml).toBe(yaml)
    expect(read.headers.get('etag')).toBe('"0"')
    expect(read.json).not.toHaveProperty('logs')
    expect(readFileSync(join(t.folder, 'data/plans', `${name}.yaml`), 'utf8')).toBe(yaml)
  })

  it('takes exact names once, and refuses names that are none', async () => {
    const body = { name: 'exact', exact_name: true, ruleset_yaml: REDACT }
    expect((await t.call('POST', '/ifm/ruleset-plans/', body)).json.name).toBe('exact')
    const again = await t.call('POST', '/ifm/ruleset-plans/', body)
    expect({ status: again.status, body: again.json }).toEqual({ status: 409, body: { error: "A ruleset plan named 'exact' already exists." } })
    for (const name of ['', '-a', 'a/b', '../x', 'a'.repeat(65), 'a b', 'é', 'a.yaml']) {
      expect((await t.call('POST', '/ifm/ruleset-plans/', { name, ruleset_yaml: REDACT })).status, name).toBe(422)
    }
    expect((await t.call('POST', '/ifm/ruleset-plans/', { ruleset_yaml: REDACT })).json).toEqual({ detail: [{ loc: ['body', 'name'], msg: 'field required', type: 'missing' }] })
  })

  it('uses the public URL where there is one', async () => {
    const other = await startServer(folder.next(), { public_url: 'https://mask.example/' })
    expect((await other.call('POST', '/ifm/ruleset-plans/', { name: 'x', exact_name: true, ruleset_yaml: REDACT })).json.url).toBe('https://mask.example/ifm/ruleset-plans/x/')
    await other.server.close()
  })
})

describe('3: pages', () => {
  it('lists all of them, each once, in a stable order', async () => {
    const other = await startServer(folder.next())
    await Promise.all(Array.from({ length: 101 }, (_, i) => other.plan(`plan-${i}`, REDACT)))
    const seen: string[] = []
    for (let offset = 0; ; ) {
      const { items, total, limit } = (await other.call('GET', `/ifm/ruleset-plans/?limit=25&offset=${offset}`)).json
      expect({ total, limit }).toEqual({ total: 101, limit: 25 })
      seen.push(...items.map((plan: { name: string }) => plan.name))
      for (const plan of items) expect(Object.keys(plan).sort()).toEqual(['created_time', 'modified_time', 'name', 'options', 'serial', 'url'])
      offset += items.length
      if (items.length === 0 || offset >= total) break
    }
    expect(seen).toEqual([...new Set(seen)].sort())
    expect(seen).toHaveLength(101)
    expect((await other.call('GET', '/ifm/ruleset-plans/?offset=500')).json.items).toEqual([])
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'offset=-1', 'limit=1.5']) expect((await other.call('GET', `/ifm/ruleset-plans/?${query}`)).status, query).toBe(422)
    const found = (await other.call('GET', '/ifm/ruleset-plans/?search=PLAN-10')).json
    expect(found.items.every((plan: { name: string }) => plan.name.startsWith('plan-10'))).toBe(true)
    // by text only for those who may read it
    expect((await other.call('GET', '/ifm/ruleset-plans/?search=redact')).json.total).toBe(101)
    expect((await other.as(`Bearer ${tokens.runner.token}`)('GET', '/ifm/ruleset-plans/?search=redact')).json.total).toBe(0)
    await other.server.close()
  })
})

describe('4: secrets', () => {
  it('repeats results under one run secret where a rule hashes something, and only there', async () => {
    const hashed = await t.plan('hashed', IMITATE)
    const random = await t.plan('random', 'version: "1.0"\nrules:\n- {keys: [id], hash_sources: [], masks: [{type: imitate}]}\n')
    const of = async (plan: string, secret?: string): Promise<string> =>
      (await t.mask(plan, { data: [{ id: 'abcdefghij0123456789' }], ...(secret === undefined ? {} : { run_secret: secret }) })).json.data[0].id
    const first = await of(hashed, SECRET)
    expect(await of(hashed, SECRET)).toBe(first)
    expect(await of(hashed, 'another secret of 20 characters')).not.toBe(first)
    expect(await of(hashed)).not.toBe(await of(hashed))
    expect(await of(random, SECRET)).not.toBe(await of(random, SECRET))
    // the same again, after others
    expect(await of(hashed, SECRET)).toBe(first)
  })

  it('mixes the instance secret in unless it is disabled', async () => {
    const of = async (server: Tested, plan: string, disabled: boolean): Promise<string> =>
      (await server.mask(plan, { data: [{ id: 'abcdefghij0123456789' }], run_secret: SECRET, disable_instance_secret: disabled })).json.data[0].id
    const other = await startServer(folder.next(), {}, { MASK_LOGS_INSTANCE_SECRET: 'the instance secret of this place' })
    const [here, there] = [await t.plan('instance', IMITATE), await other.plan('instance', IMITATE)]
    const plain = await of(t, here, false)
    expect(await of(other, there, false)).not.toBe(plain)
    expect(await of(other, there, true)).toBe(plain)
    // allowed without a run secret
    expect((await other.mask(there, { data: [{ id: 'a' }], disable_instance_secret: true })).status).toBe(200)
    await other.server.close()
  })

  it('takes a run secret of its own only where that is set', async () => {
    const env = { MASK_LOGS_RUN_SECRET: SECRET }
    const [without, set] = [await startServer(folder.next(), {}, env), await startServer(folder.next(), { default_run_secret: 'environment' }, env)]
    const of = async (server: Tested): Promise<string> => {
      const plan = await server.plan('p', IMITATE)
      const results = [await server.mask(plan, { data: [{ id: 'abcdefghij' }] }), await server.mask(plan, { data: [{ id: 'abcdefghij' }] })].map(({ json }) => json.data[0].id)
      return results[0] === results[1] ? 'same' : 'different'
    }
    expect([await of(without), await of(set)]).toEqual(['different', 'same'])
    await without.server.close()
    await set.server.close()
  })
})

describe('5: length of run secrets', () => {
  it('counts characters: 20 to 256', async () => {
    const plan = await t.plan('lengths', IMITATE)
    const of = async (secret: string): Promise<[number, string]> => {
      const { status, json } = await t.mask(plan, { data: [], run_secret: secret })
      return [status, json.error]
    }
    expect(await of('x'.repeat(19))).toEqual([400, 'Invalid masking parameters: Run secret length must be at least 20 characters.'])
    expect((await of('x'.repeat(20)))[0]).toBe(200)
    expect((await of('😀'.repeat(20)))[0]).toBe(200)
    expect((await of('x'.repeat(256)))[0]).toBe(200)
    expect(await of('x'.repeat(257))).toEqual([400, 'Invalid masking parameters: Run secret length must be at most 256 characters.'])
  })
})

describe('6: soft failures', () => {
  it('answers 400 with the plan, without data, and quotes nothing', async () => {
    const plan = await t.plan('digits', REPLACE)
    const answer = await t.mask(plan, { data: [[42]], log_level: 'CRITICAL' })
    expect(answer.status).toBe(400)
    const { request_id, ruleset_plan, logs, ...rest } = answer.json
    expect(rest).toEqual({ encoding: 'json', charset: 'utf-8' })
    expect(typeof request_id).toBe('string')
    expect(ruleset_plan).toEqual({ name: plan, serial: 0 })
    expect(logs).toEqual([
      { log_level: 'ERROR', timestamp: expect.any(String), message: 'replace_regex received a non-string value', code: 'non_string_value', rule: 'rules[0]', path: 'data[0]' },
    ])
    expect(JSON.stringify({ ...answer.json, request_id: '', logs: [{ ...logs[0], timestamp: '' }], ruleset_plan: '' })).not.toContain('42')
  })

  it('lists up to 20 failures, of all records', async () => {
    const plan = await t.plan('many', 'version: "1.0"\nrules:\n- {paths: [a], masks: [{type: replace_regex, regex: x, masks: [{type: redact}]}]}\n')
    const logs = async (n: number): Promise<unknown[]> => (await t.mask(plan, { data: Array.from({ length: n }, (_, a) => ({ a })) })).json.logs
    expect(((await logs(3)) as { path: string }[]).map(({ path }) => path)).toEqual(['data[0].a', 'data[1].a', 'data[2].a'])
    expect(await logs(50)).toHaveLength(20)
  })

  it('hides failures under redact and drop, and says so', async () => {
    const rules = (policy: string): string =>
      `version: "1.0"\npolicy: {on_mask_error: ${policy}}\nrules:\n- {paths: [a], masks: [{type: replace_regex, regex: x, masks: [{type: redact}]}]}\n`
    const data = '[{"a":1,"b":2.50},{"a":"x"}]'
    const redacted = await t.mask(await t.plan('redacts', rules('redact')), maskBody(data))
    expect(redacted.status).toBe(200)
    expect(dataOf(redacted.text)).toBe('[{"a":"[MASKING FAILED]","b":2.50},{"a":"[REDACTED]"}]')
    expect(redacted.json.logs).toMatchObject([{ log_level: 'WARNING', code: 'non_string_value', rule: 'rules[0]', path: 'data[0].a' }])
    const dropped = await t.mask(await t.plan('drops', rules('drop')), maskBody(data))
    expect([dropped.status, dataOf(dropped.text)]).toEqual([200, '[null,{"a":"[REDACTED]"}]'])
    expect(dropped.json.logs).toMatchObject([{ log_level: 'WARNING' }])
    expect((await t.mask(await t.plan('quiet', rules('drop')), maskBody(data, ', "log_level": "error"'))).json.logs).toEqual([])
  })

  it('says too_deep of a record that is nested too deep', async () => {
    const plan = await t.plan('deep', REDACT)
    const answer = await t.mask(plan, maskBody(`[${'['.repeat(200)}${']'.repeat(200)}]`))
    expect([answer.status, answer.json.logs[0].code]).toEqual([400, 'too_deep'])
  })
})

describe('7: disabled plans', () => {
  it('refuses to mask, and keeps the serial when nothing changes', async () => {
    const plan = await t.plan('off', REDACT)
    const path = `/ifm/ruleset-plans/${plan}/`
    expect((await t.call('PATCH', path, { options: { enabled: false } })).json).toMatchObject({ serial: 1, options: { enabled: false, default_log_level: 'WARNING' } })
    const answer = await t.mask(plan, { data: [] })
    expect([answer.status, answer.json]).toEqual([400, { error: `Ruleset plan '${plan}' is disabled.` }])
    expect((await t.call('PATCH', path, {})).json.serial).toBe(1)
    expect((await t.call('PATCH', path, { options: null })).status).toBe(422)
    expect((await t.call('PATCH', path, { options: { speed: 1 } })).status).toBe(422)
    // what is absent returns to its default
    expect((await t.call('PUT', path, { ruleset_yaml: REDACT })).json).toMatchObject({ serial: 2, options: { enabled: true } })
  })

  it('honours If-Match', async () => {
    const plan = await t.plan('match', REDACT)
    const path = `/ifm/ruleset-plans/${plan}/`
    expect((await t.call('PATCH', path, { options: { enabled: true } }, { 'if-match': '"7"' })).status).toBe(412)
    expect((await t.call('PATCH', path, { options: { enabled: true } }, { 'if-match': '"0"' })).json.serial).toBe(1)
    expect((await t.call('PUT', path, { ruleset_yaml: REDACT }, { 'if-match': '"0"' })).status).toBe(412)
    expect((await t.call('DELETE', path, undefined, { 'if-match': '"0"' })).status).toBe(412)
    expect((await t.call('DELETE', path, undefined, { 'if-match': '"1"' })).status).toBe(204)
  })

  it('warns of options that have no effect', async () => {
    const made = await t.call('POST', '/ifm/ruleset-plans/', { name: 'odd', ruleset_yaml: REDACT, options: { default_charset: 'utf-16', default_encoding: 'xml' } })
    expect(made.json.logs.map(({ log_level }: { log_level: string }) => log_level)).toEqual(['WARNING', 'WARNING'])
    expect(made.json.options).toEqual({ enabled: true, default_encoding: 'xml', default_charset: 'utf-16', default_log_level: 'WARNING' })
  })
})

describe('8: rulesets that do not load', () => {
  it('says what and where, and stores nothing', async () => {
    const of = async (yaml: string) => {
      const { status, json } = await t.call('POST', '/ifm/ruleset-plans/', { name: 'bad', exact_name: true, ruleset_yaml: yaml })
      return { status, ...json }
    }
    expect(await of('version: "1.0"\nrules:\n- masks:\n  - type: from_invalid\n')).toEqual({
      status: 400,
      error: "Invalid ruleset YAML: unknown mask type 'from_invalid'.",
      issues: [{ code: 'unknown_mask', severity: 'error', message: "unknown mask type 'from_invalid'.", line: 4, column: 11, path: 'rules[0].masks[0].type' }],
    })
    expect(await of('version: "1.0"\ntasks: []\n')).toMatchObject({ status: 400, issues: [{ code: 'database_ruleset', line: 2 }] })
    expect(await of('version: 1.0\nrules: [{keys: [a], masks: [{type: redact}]}]\n')).toMatchObject({ status: 400, issues: [{ code: 'version_not_string', line: 1, column: 10 }] })
    const two = await of('version: "1.0"\nrules:\n- masks: [{type: from_invalid}]\n- masks: [{type: nothing_such}]\n')
    expect(two.error).toBe("Invalid ruleset YAML: unknown mask type 'from_invalid'. (and 1 more)")
    expect(two.issues.map(({ line }: { line: number }) => line)).toEqual([3, 4])
    // no text is taken for a path
    for (const yaml of ['mask-logs:default', '/etc/passwd', '', '[', '{"version":"1.0"']) expect((await of(yaml)).status, yaml).toBe(400)
    expect((await of('version: "1.0"\nextends: ["./other.yaml"]\n')).issues[0].code).toBe('extends_not_found')
    expect((await t.call('GET', '/ifm/ruleset-plans/bad/')).status).toBe(404)
    // one line is a ruleset too
    expect((await t.call('POST', '/ifm/ruleset-plans/', { name: 'line', ruleset_yaml: '{version: "1.0", rules: [{keys: [a], masks: [{type: redact}]}]}' })).status).toBe(201)
  })

  it('validates without storing', async () => {
    expect((await t.call('POST', '/ifm/validate/', { ruleset_yaml: REDACT })).json).toEqual({ valid: true, issues: [] })
    expect((await t.call('POST', '/ifm/validate/', { ruleset_yaml: 'version: "1.0"\nruels: []\n' })).json).toMatchObject({
      valid: false,
      issues: [
        { code: 'missing_key', line: 1 },
        { code: 'unknown_key', known: 'rules', line: 2, column: 1 },
      ],
    })
  })

  it('keeps the old version when a new one does not load', async () => {
    const plan = await t.plan('kept', REDACT)
    for (const method of ['PUT', 'PATCH']) expect((await t.call(method, `/ifm/ruleset-plans/${plan}/`, { ruleset_yaml: 'nothing' })).status).toBe(400)
    expect((await t.mask(plan, { data: [{ secret: 1 }] })).json).toMatchObject({ ruleset_plan: { serial: 0 }, data: [{ secret: '[REDACTED]' }] })
  })
})

describe('9: delete', () => {
  it('is gone afterwards, with its files', async () => {
    const plan = await t.plan('leaves', REDACT)
    const gone = await t.call('DELETE', `/ifm/ruleset-plans/${plan}/`)
    expect([gone.status, gone.text]).toEqual([204, ''])
    const after = await t.call('GET', `/ifm/ruleset-plans/${plan}/`)
    expect([after.status, after.json]).toEqual([404, { error: `Ruleset plan '${plan}' not found.` }])
    expect((await t.mask(plan, { data: [] })).status).toBe(404)
    expect((await t.traces()).includes(`${plan}.yaml`)).toBe(false)
  })
})

describe('12: what no rule touches', () => {
  it('comes back byte for byte', async () => {
    const plan = await t.plan('bytes', REDACT)
    const data = '[ {"balance": 4823.50,"big":12345678901234567890, "e":1e3,\r\n "a":1,"a":2,\t"t":"\\u00e9\\/", "secret" : "x"  , "n":-0.0}\n, 1E+2 ,"\\u0041", [ ] ]'
    const { text } = await t.mask(plan, maskBody(data))
    expect(dataOf(text)).toBe(data.replace('"x"', '"[REDACTED]"'))
  })
})

describe('13: the customer record', () => {
  it('is the same twice, and in a batch', async () => {
    const plan = await t.plan('customer-record', CUSTOMER)
    const body = maskBody(`[${SARAH}]`, `, "run_secret": "${SECRET}", "request_id": "f47ac10b-58cc-4372-a567-0e02b2c3d479"`)
    const one = await t.mask(plan, body)
    expect(one.headers.get('x-request-id')).toBe('f47ac10b-58cc-4372-a567-0e02b2c3d479')
    expect(Object.keys(one.json)).toEqual(['request_id', 'ruleset_plan', 'encoding', 'charset', 'logs', 'data'])
    expect(one.json.data[0]).toMatchObject({ customer_id: '10109', date_of_birth: '1963-09-08', account_balance: 3067.13, account_status: 'active' })
    expect((await t.mask(plan, body)).text).toBe(one.text)
    const at = folder.next()
    writeFileSync(join(at, 'rules.yaml'), CUSTOMER)
    writeFileSync(join(at, 'c.csv'), 'customer_id,first_name,last_name,email,date_of_birth,account_balance\n12345,Sarah,Mitchell,sarah.mitchell@example.com,1984-07-22,4823.50\n')
    const { out } = await command(['-q', '-r', 'rules.yaml', 'c.csv'], at, { MASK_LOGS_RUN_SECRET: SECRET })
    const { customer_id, first_name, last_name, email, date_of_birth } = one.json.data[0]
    expect(out.split('\n')[1]).toBe([customer_id, first_name, last_name, email, date_of_birth, '3067.13'].join(','))
  })
})

describe('14: hash_values', () => {
  const own = 'version: "1.0"\nrules:\n- masks: [{type: json, transforms: [{path: [n], masks: [{type: imitate}]}]}]\n'
  const sourced = own.replace('- masks', '- hash_sources: [{json_path: [customer_id]}]\n  masks')

  it('counts as hash sources of rules that have none', async () => {
    const [a, b] = [await t.plan('given', own), await t.plan('sourced', sourced)]
    const n = async (plan: string, id: unknown, more: object): Promise<string> =>
      (await t.mask(plan, { data: [{ customer_id: id, n: 'abcdef123456' }], run_secret: SECRET, ...more })).json.data[0].n
    const expected = await n(b, '12345', {})
    expect(await n(a, '12345', { hash_values: ['12345'] })).toBe(expected)
    expect(await n(a, 'x', { hash_values: '12345' })).toBe(expected)
    expect(await n(a, 'x', { hash_values: 12345 })).toBe(expected)
    expect(await n(a, 'x', { hash_values: [['12345']] })).toBe(expected)
    expect(await n(a, 'x', { hash_values: [['12345', 'NZ']] })).not.toBe(expected)
    expect(await n(a, 'x', { hash_values: [null] })).not.toBe(await n(a, 'x', { hash_values: [null] }))
    // the rule's own sources replace them
    expect(await n(b, '12345', { hash_values: ['other'] })).toBe(expected)
    // integers by their spelling
    const big = (text: string): Promise<string> => t.mask(a, `{"run_secret":"${SECRET}","hash_values":[${text}],"data":[{"n":"abcdef123456"}]}`).then(({ json }) => json.data[0].n)
    expect(await big('12345678901234567890')).toBe(await big('"12345678901234567890"'))
    expect(await big('12345678901234567890')).not.toBe(await big('12345678901234567891'))
  })

  it('refuses what cannot be meant', async () => {
    const plan = await t.plan('refuses', own)
    const of = async (hash_values: unknown): Promise<number> => (await t.mask(plan, { data: [{ n: 'a' }], hash_values })).status
    expect(await of(['a', 'b'])).toBe(400)
    expect(await of([])).toBe(400)
    expect(await of({ a: 1 })).toBe(422)
    expect(await of([{ a: 1 }])).toBe(422)
    expect(await of([[{ a: 1 }]])).toBe(422)
    expect(await of([['a', null]])).toBe(200)
  })

  it('says when no rule can use them', async () => {
    const answer = await t.mask(await t.plan('unused', REDACT), { data: [{}], hash_values: ['a'] })
    expect(answer.json.logs).toMatchObject([{ log_level: 'WARNING', code: 'unused_hash_values' }])
  })
})

describe('15: schemas', () => {
  const schema = {
    type: 'object',
    required: ['id'],
    properties: {
      id: { type: 'integer' },
      email: { type: 'string', pattern: '@example\\.com$' },
      tags: { type: 'array', uniqueItems: true, items: { minLength: 2 } },
      born: { format: 'date' },
    },
    additionalProperties: false,
  }

  it('refuses records that break it, without their values', async () => {
    const plan = await t.plan('schema', REDACT, { schema })
    const of = async (record: unknown) => (await t.mask(plan, { data: [record] })).json
    expect(await of({ id: 1, email: 'a@example.com', tags: ['aa', 'bb'], born: '2000-01-31' })).toHaveProperty('data')
    const canary = 'CANARY-4711'
    const broken = await t.mask(plan, { data: [{ id: canary, email: canary, tags: [canary, canary, 'x'], born: canary, [canary]: 1 }, {}] })
    expect(broken.status).toBe(422)
    expect(broken.text).not.toContain(canary)
    expect(broken.json.detail).toEqual(
      expect.arrayContaining([
        { loc: ['body', 'data', 0, 'email'], msg: 'does not match the required pattern', type: 'schema.pattern' },
        { loc: ['body', 'data', 0, '*'], msg: 'is not allowed here', type: 'schema.additionalProperties' },
        { loc: ['body', 'data', 0, 'id'], msg: 'has another type', type: 'schema.type' },
        { loc: ['body', 'data', 0, 'tags', 2], msg: 'is too short', type: 'schema.minLength' },
        { loc: ['body', 'data', 1, 'id'], msg: 'field required', type: 'schema.required' },
      ]),
    )
    expect(await t.traces()).not.toContain(canary)
    // removed again
    expect((await t.call('PATCH', `/ifm/ruleset-plans/${plan}/`, { schema: null })).json.schema).toBe(null)
    expect((await t.mask(plan, { data: [{}] })).status).toBe(200)
  })

  it('reports instead, and masks', async () => {
    const plan = await t.plan('reports', REDACT, { schema, schema_mode: 'report' })
    const answer = await t.mask(plan, { data: [{ id: 'x', secret: 1 }] })
    expect(answer.json).toMatchObject({
      data: [{ id: 'x', secret: '[REDACTED]' }],
      logs: [
        { log_level: 'WARNING', code: 'schema.additionalProperties' },
        { code: 'schema.type', path: 'data[0].id' },
      ],
    })
  })

  it('lists at most 100 remarks', async () => {
    const plan = await t.plan('hundred', REDACT, { schema: { type: 'object' } })
    expect((await t.mask(plan, { data: Array.from({ length: 300 }, () => 1) })).json.detail).toHaveLength(100)
  })

  it('takes only schemas that it understands', async () => {
    const of = async (bad: unknown): Promise<number> => (await t.call('POST', '/ifm/ruleset-plans/', { name: 's', ruleset_yaml: REDACT, schema: bad })).status
    for (const bad of [
      { $ref: 'https://example.com/schema' },
      { $dynamicRef: '#x' },
      { $id: 'x' },
      { contentEncoding: 'base64' },
      { format: 'regex' },
      { type: 'strange' },
      { pattern: '(' },
      { pattern: '(?=a)' },
      { properties: { a: 1 } },
      { $ref: '#/$defs/none' },
      { enum: ['x'.repeat(300_000)] },
    ])
      expect(await of(bad), JSON.stringify(bad).slice(0, 80)).toBe(400)
    expect(await of('text')).toBe(422)
    const deep = `{"name":"s","ruleset_yaml":${JSON.stringify(REDACT)},"schema":{"enum":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}}`
    expect((await t.call('POST', '/ifm/ruleset-plans/', deep)).status).toBe(400)
    expect(await of({ $defs: { a: { type: 'string' } }, properties: { x: { $ref: '#/$defs/a' } }, if: { required: ['y'] }, then: { minProperties: 2 } })).toBe(201)
  })

  it('searches patterns in linear time', async () => {
    const plan = await t.plan('linear', REDACT, { schema: { properties: { a: { pattern: '(a+)+$' } } } })
    const begun = performance.now()
    expect((await t.mask(plan, { data: [{ a: `${'a'.repeat(50_000)}!` }] })).status).toBe(422)
    expect(performance.now() - begun).toBeLessThan(2000)
  })
})

describe('16: bodies', () => {
  it('refuses what it should not take', async () => {
    const plan = await t.plan('bodies', REDACT)
    const limit = 10 * 1024 * 1024
    const exact = (n: number): string => `{"data":["${'x'.repeat(n - 13)}"]}`.padEnd(n)
    const large = await t.mask(plan, exact(limit + 1))
    expect([large.status, large.json]).toEqual([413, { error: 'Request body is larger than 10485760 bytes.' }])
    const gzip = { 'content-encoding': 'gzip' }
    expect((await t.mask(plan, gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20)), gzip)).status).toBe(413)
    expect((await t.mask(plan, gzipSync('{"data":[{"secret":1}]}'), gzip)).json.data).toEqual([{ secret: '[REDACTED]' }])
    expect((await t.mask(plan, 'this is no gzip', gzip)).status).toBe(400)
    expect((await t.mask(plan, '{"data":[]}', { 'content-encoding': 'br' })).status).toBe(415)
    expect((await t.mask(plan, '{"data":[]}', { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await t.mask(plan, '--x\r\n\r\n--x--\r\n', { 'content-type': 'multipart/form-data; boundary=x' })).status).toBe(415)
    expect((await t.mask(plan, '{"data":[]}', { 'content-type': 'application/json; charset=latin1' })).status).toBe(415)
    expect((await t.mask(plan, '{"data":[]}', { 'content-type': 'application/vnd.api+json; charset=UTF-8' })).status).toBe(200)
    expect((await t.mask(plan, Buffer.from('\ufeff{"data":[]}'))).status).toBe(200)
    expect((await t.mask(plan, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).json).toEqual({ error: 'The request body is not valid UTF-8.' })
  })

  it.each([
    ['{"data": [1 2]}', 12],
    ['{"data": [{"a":1]]}', 16],
    ['{"data": [}', 10],
    ['{"data": [1,]}', 12],
    ['{"data": [tru]}', 13],
    ['{"data": [01]}', 11],
    ['{"data": ["\\x"]}', 12],
    ['{"data": ["a]}', 14],
    ['{"data": [1]', 12],
    ['{"data": [1]} x', 14],
    ['{"data": [1],}', 13],
    ['{"run_secret": nope, "data": []}', 16],
    ['', 0],
    ['[', 1],
    ['{"data": {"a": [1}}', 17],
  ])('says at which byte %s is broken', async (text, at) => {
    const plan = (await t.call('GET', '/ifm/ruleset-plans/?search=bodies')).json.items[0].name
    const answer = await t.mask(plan, text)
    expect([answer.status, answer.json]).toEqual([400, { error: `Invalid JSON at byte ${at}.` }])
  })

  it.each([
    ['{}', ['body', 'data'], 'missing'],
    ['[]', ['body'], 'type'],
    ['{"data": {}}', ['body', 'data'], 'type'],
    ['{"data": null}', ['body', 'data'], 'type'],
    ['{"data": [], "data": []}', ['body', 'data'], 'duplicate'],
    ['{"data": [], "run_secret": 7}', ['body', 'run_secret'], 'type'],
    ['{"data": [], "log_level": "loud"}', ['body', 'log_level'], 'type'],
    ['{"data": [], "request_id": "\\u00e9"}', ['body', 'request_id'], 'type'],
    ['{"data": [], "request_id": ""}', ['body', 'request_id'], 'type'],
    ['{"data": [], "disable_instance_secret": "yes"}', ['body', 'disable_instance_secret'], 'type'],
  ])('says of %s which field is wrong', async (text, loc, type) => {
    const plan = (await t.call('GET', '/ifm/ruleset-plans/?search=bodies')).json.items[0].name
    const answer = await t.mask(plan, text)
    expect([answer.status, answer.json.detail[0].loc, answer.json.detail[0].type]).toEqual([422, loc, type])
  })

  it('ignores unknown fields with a remark, takes null as absent, and reads levels in any case', async () => {
    const plan = (await t.call('GET', '/ifm/ruleset-plans/?search=bodies')).json.items[0].name
    const answer = await t.mask(plan, '{"dat\\u0061": [], "run_secrt": 1, "zzzzzzzz": 2, "run_secret": null, "hash_values": null}')
    expect(answer.json.logs.map(({ message }: { message: string }) => message)).toEqual([
      "an unknown field was ignored: did you mean 'run_secret'?",
      'an unknown field was ignored',
    ])
    const debug = await t.mask(plan, { data: [{ secret: 1 }, { secret: 2 }], log_level: 'debug' })
    expect(debug.json.logs.map(({ log_level, message }: { log_level: string; message: string }) => `${log_level} ${message}`)).toEqual([
      'DEBUG rules[0] masked 2 values',
      'INFO masked 2 values in 2 records',
    ])
    expect((await t.mask(plan, { data: [{ secret: 1 }] })).json.logs).toEqual([])
  })

  it('limits the number of records', async () => {
    const other = await startServer(folder.next(), { max_records: 3 })
    const plan = await other.plan('few', REDACT)
    expect((await other.mask(plan, { data: [1, 2, 3] })).status).toBe(200)
    expect((await other.mask(plan, { data: [1, 2, 3, 4] })).status).toBe(413)
    await other.server.close()
  })
})

describe('common behaviour', () => {
  it('answers 404 and 405 as JSON, with Allow', async () => {
    const wrong = await t.call('PUT', '/ifm/verify-token/')
    expect([wrong.status, wrong.headers.get('allow'), Object.keys(wrong.json)]).toEqual([405, 'GET, HEAD', ['error']])
    expect((await t.call('GET', '/ifm/nothing/')).json).toEqual({ error: 'Not found.' })
    expect((await t.call('GET', '/ifm/ruleset-plans/%ff/')).status).toBe(400)
    expect((await t.call('HEAD', '/api/healthcheck/')).status).toBe(200)
    for (const path of ['/api/healthcheck/', '/ifm/nothing/', '/ifm/verify-token/'])
      expect((await t.as(undefined)('GET', path)).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('serves its description and the pages with nothing from elsewhere', async () => {
    const open = t.as(undefined)
    const document = (await open('GET', '/ifm/openapi.json')).json
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toContain('/ifm/ruleset-plans/{name}/mask/')
    for (const path of ['/', '/ifm/docs/', '/ifm/docs']) {
      const page = await open('GET', path)
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
      expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/)
      expect(page.text.replace(/href="\/[^"]*"|src="\/[^"]*"/g, '')).not.toMatch(/https?:|<script>|\/\//)
      for (const [, file] of page.text.matchAll(/(?:href|src)="(\/[^"]+\.(?:js|css|png))"/g)) expect((await open('GET', file ?? '')).status, file).toBe(200)
    }
    for (const path of ['/ifm/docs/..%2f..%2fpackage.json', '/ifm/docs/../../package.json', '/assets/..%2findex.html', '/ifm/docs/%2e%2e/index.css.map', '/ifm/docs//etc/passwd']) {
      expect([400, 401, 404], path).toContain((await open('GET', path)).status)
    }
    expect((await open('GET', '/ifm/schema/')).json).toHaveProperty('$schema')
    const { items } = (await t.call('GET', '/ifm/rulesets/')).json
    expect(items.map(({ name }: { name: string }) => name)).toContain('mask-logs:pii')
  })

  it('describes every route that there is', async () => {
    const { paths } = (await t.as(undefined)('GET', '/ifm/openapi.json')).json as { paths: Record<string, Record<string, { parameters?: unknown }>> }
    for (const [path, methods] of Object.entries(paths))
      for (const method of Object.keys(methods).filter((one) => one !== 'parameters')) {
        const url = path.replace('{name}', 'none').replace('{id}', 'none')
        const { status } = await t.call(method.toUpperCase(), url, ['post', 'put', 'patch'].includes(method) ? '{}' : undefined)
        expect(status, `${method} ${path}`).not.toBe(405)
        if (!path.includes('{')) expect(status, `${method} ${path}`).not.toBe(404)
      }
  })

  it('explains what would be masked', async () => {
    const data = '[ {"a": 1, "secret": "hidden"}, {"mail": "ann@shop.example"} ]'
    const yaml = `${REDACT}- {detect: [email]}\n`
    const answer = await t.call('POST', '/ifm/explain/', `{"ruleset_yaml": ${JSON.stringify(yaml)}, "data": ${data}, "run_secret": "${SECRET}"}`)
    expect(answer.status).toBe(200)
    const masks = answer.json.findings.filter(({ decision }: { decision: string }) => decision === 'mask')
    expect(masks.map(({ path, rule, detector, start, end }: Record<string, string & number>) => [path, rule, detector, data.slice(start, end)])).toEqual([
      ['data[0].secret', 'rules[0]', undefined, '"hidden"'],
      ['data[1].mail', 'rules[1]', 'email', 'ann@shop.example'],
    ])
    expect(answer.json.data).toEqual([{ a: 1, secret: '[REDACTED]' }, { mail: expect.stringContaining('@') }])
    expect(answer.text).not.toContain('hidden')
    const plan = await t.plan('explained', yaml)
    expect((await t.call('POST', '/ifm/explain/', `{"plan": "${plan}", "data": ${data}, "run_secret": "${SECRET}"}`)).text.replaceAll(/"timestamp":"[^"]*"/g, '')).toBe(
      answer.text.replaceAll(/"timestamp":"[^"]*"/g, ''),
    )
    expect((await t.call('POST', '/ifm/explain/', { data: [] })).status).toBe(422)
    expect((await t.as(`Bearer ${tokens.runner.token}`)('POST', '/ifm/explain/', { plan, data: [] })).status).toBe(403)
  })

  it('believes X-Forwarded-For of proxies that it knows, and of nobody else', async () => {
    const other = await startServer(folder.next(), { trusted_proxies: ['127.0.0.1'] })
    await other.call('GET', '/ifm/verify-token/', undefined, { 'x-forwarded-for': '192.0.2.7' })
    await t.call('GET', '/ifm/verify-token/', undefined, { 'x-forwarded-for': '192.0.2.8' })
    await new Promise((done) => setTimeout(done, 50))
    expect(other.out.text).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC - 192\.0\.2\.7 \(alice\) - "GET \/ifm\/verify-token\/" 200$/m)
    expect(t.out.text).not.toContain('192.0.2.8')
    await other.server.close()
    await expect(startServer(folder.next(), { trusted_proxies: ['everybody'] })).rejects.toThrow("'trusted_proxies.0' must be an address")
  })

  it('has a page on which every setting stands', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/server.md'), 'utf8')
    const settings = page.slice(page.indexOf('## Settings'), page.indexOf('## Operations'))
    for (const name of [...Object.keys(SETTINGS), ...Object.values(SETTINGS).flatMap((shape) => ('fields' in shape ? Object.keys(shape.fields) : []))])
      expect(settings, name).toMatch(new RegExp(`\\b${name}\\b`))
  })

  it('allows other origins only where they are named', async () => {
    const other = await startServer(folder.next(), { cors_origins: ['https://app.example'] })
    const open = other.as(undefined)
    const preflight = await open('OPTIONS', '/ifm/ruleset-plans/', undefined, { origin: 'https://app.example', 'access-control-request-method': 'POST' })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, 'https://app.example'])
    expect((await open('OPTIONS', '/ifm/ruleset-plans/', undefined, { origin: 'https://evil.example' })).headers.get('access-control-allow-origin')).toBe(null)
    expect((await other.call('GET', '/ifm/verify-token/', undefined, { origin: 'https://app.example' })).headers.get('access-control-allow-origin')).toBe('https://app.example')
    await other.server.close()
  })
})

describe('seed files', () => {
  const upload = async (server: Tested, name: string, content: string, more: Record<string, string> = {}, authorization = `Bearer ${tokens.builder.token}`) => {
    const form = new FormData()
    form.set('name', name)
    for (const [key, value] of Object.entries(more)) form.set(key, value)
    form.set('seed_file', new Blob([content], { type: 'text/csv' }), name)
    const response = await fetch(`${server.server.url}/api/seeds/`, { method: 'POST', body: form, headers: { authorization } })
    return { status: response.status, json: (await response.json()) as Record<string, string & boolean> }
  }

  it('takes, lists, replaces and deletes them', async () => {
    const made = await upload(t, 'my-names.csv', 'name\nAda\n')
    expect(made).toMatchObject({ status: 201, json: { name: 'my-names.csv', filename: 'my-names.csv', builtin: false } })
    expect((await upload(t, 'my-names.csv', 'name\nBo\n')).status).toBe(409)
    const plan = await t.plan('seeded', 'version: "1.0"\nrules:\n- {keys: [n], masks: [{type: from_file, seed_file: my-names.csv}]}\n')
    expect((await t.mask(plan, { data: [{ n: 'x' }] })).json.data).toEqual([{ n: 'Ada' }])
    expect((await upload(t, 'my-names.csv', 'name\nBo\n', { replace: 'true' })).status).toBe(201)
    expect((await t.mask(plan, { data: [{ n: 'x' }] })).json.data).toEqual([{ n: 'Bo' }])
    expect(t.err.text).toContain('seed file replaced')
    const list = (await t.call('GET', '/api/seeds/')).json as { id: string; name: string; builtin: boolean }[]
    expect(list.find(({ name }) => name === 'my-names.csv')).toMatchObject({ builtin: false, id: made.json['id'] })
    const shipped = list.find(({ builtin }) => builtin)!
    expect((await t.call('DELETE', `/api/seeds/${shipped.id}/`)).status).toBe(400)
    const used = await t.call('DELETE', `/api/seeds/${made.json['id']}/`)
    expect([used.status, used.json.error]).toEqual([409, `The seed file is used by ${plan}.`])
    await t.call('DELETE', `/ifm/ruleset-plans/${plan}/`)
    expect((await t.call('DELETE', `/api/seeds/${made.json['id']}/`)).status).toBe(204)
    expect((await t.call('DELETE', `/api/seeds/${made.json['id']}/`)).status).toBe(404)
  })

  it('refuses what is none', async () => {
    for (const name of ['../x.csv', 'x.txt', '.csv', `${'a'.repeat(100)}.csv`, 'a/b.csv']) expect((await upload(t, name, 'name\nAda\n')).status, name).toBe(400)
    const canary = 'CANARY-SEED'
    const bad = await upload(t, 'bad.csv', `a,b\n${canary}\n`)
    expect([bad.status, bad.json.error]).toEqual([400, 'Invalid seed file: row 1 has 1 cells, the header has 2.'])
    expect((await upload(t, 'DataMasque_lastNames_v2.csv', 'name\nAda\n', { replace: 'true' })).status).toBe(409)
    expect((await upload(t, 'big.csv', `name\n${'x'.repeat(21 * 1024 * 1024)}\n`)).status).toBe(413)
    expect((await t.call('POST', '/api/seeds/', { name: 'x.csv' })).status).toBe(415)
    expect((await upload(t, 'x.csv', 'name\nAda\n', {}, `Bearer ${tokens.runner.token}`)).status).toBe(403)
    expect((await t.as(`Bearer ${tokens.builder.token}`)('DELETE', '/api/seeds/x/')).status).toBe(403)
    expect(await t.traces()).not.toContain(canary)
  })
})

describe('19: two servers on one directory', () => {
  it('a plan made on one masks on the other, with the same results', async () => {
    const at = folder.next()
    mkdirSync(join(at, 'second'))
    const one = await startServer(at)
    const two = await startServer(join(at, 'second'), { data_dir: join(at, 'data') })
    const plan = await one.plan('shared', IMITATE)
    const body = { data: [{ id: 'abcdefghij' }], run_secret: SECRET }
    const until = Date.now() + 5000
    let there = await two.mask(plan, body)
    while (there.status === 404 && Date.now() < until) {
      await new Promise((done) => setTimeout(done, 50))
      there = await two.mask(plan, body)
    }
    expect(there.json.data).toEqual((await one.mask(plan, body)).json.data)
    // each sees what the other has done, also when it writes itself
    expect((await two.call('PATCH', `/ifm/ruleset-plans/${plan}/`, { options: { default_log_level: 'info' } })).json.serial).toBe(1)
    expect((await one.call('PATCH', `/ifm/ruleset-plans/${plan}/`, { options: { enabled: true } })).json).toMatchObject({ serial: 2, options: { default_log_level: 'INFO' } })
    const done = await Promise.all(
      Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? one : two).call('PUT', `/ifm/ruleset-plans/${plan}/`, { ruleset_yaml: `${REDACT}# ${i}\n` })),
    )
    expect(done.map(({ json }) => json.serial).sort((a, b) => a - b)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    await one.server.close()
    await two.server.close()
  })
})
