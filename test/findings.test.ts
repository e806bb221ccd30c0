import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLiveMasker, createMasker, InputError, MaskError, openFindings, openQuarantine, PROMETHEUS_TYPE, prometheusText } from '../src/index.ts'
import type { FindingEvent, FindingsOptions, FindingsSink, Masker, MaskerOptions } from '../src/index.ts'
import { testFolder } from './support/folder.ts'

const folder = testFolder()
const SECRET = 'findings-tests-not-a-secret'
const CANARY = 'canary-4417-zebra'
const RULES = `version: "1.0"
name: shop
extends: [mask-logs:default]
rules:
  - name: customer
    paths: [user.name, 'items[*].note']
    masks: [{type: redact}]
  - name: gone
    keys: [session]
    masks: [{type: remove}]
`

function watched(options: MaskerOptions = {}, ruleset: string = RULES): { masker: Masker; events: FindingEvent[] } {
  const events: FindingEvent[] = []
  const masker = createMasker(ruleset, { runSecret: SECRET, onFinding: (event) => events.push(event), ...options })
  onTestFinished(() => masker.close())
  return { masker, events }
}

/** `where path rule/detector length` of each event. */
const told = (events: readonly FindingEvent[]): string[] =>
  events.map(
    ({ line, where, path, rule = '', detector = '', length }) => `${line === undefined ? '' : `${line}: `}${where} ${path === '' ? '-' : path} ${rule}/${detector} ${length}`,
  )

function through(masker: Masker, input: string, options: Parameters<Masker['feed']>[0] = {}): string {
  const feed = masker.feed(options)
  let out = ''
  for (const pieces of [feed.push(Buffer.from(input)), feed.end()]) for (const list of pieces) for (const piece of list) out += piece.toString()
  return out
}

