// The worker transport as a stream: chunks cut anywhere, what is no JSON, what is huge.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import transport from '../../transports/pino/index.ts'

const runSecret = 'a run secret for tests, long enough'
const root = fileURLToPath(new URL('../../', import.meta.url))
let folder = ''
let files = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mask-logs-pino-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Sends the chunks through; gives what arrived in the file. */
async function through(chunks: readonly (string | Buffer)[], options: object = {}): Promise<string> {
  const destination = join(folder, `${++files}.log`)
  const stream = await transport({ runSecret, destination, ...options })
  for (const chunk of chunks) stream.write(chunk as string)
  stream.end()
  await new Promise<void>((resolve, reject) => {
    stream.on('close', resolve)
    stream.on('error', reject)
  })
  return readFileSync(destination, 'utf8')
}

it('passes on every line, masked, whatever it is', async () => {
  const lines = [
    '{"password":"hunter2","n":1.50,"big":12345678901234567890}',
    'plain password=hunter2',
    'null',
    '42',
    '"text"',
    '',
    '{"u":1,"u":2}',
    '[1,{"token":"hunter2x"}]',
    'not json {"a":',
  ]
  const expected = [
    '{"password":"[REDACTED:named_secret]","n":1.50,"big":12345678901234567890}',
    'plain password=[REDACTED:named_secret]',
    'null',
    '42',
    '"text"',
    '',
    '{"u":1,"u":2}',
    '[1,{"token":"[REDACTED:named_secret]"}]',
    'not json {"a":',
  ]
  expect(await through([lines.map((line) => `${line}\n`).join('')])).toBe(expected.map((line) => `${line}\n`).join(''))
  // Line ends of Windows become `\n`; a last line without one gets it.
  expect(await through(['{"a":1}\r\n{"b":2}\r\nlast'])).toBe('{"a":1}\n{"b":2}\nlast\n')
})

it('does not see where chunks are cut', async () => {
  const whole = Buffer.from('{"name":"Zoë ☃ 😀","password":"hunter2"}\n{"mail":"bob@shop.example"}\n')
  const expected = await through([whole])
  expect(expected).not.toMatch(/hunter2|bob@/)
  expect(expected).toContain('Zoë ☃ 😀')
  for (let cut = 1; cut < whole.length; cut++) expect(await through([whole.subarray(0, cut), whole.subarray(cut)]), `cut at ${cut}`).toBe(expected)
  expect(await through(Array.from(whole, (byte) => Buffer.of(byte)))).toBe(expected)
}, 60_000)

it('goes by the policies for what is too long or no JSON', async () => {
  const long = `{"level":30,"time":1790000000000,"password":"hunter2","pad":"${'x'.repeat(10_000_000)}"}\n`
  const kept = await through([long], { policy: { max_record_bytes: 20_000_000 } })
  expect(kept).toHaveLength(long.length - 'hunter2'.length + '[REDACTED:named_secret]'.length)
  const cut = await through([long])
  expect(cut.length).toBeLessThan(40_000)
  expect(cut).toMatch(/^\{"level":30,"time":1790000000000,"oversize":10000\d\d\d,/)
  expect(cut).not.toContain('hunter2')
  expect(await through(['no json\n{"a":1}\n'], { policy: { on_unparsable: 'drop' } })).toBe('{"a":1}\n')
}, 60_000)

it('says what is wrong with its options', async () => {
  await expect(transport({ masks: {} } as never)).rejects.toThrow(/plugins: \['\.\/my-masks\.mjs'\]/)
  await expect(transport({ rulset: 'x' } as never)).rejects.toThrow(/'rulset' is no option/)
  await expect(transport({ destination: -1 })).rejects.toThrow(/'destination'/)
  await expect(transport({ destination: join(folder, 'no', 'such', 'folder') })).rejects.toThrow(/cannot be opened/)
  await expect(transport({ ruleset: { version: '1.0', rules: [{ nonsense: 1 }] } })).rejects.toThrow(/nonsense/)
})

it('is found by require, as pino finds it, with the function as its default', async () => {
  const path = createRequire(import.meta.url).resolve('mask-logs/pino')
  const script = `
    const required = require('mask-logs/pino')
    const loaded = Object.keys(require.cache).filter((file) => file.includes('pino-abstract-transport'))
    import(${JSON.stringify(path)}).then((imported) => console.log(JSON.stringify([typeof imported.default, typeof imported.maskPino, typeof required.default, typeof required.maskPino, loaded])))`
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8', timeout: 30_000 })
  expect(JSON.parse(stdout), stderr).toEqual(['function', 'function', 'function', 'function', []])
})
