// maskPino: nothing that the ruleset says must be masked reaches the stream, whatever the logger does.

import { readFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import type { Logger, LoggerOptions } from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkPino, exitOnSignals, maskPino, maskTargets, stats } from '../../transports/pino/index.ts'
import { createMasker, fromPinoRedact, InputError, type PinoRedact, RulesetError } from '../../src/index.ts'
import { canary, canaryOptions, expectMasked, leaks, logCanaries } from './canaries.ts'
import { load, versions } from './versions.ts'

const runSecret = 'a run secret for tests, long enough'
const options = { runSecret }

/** Takes what is written, in one string. */
function capture(): { readonly stream: Writable; text(): string; lines(): string[] } {
  let text = ''
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      text += chunk
      done()
    },
  })
  return { stream, text: () => text, lines: () => text.split('\n').slice(0, -1) }
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe.each(versions)('pino $version', ({ alias }) => {
  const pino = load(alias)

  /** What a logger with the options writes. */
  function written(own: LoggerOptions, log: (logger: Logger) => void, mask: object = options): string {
    const out = capture()
    log(pino(maskPino(own, { ...options, ...mask }), out.stream) as Logger)
    return out.text()
  }

  it('keeps every canary from the stream', () => {
    const text = written(canaryOptions(), logCanaries)
    expectMasked(text)
    expect(text.endsWith('\n')).toBe(true)
    expect(() => JSON.parse(text) as unknown).not.toThrow()
  })

  it('leaks all of them without', () => {
    const out = capture()
    logCanaries(pino(canaryOptions(), out.stream) as Logger)
    expect(leaks(out.text())).toHaveLength(23)
  })

  describe('weaker designs leak what they are said to leak', () => {
    // What people write: strings of plain objects and lists, keys too; whatever has a class of its own is left to pino.
    const masker = createMasker(undefined, options)
    const mask = (value: unknown): unknown => {
      if (typeof value === 'string') return masker.text(value)
      if (Array.isArray(value)) return value.map(mask)
      if (typeof value !== 'object' || value === null || value instanceof Error || 'toJSON' in value) return value
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [masker.text(key), mask(one)]))
    }
    const designs: { name: string; wrap: (own: LoggerOptions) => LoggerOptions; keeps: string[] }[] = [
      { name: 'formatters.log', wrap: (own) => ({ ...own, formatters: { log: (object) => mask(object) as Record<string, unknown> } }), keeps: [] },
      {
        name: 'formatters.log and formatters.bindings',
        wrap: (own) => ({ ...own, formatters: { log: (object) => mask(object) as Record<string, unknown>, bindings: (bindings) => mask(bindings) as Record<string, unknown> } }),
        keeps: ['base', 'name'],
      },
      {
        name: 'hooks.logMethod',
        wrap: (own) => ({
          ...own,
          hooks: {
            logMethod(args, method) {
              method.apply(this, args.map(mask) as Parameters<typeof method>)
            },
          },
        }),
        keeps: ['message', 'printf %s', 'printf %o', 'top-level field', 'object key', 'deeply nested field'],
      },
      {
        name: 'redact with every known path',
        wrap: (own) => ({
          ...own,
          redact: ['region', 'name', 'bound', 'deeper.bound', 'own', 'mixed', 'field', 'deep.a.b[*].c', 'made.json', 'err.message', 'err.stack'],
        }),
        keeps: ['base', 'child binding', 'grandchild binding', 'mixin', 'top-level field', 'deeply nested field', 'error message', 'error stack'],
      },
    ]
    it.each(designs)('$name', ({ name, wrap, keeps }) => {
      const out = capture()
      logCanaries(pino(wrap(canaryOptions()), out.stream) as Logger)
      const left = leaks(out.text())
      // In every weaker design these leave.
      for (const place of ['root msgPrefix', 'child msgPrefix', 'serializer output', 'toJSON result', 'error property', 'nested error property', 'second error'] as const)
        expect(left, `${name}: ${place}`).toContain(place)
      for (const place of keeps) if (name !== 'hooks.logMethod' || !place.startsWith('printf')) expect(left, `${name}: ${place}`).not.toContain(place)
      expect(left.length).toBeGreaterThanOrEqual(10)
    })
  })

  it('keeps everything else of the options', () => {
    const logMethod = vi.fn(function (this: unknown, args: unknown[], method: (...given: unknown[]) => void) {
      method.apply(this, args)
    })
    const own: LoggerOptions = { level: 'debug', hooks: { logMethod: logMethod as never }, redact: ['gone'], messageKey: 'text' }
    const before = JSON.stringify(own)
    const masked = maskPino(own, options)
    expect(JSON.stringify(own)).toBe(before)
    expect(own.hooks).not.toHaveProperty('streamWrite')
    expect(masked).toMatchObject({ level: 'debug', redact: ['gone'], messageKey: 'text' })
    const out = capture()
    pino(masked, out.stream).debug({ gone: 'x', password: 'hunter2' }, 'hello')
    expect(logMethod).toHaveBeenCalledOnce()
    expect(JSON.parse(out.text())).toMatchObject({ gone: '[Redacted]', password: '[REDACTED:named_secret]', text: 'hello' })
  })

  it('runs after a hook of the user, and survives one that throws or returns nothing', () => {
    const token = canary('message')
    const after = written({ hooks: { streamWrite: (line: string) => line.replace('"msg":', `"added":"${token}","msg":`) } as never }, (log) => log.info('x'))
    expect(after).toContain('"added":"[REDACTED:github_token]"')
    const errors = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    for (const streamWrite of [
      () => undefined,
      () => 7,
      (line: string) => {
        throw new Error(line)
      },
    ]) {
      const text = written({ hooks: { streamWrite } as never }, (log) => log.warn({ token }, token))
      expect(text).toBe('{"level":50,"msg":"[MASKING FAILED]"}\n')
    }
    expect(errors.mock.calls.map(String).join('')).not.toContain(token)
    expect(errors).toHaveBeenCalledTimes(3)
  })

  it('never throws and gives the minimal record when a mask fails', () => {
    const errors = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const masks = {
      broken: {
        type: 'broken',
        summary: 'Throws.',
        input: 'G',
        settles: 'value',
        options: {},
        compile: () => (value: unknown) => {
          throw new Error(String(value))
        },
        examples: [],
      },
    } as never
    const ruleset = { version: '1.0', rules: [{ paths: ['secret'], masks: [{ type: 'broken' }] }] }
    const log = (logger: Logger): void => logger.warn({ secret: 'hunter2', more: 1 }, 'said hunter2')
    const redacted = written({ base: null }, log, { ruleset, masks })
    expect(redacted).toMatch(/^\{"level":40,"time":\d+,"secret":"\[MASKING FAILED\]","more":1,"msg":"said hunter2"\}\n$/)
    const failed = written({ base: null, messageKey: 'text' }, log, { ruleset, masks, policy: { on_mask_error: 'fail' } })
    expect(failed).toMatch(/^\{"level":40,"time":\d+,"text":"\[MASKING FAILED\]"\}\n$/)
    const dropped = written({ base: null }, log, { ruleset, masks, policy: { on_mask_error: 'drop' } })
    expect(dropped).toBe('')
    expect(errors.mock.calls.map(String).join('')).not.toContain('hunter2')
  })

  it('masks under odd keys, levels, terminators and timestamps', () => {
    const token = canary('message')
    const cases: { own: LoggerOptions; log?: (logger: Logger) => void; expected: RegExp }[] = [
      { own: { crlf: true }, expected: /\}\r\n$/ },
      { own: { nestedKey: 'payload' }, expected: /"payload":\{"token":"\[REDACTED/ },
      { own: { messageKey: 'text' }, expected: /"text":"say \[REDACTED/ },
      { own: { errorKey: 'problem' }, log: (log) => log.info(new Error(token)), expected: /"problem":\{"type":"Error","message":"\[REDACTED/ },
      {
        own: { customLevels: { audit: 35 } },
        log: (log) => (log as unknown as { audit(object: object, text: string): void }).audit({ token }, `say ${token}`),
        expected: /"level":35/,
      },
      {
        own: { customLevels: { lone: 10 }, useOnlyCustomLevels: true, level: 'lone' },
        log: (log) => (log as unknown as { lone(object: object, text: string): void }).lone({ token }, `say ${token}`),
        expected: /"level":10/,
      },
      { own: { timestamp: () => `,"at":"${token}"` }, expected: /"at":"\[REDACTED/ },
      { own: { base: null }, expected: /^\{"level":30,"time":\d+,"token"/ },
      { own: { formatters: { level: (label) => ({ level: label }) } }, expected: /^\{"level":"info"/ },
    ]
    for (const { own, log = (logger: Logger) => logger.info({ token }, `say ${token}`), expected } of cases) {
      const text = written(own, log)
      expect(text).toMatch(expected)
      expect(text).not.toContain(token)
      expect(() => JSON.parse(text) as unknown).not.toThrow()
    }
    // What is no JSON is masked as text, with its end of line.
    for (const own of [{ timestamp: () => `,"at":"x"y"` }, { messageKey: 'a"b' }] satisfies LoggerOptions[]) {
      const text = written(own, (logger) => logger.info({ note: 1 }, `say ${token}`))
      expect(text).not.toContain(token)
      expect(text.endsWith('\n')).toBe(true)
    }
  })

  it('changes nothing but what is masked', () => {
    const plain = capture()
    const log = (logger: Logger): void => {
      logger.info({ price: 4823.5, big: 12345678901234567890n.toString(), text: 'ünïcødé \u2028 \\ " /', nothing: null, list: [1.5, '2', {}] }, 'done')
      logger.child({ u: 1 }).info({ u: 2 }, 'twice')
    }
    const own: LoggerOptions = { timestamp: () => ',"time":1790000000000', base: { pid: 1 } }
    log(pino(own, plain.stream) as Logger)
    expect(written(own, log)).toBe(plain.text())
    const twice = written(own, (logger) => logger.child({ password: 'first1' }).info({ password: 'second2' }, 'twice'))
    expect(twice.match(/"password":"\[REDACTED:named_secret\]"/g)).toHaveLength(2)
  })

  it('counts, without values, and does not mask twice', () => {
    const once = maskPino({}, options)
    const out = capture()
    const log = pino(once, out.stream)
    log.info({ password: 'hunter2' }, 'x')
    log.info('nothing')
    expect(stats(once)).toMatchObject({ lines: 2, maskedLines: 1, masked: 1, byDetector: { named_secret: 1 }, dropped: 0, minimal: {} })
    expect(JSON.stringify(stats(once))).not.toContain('hunter2')
    expect(maskPino(once, options)).toBe(once)
    expect(stats({})).toBeUndefined()
  })

  it('is checked by checkPino', () => {
    expect(() => checkPino(pino, maskPino(canaryOptions(), options))).not.toThrow()
    expect(() => checkPino(pino, maskPino({}, { ...options, ruleset: { version: '1.0', rules: [{ paths: ['x'], masks: [{ type: 'redact' }] }] } }))).not.toThrow()
    expect(() => checkPino(pino, maskPino({ customLevels: { lone: 5 }, useOnlyCustomLevels: true, level: 'lone' }, options))).not.toThrow()
    expect(() => checkPino(pino, { ...maskPino({}, options), hooks: {} })).toThrow(/came out unmasked/)
    expect(() => checkPino(pino, { ...maskPino({}, options), enabled: false, level: 'silent' })).not.toThrow(/canary/)
  })

  it('does what redact does, by its ruleset', () => {
    const cases = JSON.parse(readFileSync(new URL('../fixtures/pino-redact.json', import.meta.url), 'utf8')) as { redact: PinoRedact; in: object; out: object }[]
    expect(cases.length).toBeGreaterThan(150)
    for (const one of cases) {
      const theirs = capture()
      pino({ base: null, timestamp: false, redact: one.redact as never }, theirs.stream).info(one.in, 'done')
      expect(JSON.parse(theirs.text()), JSON.stringify(one.redact)).toEqual(one.out)
      const ours = capture()
      pino(maskPino({ base: null, timestamp: false }, { runSecret, ruleset: fromPinoRedact(one.redact) }), ours.stream).info(one.in, 'done')
      expect(ours.text(), JSON.stringify(one.redact)).toBe(theirs.text())
    }
  }, 60_000)
})

it('is refused by checkPino under pino 9.5, which knows no hook', () => {
  expect(() => checkPino(load('pino-9.5'), maskPino({}, options))).toThrow(/9\.6 or later/)
})

it('does not begin under a ruleset that cannot be used', () => {
  expect(() => maskPino({}, { ruleset: { version: '1.0', rules: [{ nonsense: 1 }] } })).toThrow(RulesetError)
  expect(() => maskPino({}, { runSecret: 'short' })).toThrow(InputError)
  expect(() => fromPinoRedact({ paths: ['a'], censor: (() => 'x') as never })).toThrow(/censor/)
  for (const path of ['', '.a', 'a..b', 'a.', 'a[', 'a[x]', 'a]b', 'a["b"]c']) expect(() => fromPinoRedact([path]), path).toThrow(InputError)
})

it('rewrites targets', () => {
  const masked = maskTargets(
    [
      { target: 'pino/file', level: 'warn', options: { destination: 'x' } },
      { pipeline: [{ target: 'pino-pretty' }], level: 'info' },
    ],
    { ruleset: 'mask-logs:secrets' },
  )
  const mask = { target: 'mask-logs/pino', options: { ruleset: 'mask-logs:secrets' } }
  expect(masked).toEqual([
    { level: 'warn', pipeline: [mask, { target: 'pino/file', options: { destination: 'x' } }] },
    { level: 'info', pipeline: [mask, { target: 'pino-pretty' }] },
  ])
  expect(maskTargets(masked)).toEqual(masked)
  expect(maskTargets([{ target: 'mask-logs/pino' }])).toEqual([{ target: 'mask-logs/pino' }])
})

it('leaves signals alone that somebody listens to', () => {
  const before = process.listenerCount('SIGTERM')
  const own = (): void => {}
  process.on('SIGTERM', own)
  try {
    exitOnSignals(['SIGTERM'])()
    expect(process.listenerCount('SIGTERM')).toBe(before + 1)
  } finally {
    process.off('SIGTERM', own)
  }
  const undo = exitOnSignals(['SIGTERM'])
  expect(process.listenerCount('SIGTERM')).toBe(before === 0 ? 1 : before)
  undo()
  expect(process.listenerCount('SIGTERM')).toBe(before)
  expect(() => exitOnSignals(['SIGKILL' as never])).toThrow(TypeError)
})