describe('findings', () => {
  const record = '{"user":{"name":"Ann","mail box":"ann@shop.example"},"items":[{"note":"x"},{"note":"yy"}],"session":"abc","msg":"card 4111 1111 1111 1111"}'
  const expected = [
    'value user.name customer/ 5',
    'value user.* pii/email 16',
    'value items[*].note customer/ 3',
    'value items[*].note customer/ 4',
    'value session gone/ 5',
    'value * pci/credit_card 19',
  ]

  it('are told of records, values and text alike', () => {
    for (const mask of [
      (m: Masker) => m.json(record),
      (m: Masker) => m.json(Buffer.from(record)),
      (m: Masker) => m.value(JSON.parse(record)),
      (m: Masker) => through(m, record).trim(),
    ] as const) {
      const { masker, events } = watched()
      mask(masker)
      expect(told(events).map((text) => text.replace('1: ', ''))).toEqual(expected)
      expect(events.every(({ ruleset, serial, time }) => ruleset === 'shop' && serial === 0 && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time))).toBe(true)
    }
    const { masker, events } = watched()
    masker.text('mail ann@shop.example now')
    expect(told(events)).toEqual(['line - pii/email 16'])
  })

  it('name lines, rows and records of documents', () => {
    const lines = watched()
    through(lines.masker, `{"a":1}\nnothing\nann@shop.example\n${record}\n`)
    expect(told(lines.events)).toEqual(['3: line - pii/email 16', ...expected.map((text) => `4: ${text}`)])
    const rows = watched()
    through(rows.masker, 'id,mail\n1,\n2,ann@shop.example\n', { format: 'csv' })
    expect(told(rows.events)).toEqual(['3: value * pii/email 16'])
    const documents = watched()
    through(documents.masker, '[{"a":1},\n{"session":"x","user":\n{"name":"y"}}]', { format: 'json-document' })
    expect(told(documents.events)).toEqual(['2: value session gone/ 3', '2: value user.name customer/ 3'])
  })

  it('change nothing of what comes out', () => {
    const inputs = [record, `{"k":"${CANARY} 4111111111111111","n":4111111111111111}`, 'text bob@shop.example', '[1,2]', '']
    const plain = createMasker(RULES, { runSecret: SECRET })
    const { masker } = watched()
    for (const input of inputs) {
      expect(masker.json(input)).toBe(plain.json(input))
      expect(masker.text(input)).toBe(plain.text(input))
      expect(through(masker, `${input}\n`)).toBe(through(plain, `${input}\n`))
    }
    expect(masker.value(JSON.parse(record))).toEqual(plain.value(JSON.parse(record)))
    expect(masker.stats()).toEqual(plain.stats())
  })

  it('are as many as values are masked, on generated records', () => {
    const value = fc.letrec((tie) => ({
      leaf: fc.oneof(
        fc.constantFrom('ann@shop.example', 'card 4111 1111 1111 1111 of bob@shop.example', 'plain', '{"password":"hunter2x","m":"bob@shop.example"}'),
        fc.integer(),
        fc.boolean(),
      ),
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        tie('leaf'),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('user', 'name', 'items', 'note', 'session', 'password', 'msg', 'ann@shop.example'), tie('node'), { maxKeys: 4 }),
      ),
    })).node
    const { masker, events } = watched()
    fc.assert(
      fc.property(value, (v) => {
        events.length = 0
        const before = masker.stats().masked
        masker.json(JSON.stringify(v))
        // what stands in an entry that goes is told, and does not count beside it
        if (!JSON.stringify(v).includes('"session"')) expect(events.length).toBe(masker.stats().masked - before)
        else expect(events.length).toBeGreaterThanOrEqual(masker.stats().masked - before)
      }),
      { numRuns: 400 },
    )
  })

  it('hold no value and no key that the ruleset does not name', () => {
    const { masker, events } = watched({ knownSecrets: [CANARY] })
    const data = { [CANARY]: { [`${CANARY}@shop.example`]: `${CANARY}@shop.example` }, user: { name: CANARY, [CANARY]: CANARY }, msg: `password=${CANARY} ${CANARY}` }
    masker.json(JSON.stringify(data))
    masker.value(data)
    masker.text(JSON.stringify(data))
    through(masker, `${CANARY},x\n${CANARY},1\n`, { format: 'csv' })
    through(masker, `<<< ${JSON.stringify(data)}\n`)
    expect(events.length).toBeGreaterThan(15)
    expect(JSON.stringify(events)).not.toContain('canary')
  })

  it('go on when the callback throws or calls the masker', () => {
    let masker: Masker
    const failing = watched({
      onFinding: () => {
        throw new Error(CANARY)
      },
    })
    expect(failing.masker.json(record)).toBe(createMasker(RULES, { runSecret: SECRET }).json(record))
    failing.masker.value({ session: 1 })
    expect(failing.masker.stats().errors['finding_failed']).toBeGreaterThanOrEqual(6)
    const calling = watched({ onFinding: () => void masker.json(record) })
    masker = calling.masker
    expect(masker.json(record)).toBe(createMasker(RULES, { runSecret: SECRET }).json(record))
    expect(() => createMasker(RULES, { onFinding: 'x' as never })).toThrow("'onFinding'")
  })

  it('are told under the version that masked', () => {
    const events: FindingEvent[] = []
    const masker = createLiveMasker(RULES, { onFinding: (event) => events.push(event) })
    masker.json('{"session":1}')
    masker.reload()
    masker.json('{"session":1}')
    masker.value({ session: 1 })
    expect(events.map(({ serial }) => serial)).toEqual([0, 1, 1])
    masker.close()
  })
})

