// The stage in the worker masks blocks of lines: the same comes out as from masking line by line, and the same is counted.

import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FindingEvent, MaskDefinition } from '../../src/index.ts'
import { LineGuard, type PinoMaskOptions } from '../../transports/pino/guard.ts'
import { MaskStage } from '../../transports/pino/mask-stage.ts'

const runSecret = 'a run secret for tests, long enough'

/** Throws for what says so, with the value in its message. */
const broken: MaskDefinition = {
  type: 'broken',
  summary: '',
  input: 'A',
  settles: 'value',
  options: {},
  compile: () => (value) => {
    if (String(value).includes('boom')) throw new Error(String(value))
    return 'm'
  },
  examples: [],
}

/** What comes out of a stage for the chunks, and the guard behind it. */
async function through(chunks: readonly (string | Buffer)[], options: PinoMaskOptions = {}): Promise<{ out: Buffer; guard: LineGuard }> {
  const guard = new LineGuard({ runSecret, ...options })
  const stage = new MaskStage(guard, { ended: () => guard.end() })
  const out: Buffer[] = []
  stage.on('data', (piece: Buffer) => {
    expect(piece.at(-1)).toBe(10)
    out.push(piece)
  })
  for (const chunk of chunks) stage.write(chunk)
  stage.end()
  await once(stage, 'close')
  return { out: Buffer.concat(out), guard }
}

let told: string[] = []
beforeEach(() => {
  told = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => told.push(String(text)) > 0)
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** Lines of every kind: with and without something to mask, no JSON, nothing at all, too long, with a mask that fails. */
const line = fc.oneof(
  { weight: 4, arbitrary: fc.integer().map((n) => `{"level":30,"time":1790000000000,"n":${n},"password":"pw-${n}","msg":"mail to bob${n}@shop.example"}`) },
  { weight: 2, arbitrary: fc.integer().map((n) => `{"level":40,"n":${n}.50,"u":1,"u":2}`) },
  { weight: 2, arbitrary: fc.constantFrom('boom', 'fine').map((b) => `{"level":"warn","time":1790000000001,"b":"${b} hunter2"}`) },
  { weight: 1, arbitrary: fc.constantFrom('{"gone":1}', 'null', '42', '"text"', '', '   ', '[1,{"token":"hunter2x"}]', 'not json {"a":', 'plain password=hunter2') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify({ text })) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n]/g, '')) },
  { weight: 1, arbitrary: fc.integer({ min: 1000, max: 3000 }).map((n) => `{"level":30,"secret":"hunter2","pad":"${'x'.repeat(n)}"}`) },
)

const policies = fc.record({
  on_unparsable: fc.constantFrom('text', 'drop', 'quarantine'),
  on_mask_error: fc.constantFrom('redact', 'drop', 'fail'),
  on_oversize: fc.constantFrom('truncate', 'drop', 'text'),
  max_record_bytes: fc.constantFrom(1024, 1 << 20),
})

