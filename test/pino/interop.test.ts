// With the packages that stand around pino, in processes of their own: frameworks, pretty printers, OpenTelemetry, other loggers.

import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nodeFor } from '../support/sdk-node.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mask-logs-pino-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function node(script: string, ...args: string[]): { code: number | null; out: string; err: string } {
  return nodeAt(process.execPath, script, ...args)
}

function nodeAt(path: string, script: string, ...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(path, [script, ...args], { cwd: root, encoding: 'utf8', timeout: 60_000 })
  return { code: status, out: stdout, err: stderr }
}

/** What the examples log and nobody may see. */
const PLANTED = [
  'amelia@shop.example',
  'hunter2',
  '4111 1111 1111 1111',
  '0a1b2c3d4e5f6g7h',
  't0k3n-9f8e7d6c5b',
  '9f8e7d6c5b4a3928',
  '1a2b3c4d5e6f7a8b',
  'k3y-77x1-zz',
  '5f4dcc3b5aa765d61d8327de',
  'DE89370400440532013000',
]

describe('examples', () => {
  it.each([
    ['pino/fastify', ['/login?token=REDACTED', 'login of ', '"password":"[REDACTED', 'request completed']],
    ['pino/http', ['"x-api-key":"[REDACTED]"', '/pay?access_token=REDACTED', 'payment without a customer']],
    ['pino/nest', ['Nest application successfully started', '"authorization":"[REDACTED]"', 'orders listed']],
    ['pino/next', ['"cookie":"[REDACTED]"', 'signing in', 'password=[REDACTED:named_secret]']],
    ['loggers/winston', ['"message":"login"', '"password":"[REDACTED:named_secret]"', 'declined']],
    ['loggers/bunyan', ['"msg":"login"', 'payment failed']],
    ['loggers/console', ['login of ', 'password=[REDACTED:named_secret]']],
  ])('%s', (name, expected) => {
    const { code, out, err } = node(`examples/${name}.mjs`)
    expect(code, err).toBe(0)
    for (const text of expected) expect(out).toContain(text)
    for (const secret of PLANTED) expect(out + err).not.toContain(secret)
    if (name === 'loggers/console') expect(err).toMatch(/^Error: card \d{4} \d{4} \d{4} \d{4} declined\n/)
    else expect(err).toBe('')
  })

  it('pino/worker, with a file and a pretty printer behind the mask', () => {
    const file = join(folder, 'worker.log')
    const { code, out } = node('examples/pino/worker.mjs', file)
    expect(code).toBe(0)
    expect(out).toMatch(/WARN .*password in a log\n {4}password: "\[REDACTED:named_secret\]"/)
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3)
    for (const secret of PLANTED) expect(out + readFileSync(file, 'utf8')).not.toContain(secret)
  })
})

describe('OpenTelemetry', () => {
  interface Seen {
    readonly stream: string
    readonly records: string
    readonly count: number
  }

  // instrumentation-pino 0.69 goes with SDK 2, 0.70 with SDK 3.
  describe.each(['2', '3'] as const)('SDK %s', (line) => {
    const choice = nodeFor(line)
    if ('skip' in choice) {
      it.skipIf(true)(`runs (left out: ${choice.skip})`, () => {})
      return
    }

    it('exports nothing raw from an instrumented pino under maskPino', () => {
      const { out, err } = nodeAt(choice.node, 'test/fixtures/pino/instrumented.cjs', JSON.stringify({ design: 'maskPino', line }))
      const { stream, records, count } = JSON.parse(out) as Seen
      expect(count, err).toBe(1)
      expect(stream + records).not.toMatch(/hunter2|bob@shop/)
      expect(records).toContain('[REDACTED:named_secret]')
    })

    it('exports everything raw where only the destination masks, and says so', () => {
      const { out, err } = nodeAt(choice.node, 'test/fixtures/pino/instrumented.cjs', JSON.stringify({ design: 'maskDestination', line }))
      const { stream, records } = JSON.parse(out) as Seen
      expect(stream).not.toMatch(/hunter2|bob@shop/)
      expect(records).toMatch(/hunter2-token/)
      expect(err).toMatch(/use maskPino/)
    })
  })

  it.each(['maskPino', 'stage'])('gets nothing raw through pino-opentelemetry-transport: %s', async (design) => {
    const bodies: Buffer[] = []
    const server = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk))
      request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    await new Promise<void>((resolve, reject) => {
      execFile(process.execPath, ['test/fixtures/pino/otlp.mjs', JSON.stringify({ design, port })], { cwd: root, timeout: 60_000 }, (error) => (error ? reject(error) : resolve()))
    })
    await new Promise((resolve) => server.close(resolve))
    const sent = Buffer.concat(bodies).toString('latin1')
    expect(sent).toContain('mail to ')
    expect(sent).toContain('[REDACTED:named_secret]')
    expect(sent).not.toMatch(/hunter2|bob@shop|4111111111111111/)
  })
})