describe('the findings stream', () => {
  const event: FindingEvent = {
    time: '2026-01-02T03:04:05.678Z',
    ruleset: 'shop',
    serial: 1,
    line: 7,
    path: 'user.*',
    where: 'value',
    rule: 'pii',
    detector: 'email',
    score: 0.95,
    length: 16,
  }
  function open(to: string | number, options?: FindingsOptions): FindingsSink {
    const sink = openFindings(to, options)
    onTestFinished(() => sink.close())
    return sink
  }

  it('is a file of its owner, appended to, one event a line', async () => {
    const path = join(folder.next(), 'findings.ndjson')
    writeFileSync(path, '', { mode: 0o600 })
    const named = join(folder.next(), 'new.ndjson')
    const sink = open(named, { source: 'api' })
    sink.write(event)
    sink.write({ ...event, line: 8 }, 'other')
    await sink.flush()
    expect(statSync(named).mode & 0o777).toBe(0o600)
    expect(readFileSync(named, 'utf8')).toBe(
      '{"time":"2026-01-02T03:04:05.678Z","source":"api","ruleset":"shop","serial":1,"line":7,"path":"user.*","where":"value","rule":"pii","detector":"email","score":0.95,"length":16}\n' +
        '{"time":"2026-01-02T03:04:05.678Z","source":"other","ruleset":"shop","serial":1,"line":8,"path":"user.*","where":"value","rule":"pii","detector":"email","score":0.95,"length":16}\n',
    )
    expect(sink).toMatchObject({ written: 2, dropped: 0, failure: undefined })
    const again = openFindings(named)
    again.write(event)
    again.close()
    again.write(event)
    expect(again).toMatchObject({ written: 1, dropped: 1 })
    expect(readFileSync(named, 'utf8').split('\n')).toHaveLength(4)
  })

  it('comes out when the process ends, and listens once for any number', () => {
    const before = process.listenerCount('exit')
    const path = join(folder.next(), 'findings.ndjson')
    const sinks = Array.from({ length: 20 }, () => openFindings(path))
    expect(process.listenerCount('exit')).toBe(before + 1)
    sinks[7]!.write(event)
    for (const listener of process.listeners('exit').slice(before)) (listener as () => void)()
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(2)
    for (const sink of sinks) sink.close()
    expect(process.listenerCount('exit')).toBe(before)
  })

  it('comes out by itself after a moment', async () => {
    const path = join(folder.next(), 'findings.ndjson')
    const sink = open(path)
    sink.write(event)
    for (let i = 0; readFileSync(path, 'utf8') === ''; i++) {
      expect(i).toBeLessThan(100)
      await sleep(20)
    }
  })

  it('drops what a slow reader of a pipe leaves, and says how much', async () => {
    const path = join(folder.next(), 'fifo')
    execFileSync('mkfifo', [path])
    // reads one byte, waits for a signal, then the rest
    const reader = spawn('sh', ['-c', `exec 3<"${path}"; dd bs=1 count=1 <&3 2>/dev/null; read go; cat <&3`])
    onTestFinished(() => void reader.kill())
    let got = ''
    reader.stdout.on('data', (chunk: Buffer) => (got += chunk.toString()))
    const sink = await opened(path, { maxPendingBytes: 10_000, source: 's' })
    for (let i = 0; i < 5000; i++) {
      sink.write(event)
      if (i % 100 === 0) await sleep(0)
    }
    expect(sink.dropped).toBeGreaterThan(1000)
    reader.stdin.write('go\n')
    while (sink.dropped > 0 && !got.includes('"dropped"')) {
      await sink.flush()
      await sleep(5)
    }
    await sink.flush(5000)
    sink.close()
    await new Promise((done) => reader.once('close', done))
    const lines = got
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { dropped?: number; time: string; source: string })
    expect(lines.filter((line) => line.dropped === undefined)).toHaveLength(sink.written)
    expect(lines.reduce((sum, { dropped = 0 }) => sum + dropped, 0)).toBe(sink.dropped)
    expect(sink.written + sink.dropped).toBe(5000)
  })

  it('waits for the reader where that is asked for', async () => {
    const path = join(folder.next(), 'fifo')
    execFileSync('mkfifo', [path])
    const reader = spawn('sh', ['-c', `exec 3<"${path}"; sleep 0.3; exec wc -l <&3`])
    let got = ''
    reader.stdout.on('data', (chunk: Buffer) => (got += chunk.toString()))
    const sink = await opened(path, { onFull: 'wait' })
    for (let i = 0; i < 3000; i++) sink.write(event)
    await sink.flush()
    expect(sink).toMatchObject({ written: 3000, dropped: 0 })
    sink.close()
    await new Promise((done) => reader.once('close', done))
    expect(got.trim()).toBe('3000')
  })

  async function opened(path: string, options: FindingsOptions): Promise<FindingsSink> {
    for (let i = 0; ; i++) {
      try {
        return open(path, options)
      } catch (error) {
        // nobody reads yet
        if (i > 200) throw error
        await sleep(10)
      }
    }
  }

  it('counts what is lost when it cannot be written, and masking goes on', async () => {
    const sink = open('/dev/full')
    const masker = createMasker(RULES, { onFinding: sink.write })
    expect(masker.json('{"session":1,"a":2}')).toBe('{"a":2}')
    await sink.flush()
    sink.write(event)
    expect(sink).toMatchObject({ written: 0, dropped: 2, failure: 'ENOSPC' })
  })

  it('is refused where it cannot be opened', () => {
    const fifo = join(folder.next(), 'fifo')
    execFileSync('mkfifo', [fifo])
    const shut = openSync('/dev/null', 'r')
    closeSync(shut)
    for (const to of [join(folder.path, 'no', 'such'), fifo, '', 9999, shut]) expect(() => openFindings(to)).toThrow(InputError)
    expect(() => openFindings('/dev/null', { onFull: 'x' as never })).toThrow("'onFull'")
    expect(() => openFindings('/dev/null', { maxPendingBytes: -1 })).toThrow("'maxPendingBytes'")
  })
})