describe('a stage', () => {
  it('gives what masking line by line gives, and counts the same', { timeout: 60_000 }, async () => {
    const property = fc.asyncProperty(
      fc.array(line, { maxLength: 60 }),
      policies,
      fc.array(fc.nat(), { maxLength: 6 }),
      fc.constantFrom('\n', '\r\n'),
      async (lines, policy, cuts, end) => {
        const options = {
          masks: { broken },
          ruleset: [
            'mask-logs:default',
            {
              version: '1.0',
              policy,
              rules: [
                { paths: ['b'], masks: [{ type: 'broken' }] },
                { paths: ['gone'], masks: [{ type: 'remove' }] },
              ],
            },
          ],
          quarantine: () => {},
        }
        const whole = Buffer.from(lines.map((one) => one + end).join(''))
        const at = [0, ...cuts.map((cut) => (whole.length === 0 ? 0 : cut % whole.length)).sort((a, b) => a - b), whole.length]
        const chunks = at.slice(1).map((to, i) => whole.subarray(at[i], to))
        const { out, guard } = await through(chunks, options)
        const single = new LineGuard({ runSecret, ...options })
        const expected = lines
          .map((one) => {
            const masked = single.mask(one)
            return (masked === '' && one !== '') || masked.endsWith('\n') ? masked : `${masked}\n`
          })
          .join('')
        expect(out.toString()).toBe(expected)
        const counts = (of: LineGuard): object => {
          const { lines: n, maskedLines, dropped, minimal, textLines, masked, byRule, errors } = of.stats()
          return { n, maskedLines, dropped, minimal, textLines, masked, byRule, errors }
        }
        expect(counts(guard)).toEqual(counts(single))
      },
    )
    await fc.assert(property, { numRuns: 60 })
    expect(told.join('')).not.toMatch(/hunter2|boom/)
  })

  it('goes on behind every line that fails, in blocks of many', async () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `{"level":30,"time":${1_790_000_000_000 + i},"n":${i},"b":"${i % 3 === 0 ? 'boom' : 'fine'} ${i}"}\n`)
    const ruleset = { version: '1.0', policy: { on_mask_error: 'fail' }, rules: [{ paths: ['b'], masks: [{ type: 'broken' }] }] }
    const { out, guard } = await through([lines.join('')], { masks: { broken }, ruleset })
    const expected = lines.map((_, i) =>
      i % 3 === 0 ? `{"level":30,"time":${1_790_000_000_000 + i},"msg":"[MASKING FAILED]"}\n` : `{"level":30,"time":${1_790_000_000_000 + i},"n":${i},"b":"m"}\n`,
    )
    expect(out.toString()).toBe(expected.join(''))
    expect(guard.stats()).toMatchObject({ lines: 5000, maskedLines: 5000, minimal: { internal: 1667 } })
    expect(told).toHaveLength(1)
  })

  it('puts the minimal record where a note of a line held back cannot be written', async () => {
    const quarantine = (): void => {
      throw new Error('hunter2')
    }
    const { out, guard } = await through(['{"a":1}\nhunter2\n{"a":2}\n'], { policy: { on_unparsable: 'quarantine' }, quarantine })
    expect(out.toString()).toBe('{"a":1}\n{"level":50,"msg":"[MASKING FAILED]"}\n{"a":2}\n')
    expect(guard.stats()).toMatchObject({ lines: 3, minimal: { internal: 1 } })
    expect(told.join('')).not.toContain('hunter2')
  })

  it('masks a private key over several lines, also behind one that fails', async () => {
    const body = Array.from({ length: 6 }, (_, i) => `MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7${'A1b2'[i % 4]}${i}KmQ9`)
    const key = ['-----BEGIN PRIVATE KEY-----', ...body, '-----END PRIVATE KEY-----']
    const ruleset = ['mask-logs:default', { version: '1.0', policy: { on_mask_error: 'fail' }, rules: [{ paths: ['b'], masks: [{ type: 'broken' }] }] }]
    const { out } = await through([`{"b":"fine"}\n{"b":"boom"}\nkey:\n${key.join('\n')}\nafter\n{"b":"boom"}\n`], { masks: { broken }, ruleset })
    expect(out.toString()).not.toMatch(/MIIE/)
    expect(out.toString()).toMatch(/after\n.*MASKING FAILED/)
  })

  it('takes off the CR of every line end, wherever it is cut, and no other', async () => {
    const text = 'a\r\n\r\n{"a":1}\r\nb\rc\r\r\n\r\r\n{"b":2}\n'
    const expected = 'a\n\n{"a":1}\nb\rc\r\n\r\n{"b":2}\n'
    expect((await through([text])).out.toString()).toBe(expected)
    for (let cut = 1; cut < text.length; cut++) expect((await through([text.slice(0, cut), text.slice(cut)])).out.toString(), `cut at ${cut}`).toBe(expected)
    expect((await through([...text])).out.toString()).toBe(expected)
    expect((await through(['last\r'])).out.toString()).toBe('last\r\n')
    expect((await through(['x\r', ''])).out.toString()).toBe('x\r\n')
    expect((await through([''])).out.toString()).toBe('')
  })

  it('leaves bytes that are no UTF-8 as they are', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"a":"'),
      Buffer.of(0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80),
      Buffer.from('","password":"hunter2"}\nx '),
      Buffer.of(0xfe),
      Buffer.from('\n'),
    ])
    const { out } = await through([bytes])
    expect(out.toString('latin1')).toBe(bytes.toString('latin1').replace('hunter2', '[REDACTED:named_secret]'))
  })

  it('stops at a reader that is full: no more than one push waits beside the chunk at hand', async () => {
    const guard = new LineGuard({ runSecret })
    const stage = new MaskStage(guard, { ended: () => guard.end() })
    stage.pause()
    const lines = Array.from({ length: 8000 }, (_, i) => `{"n":${i},"password":"hunter2","pad":"${'x'.repeat(500)}"}\n`)
    const all = lines.join('')
    let taken = 0
    stage.write(all.slice(0, all.length / 2), () => taken++)
    stage.write(all.slice(all.length / 2), () => taken++)
    await turn()
    await turn()
    expect(taken).toBe(0)
    expect(stage.readableLength).toBeGreaterThan(0)
    expect(stage.readableLength).toBeLessThan(300_000)
    expect(guard.stats().lines).toBeLessThan(600)
    stage.end()
    let text = ''
    for await (const piece of stage) {
      text += String(piece)
      expect(stage.readableLength).toBeLessThan(300_000)
      if (guard.stats().lines % 7 === 0) await turn()
    }
    expect(taken).toBe(2)
    expect(text.split('\n').map((one) => /"n":(\d+)/.exec(one)?.[1])).toEqual([...lines.map((_, i) => String(i)), undefined])
  })

  it('hands on what is complete at once, and the rest when the line ends', async () => {
    const guard = new LineGuard({ runSecret })
    const stage = new MaskStage(guard, { ended: () => guard.end() })
    const seen: string[] = []
    stage.on('data', (piece: Buffer) => seen.push(piece.toString()))
    for (const [chunk, expected] of [
      ['{"a":1}\n{"b"', ['{"a":1}\n']],
      [':2', []],
      ['}\n', ['{"b":2}\n']],
    ] as const) {
      seen.length = 0
      stage.write(chunk)
      await turn()
      expect(seen).toEqual(expected)
    }
    stage.destroy()
    await once(stage, 'close')
  })

  it('fails where nobody reads it', async () => {
    const guard = new LineGuard({ runSecret })
    const stage = new MaskStage(guard, { ended: () => guard.end() })
    stage.write('{"a":1}\n'.repeat(50_000))
    const [error] = (await once(stage, 'error')) as [Error]
    expect(error.message).toMatch(/nobody reads.*'destination'/)
  })

  it('tells findings with line and path, and replaces every line when the masker is gone', async () => {
    const found: FindingEvent[] = []
    await through(['{"a":1}\n{"user":{"password":"hunter2"}}\nplain password=hunter2\n'], { onFinding: (event) => found.push(event) })
    expect(found).toMatchObject([
      { line: 2, path: '*.*', where: 'value' },
      { line: 3, path: '', where: 'line' },
    ])
    const guard = new LineGuard({ runSecret })
    const engine = guard.lines()
    guard.close()
    const [out] = engine.block(Buffer.from('{"level":30,"password":"hunter2"}\nhunter2\n'))
    expect(out!.toString()).toBe('{"level":30,"msg":"[MASKING FAILED]"}\n{"level":50,"msg":"[MASKING FAILED]"}\n')
  })
})
