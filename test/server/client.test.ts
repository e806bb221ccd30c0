// 21: the public Python client and command line, unchanged. MASK_LOGS_TEST_PYTHON names a Python that has the packages
// datamasque-python and datamasque-cli (default: python3); without them the steps are skipped, and it is said why.
import { spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testFolder } from '../support/folder.ts'
import { PASSWORDS, REDACT, startServer } from './support.ts'

const python = process.env['MASK_LOGS_TEST_PYTHON'] ?? 'python3'
const found = spawnSync(python, ['-c', 'import datamasque.client, datamasque_cli'], { encoding: 'utf8' })
const reason = found.error !== undefined ? `there is no ${python}` : found.status !== 0 ? 'datamasque-python and datamasque-cli are not installed' : undefined
const folder = testFolder()

describe('the public Python client', () => {
  it.skipIf(reason !== undefined)(`passes unchanged${reason === undefined ? '' : ` (skipped: ${reason})`}`, { timeout: 60_000 }, async () => {
    let now = Date.now()
    const t = await startServer(folder.next(), {}, {}, () => now)
    const child = spawn(python, [join(import.meta.dirname, 'client.py'), t.server.url], { stdio: ['pipe', 'pipe', 'pipe'] })
    let [out, err] = ['', '']
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString()
    })
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (!out.endsWith('expire\n')) return
      // past the life of the access token, within that of the refresh token
      now += 13 * 3_600_000
      child.stdin.write('\n')
    })
    const code = await new Promise<number | null>((done) => child.on('close', done))
    // the client's own remark on the password that is wrong on purpose
    expect({ code, err }).toEqual({ code: 0, err: 'IFM JWT login failed: status 401\n' })
    expect(out).toContain('"plan"')
  })

  it.skipIf(reason !== undefined)(`and so does its command line${reason === undefined ? '' : ` (skipped: ${reason})`}`, { timeout: 60_000 }, async () => {
    const at = folder.next()
    const t = await startServer(at)
    writeFileSync(join(at, 'rules.yaml'), REDACT)
    writeFileSync(join(at, 'data.json'), '[{"secret": "x", "n": 4823.50}]')
    const dm = async (...args: string[]): Promise<{ code: number | null; out: string; err: string }> => {
      const child = spawn(join(dirname(python), 'dm'), args, {
        cwd: at,
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: at,
          DATAMASQUE_URL: t.server.url,
          DATAMASQUE_USERNAME: 'alice',
          DATAMASQUE_PASSWORD: PASSWORDS.alice,
          NO_COLOR: '1',
          COLUMNS: '200',
        },
      })
      let [out, err] = ['', '']
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString()
      })
      child.stderr.on('data', (chunk: Buffer) => {
        err += chunk.toString()
      })
      const code = await new Promise<number | null>((done) => child.on('close', done))
      return { code, out, err }
    }
    const made = await dm('ifm', 'create', '--name', 'cli', '--file', 'rules.yaml')
    expect(made).toMatchObject({ code: 0 })
    const name = /\/ifm\/ruleset-plans\/(cli-[a-z0-9]{6})\/\s*$/.exec(made.out)?.[1] ?? ''
    expect(name).not.toBe('')
    expect(JSON.parse((await dm('ifm', 'mask', name, '--data', 'data.json')).out)).toEqual([{ secret: '[REDACTED]', n: 4823.5 }])
    expect((await dm('ifm', 'update', name, '--disabled')).code).toBe(0)
    expect((await dm('ifm', 'mask', name, '--data', 'data.json')).code).not.toBe(0)
    expect(JSON.parse((await dm('ifm', 'list', '--json')).out)).toMatchObject([{ name, serial: 1, enabled: false }])
    expect((await dm('ifm', 'get', name, '--yaml')).out.trimEnd()).toBe(REDACT.trimEnd())
    expect(JSON.parse((await dm('ifm', 'verify-token', '--json')).out).scopes).toContain('ifm/mask')
    expect((await dm('ifm', 'delete', name, '--yes')).code).toBe(0)
  })
})