describe('quarantine', () => {
  const QUARANTINE = 'version: "1.0"\npolicy: {on_unparsable: quarantine}\nrules: [{keys: [a], masks: [{type: redact}]}]\n'

  it('gets notes, without content', () => {
    const path = join(folder.next(), 'held')
    const sink = openQuarantine(path)
    const masker = createMasker(QUARANTINE, { quarantine: sink.write })
    expect(through(masker, `{"a":1}\n${CANARY}\n`)).toBe('{"a":"[REDACTED]"}\n')
    expect(masker.json(CANARY)).toBe('')
    sink.close()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8').replace(/"time":"[^"]+Z",/g, '')).toBe(
      '{"serial":1,"line":2,"bytes":17,"code":"not_json"}\n{"serial":2,"line":0,"bytes":17,"code":"not_json"}\n',
    )
  })

  it('gets the bytes as they came where that is asked for', () => {
    const path = join(folder.next(), 'held')
    const sink = openQuarantine(path, { raw: true })
    const masker = createMasker(QUARANTINE, { quarantine: sink.write, quarantineRaw: true })
    const odd = Buffer.from([0x66, 0xff, 0x22, 0x00, 0x0d])
    masker.json(odd)
    through(masker, `one\r\ntwo\n{"a":1}\n`)
    through(masker, `a,b\n1,"x"y\n`, { format: 'csv' })
    sink.close()
    const raws = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => Buffer.from((JSON.parse(line) as { raw: string }).raw, 'base64'))
    expect(raws).toEqual([odd, Buffer.from('one'), Buffer.from('two'), Buffer.from('1,"x"y')])
    // a note alone, when nobody asked
    const notes: unknown[][] = []
    createMasker(QUARANTINE, { quarantine: (...given) => notes.push(given) }).json('x')
    expect(notes).toEqual([[{ serial: 1, line: 0, bytes: 1, code: 'not_json' }]])
    expect(() => createMasker(QUARANTINE, { quarantineRaw: 1 as never, quarantine: () => {} })).toThrow("'quarantineRaw'")
  })

  it('is refused as a file that others may read, when it is to hold what came', () => {
    const path = join(folder.next(), 'held')
    writeFileSync(path, '')
    chmodSync(path, 0o640)
    expect(() => openQuarantine(path, { raw: true })).toThrow('chmod 600')
    openQuarantine(path).close()
  })

  it('fails closed when it cannot be written: nothing is lost unseen, and nothing passes', () => {
    const sink = openQuarantine('/dev/full')
    const masker = createMasker(QUARANTINE, { quarantine: sink.write })
    expect(() => masker.json(CANARY)).toThrow(InputError)
    expect(() => through(masker, `${CANARY}\n`)).toThrow('ENOSPC')
    sink.close()
  })
})

describe('stamps', () => {
  const rules = (more = ''): string => `version: "1.0"\nname: "a \\"b\\""\n${more}rules: [{keys: [gone], masks: [{type: remove}]}, {keys: [a], masks: [{type: redact}]}]\n`
  const STAMP = '"mask_logs":{"ruleset":"a \\"b\\"","serial":0}'
  const stamped = (given: string): string => given.replace('STAMP', STAMP)
  const cases: readonly (readonly [string, string])[] = [
    ['{"a":1}', '{"a":"[REDACTED]",STAMP}'],
    ['{"b":1}', '{"b":1,STAMP}'],
    [' { "b" : [ {} ] } ', ' { "b" : [ {} ] ,STAMP} '],
    ['{}', '{STAMP}'],
    ['{ }', '{ STAMP}'],
    ['{"gone":1}', '{STAMP}'],
    ['{"b":2,"gone":1}', '{"b":2,STAMP}'],
    ['\ufeff{"b":1}', '\ufeff{"b":1,STAMP}'],
    ['{"mask_logs":"forged"}', '{"mask_logs":"forged",STAMP}'],
    ['[{"b":1}]', '[{"b":1}]'],
    ['"{}"', '"{}"'],
    ['12', '12'],
    ['text {"b":1}', 'text {"b":1}'],
    ['text}', 'text}'],
    ['{"b":1', '{"b":1'],
    ['', ''],
  ]

  it.each(cases)('%s', (given, expected) => {
    const masker = createMasker(rules(), { stamp: true })
    expect(masker.json(given)).toBe(stamped(expected))
    expect(masker.json(Buffer.from(given)).toString()).toBe(stamped(expected))
    expect(through(masker, `${given}\n`)).toBe(stamped(`${expected}\n`))
    expect(through(masker, `${given}\r\n{"b":1}`, { format: 'json' })).toBe(`${stamped(expected)}\r\n{"b":1,${STAMP}}`)
    const verifying = createMasker(rules('policy: {verify: true}\n'), { stamp: true })
    expect(through(verifying, `${given}\n`)).toBe(stamped(`${expected}\n`))
    expect(verifying.json(given)).toBe(stamped(expected))
  })

  it('stand in records that stand for others too, and not in text or tables', () => {
    const masker = createMasker(rules('policy: {max_record_bytes: 1024, max_depth: 3}\n'), { stamp: 'by' })
    const by = '"by":{"ruleset":"a \\"b\\"","serial":0}'
    expect(through(masker, '{"b":{"c":{"d":{}}}}\n')).toBe(`{"msg":"[MASKING FAILED]",${by}}\n`)
    expect(through(masker, `{"b":"${'x '.repeat(1000)}"}\n`)).toMatch(/^\{"oversize":\d+,"msg":".*","by":\{"ruleset":"a \\"b\\"","serial":0\}\}\n$/)
    expect(through(masker, '{"b":1}\n', { format: 'text' })).toBe('{"b":1}\n')
    expect(through(masker, 'a,b\n1,2\n', { format: 'csv' })).toBe('a,b\n[REDACTED],2\n')
    expect(through(masker, '[{"b":1},\n{"gone":2}]', { format: 'json-document' })).toBe(`[{"b":1,${by}},\n{${by}}]`)
    expect(() => createMasker(rules(), { stamp: '' })).toThrow("'stamp'")
  })

  it('count for nothing, and are all that changes', () => {
    const [plain, masker] = [createMasker(RULES, { runSecret: SECRET }), createMasker(RULES, { runSecret: SECRET, stamp: true })]
    const input = ['{"session":"x","m":"ann@shop.example"}', '{"n":1}', 'mail ann@shop.example', ''].join('\n')
    const out = through(masker, input)
    expect(out.replaceAll(/,?"mask_logs":\{"ruleset":"shop","serial":0\}/g, '')).toBe(through(plain, input))
    const { bytesOut: _, ...counted } = masker.stats()
    expect(plain.stats()).toMatchObject(counted)
  })

  it('follow reloads', () => {
    const masker = createLiveMasker(rules(), { stamp: true })
    masker.reload()
    expect(masker.json('{}')).toBe(`{${STAMP.replace('0}', '1}')}}`.replace('}}}', '}}'))
    masker.close()
  })
})

describe('counters for Prometheus', () => {
  it('are one text in one order, with names alone as labels', () => {
    const masker = createLiveMasker(RULES, { runSecret: SECRET })
    masker.json(`{"user":{"name":"${CANARY}"},"m":"ann@shop.example bob@shop.example"}`)
    masker.text('mail ann@shop.example')
    masker.json('{"a":')
    masker.reload()
    expect(masker.stats().maskedBy).toEqual([
      { rule: 'customer', count: 1 },
      { rule: 'pii', detector: 'email', count: 3 },
    ])
    const text = prometheusText(masker.stats(), { findings: { written: 4, dropped: 1 } })
    expect(text.replace(/^# HELP .*\n/gm, '').replace(/(direction="\w+"\}) \d+/g, '$1 N')).toBe(
      [
        '# TYPE mask_logs_records_total counter',
        'mask_logs_records_total 3',
        '# TYPE mask_logs_text_lines_total counter',
        'mask_logs_text_lines_total 2',
        '# TYPE mask_logs_bytes_total counter',
        'mask_logs_bytes_total{direction="in"} N',
        'mask_logs_bytes_total{direction="out"} N',
        '# TYPE mask_logs_masked_values_total counter',
        'mask_logs_masked_values_total{rule="customer",detector=""} 1',
        'mask_logs_masked_values_total{rule="pii",detector="email"} 3',
        '# TYPE mask_logs_mask_errors_total counter',
        '# TYPE mask_logs_plan_info gauge',
        'mask_logs_plan_info{name="shop"} 1',
        '# TYPE mask_logs_plan_serial gauge',
        'mask_logs_plan_serial 1',
        '# TYPE mask_logs_plan_reloads_total counter',
        'mask_logs_plan_reloads_total{result="error"} 0',
        'mask_logs_plan_reloads_total{result="ok"} 1',
        '# TYPE mask_logs_findings_total counter',
        'mask_logs_findings_total 4',
        '# TYPE mask_logs_findings_dropped_total counter',
        'mask_logs_findings_dropped_total 1',
        '',
      ].join('\n'),
    )
    expect(text).not.toContain('canary')
    expect(PROMETHEUS_TYPE).toContain('version=0.0.4')
    masker.close()
  })

  it('take labels of the service, and quote what must be quoted', () => {
    const masker = createMasker('version: "1.0"\nrules: [{name: "a\\"b\\\\c\\nd", keys: [a], masks: [{type: redact}]}]\n')
    masker.json('{"a":1}')
    const text = prometheusText(masker.stats(), { labels: { service: 'x' } })
    expect(text).toContain('mask_logs_masked_values_total{service="x",rule="a\\"b\\\\c\\nd",detector=""} 1\n')
    expect(text).toContain('mask_logs_plan_serial{service="x"} 0\n')
    for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^(#.*|\w+(\{(\w+="(\\.|[^"\\])*",?)+\})? \d+)$/)
  })

  it('count failures by code', () => {
    const masker = createMasker('version: "1.0"\npolicy: {on_mask_error: fail}\nrules: [{keys: [a], masks: [{type: retain_year}]}]\n')
    expect(() => masker.json('{"a":"x"}')).toThrow(MaskError)
    expect(prometheusText(masker.stats())).toMatch(/mask_logs_mask_errors_total\{code="\w+"\} 1\n/)
  })
})

describe('docs/operations.md', () => {
  const page = readFileSync('docs/operations.md', 'utf8')

  it('shows a finding as it is', () => {
    const [, shown] = /<!-- test: finding -->\n```json\n(.*)\n```/.exec(page)!
    const path = join(folder.next(), 'findings')
    const sink = openFindings(path, { source: 'stdin' })
    const masker = createMasker(undefined, { runSecret: SECRET, onFinding: sink.write })
    through(masker, '{"user":{"contact":"carol@shop.example"}}\n')
    sink.close()
    const written = JSON.parse(readFileSync(path, 'utf8')) as FindingEvent
    expect(JSON.stringify({ ...written, time: '2026-01-02T03:04:05.678Z' })).toBe(shown)
  })

  it('names every counter, its type and its labels', () => {
    const rows = [...page.matchAll(/^\| `(mask_logs_\w+)` \| (counter|gauge) \| (.*?) \|/gm)].map(([, name, type, labels]) => [
      name,
      type,
      [...labels!.matchAll(/`(\w+)`(?=[:, ]|$)/g)].map((m) => m[1])[0] ?? '',
    ])
    const masker = createLiveMasker('version: "1.0"\npolicy: {on_mask_error: redact}\nrules: [{keys: [a], masks: [{type: retain_year}]}]\n')
    masker.json('{"a":["x","2020-01-02"]}')
    const text = prometheusText(masker.stats(), { findings: { written: 0, dropped: 0 } })
    masker.close()
    const told = [...text.matchAll(/^# TYPE (\w+) (\w+)\n(?:\1(?:\{(\w+))?)?/gm)].map(([, name, type, label = '']) => [name, type, label])
    expect(rows).toEqual(told)
  })
})
