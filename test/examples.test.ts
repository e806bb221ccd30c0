// The examples do what their pages say, on a build of the sources as they are.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { environmentNames } from '../transports/server/config.ts'
import { buildInto } from './support/build.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const vectorSecret = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'
let folder: string

/** A program in the copy of the repository, with nothing of our own settings in its environment. */
function node(args: readonly string[], more: Readonly<Record<string, string>> = {}): { code: number | null; out: string; err: string } {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MASK_LOGS_')))
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env: { ...env, ...more }, timeout: 60_000 })
  return { code: status, out: stdout, err: stderr }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mask-logs-'))
  buildInto(folder)
  cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('examples/cli', () => {
  const masks = (secret: string): ReturnType<typeof node> =>
    node(['dist/src/bin.cjs', '-r', 'examples/cli/ruleset.yaml', 'examples/cli/input.ndjson'], { MASK_LOGS_RUN_SECRET: secret })

  it('gives the expected output under the secret of its page', () => {
    expect(readFileSync(join(root, 'examples/cli/README.md'), 'utf8')).toContain(vectorSecret)
    expect(masks(vectorSecret)).toEqual({ code: 0, out: readFileSync(join(root, 'examples/cli/expected.ndjson'), 'utf8'), err: '' })
  })

  it('gives other substitutes under another secret', () => {
    const { code, out } = masks('another secret of 20 letters')
    expect(code).toBe(0)
    expect(out).not.toBe(readFileSync(join(root, 'examples/cli/expected.ndjson'), 'utf8'))
  })

  it('has a ruleset whose tests pass, and would not under another secret', () => {
    const { code, out, err } = node(['dist/src/bin.cjs', 'check', '--test', 'examples/cli/ruleset.yaml'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^examples\/cli\/ruleset\.yaml: ok\n(?:ok .*\n){3}.* 3 of 3 tests passed\n$/)
    writeFileSync(join(folder, 'other-secret'), 'another secret of 20 letters')
    expect(node(['dist/src/bin.cjs', 'check', '--test', '--run-secret-file', 'other-secret', 'examples/cli/ruleset.yaml'])).toMatchObject({ code: 1 })
  })

  it('has a ruleset without warnings', () => {
    expect(node(['dist/src/bin.cjs', 'check', 'examples/cli/ruleset.yaml'])).toEqual({ code: 0, out: 'examples/cli/ruleset.yaml: ok\n', err: '' })
  })
})

describe('examples/batch', () => {
  const path = (name: string): string => join(root, 'examples/batch', name)

  it('masks the table and the document as its page says', () => {
    const { status, stderr } = spawnSync('sh', ['examples/batch/run.sh', folder], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], MASK_LOGS: `${process.execPath} dist/src/bin.cjs` },
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    for (const name of ['csv', 'json']) expect(readFileSync(join(folder, `masked.${name}`), 'utf8')).toBe(readFileSync(path(`expected.${name}`), 'utf8'))
  })

  it('has one identity for a customer in both', () => {
    const page = readFileSync(path('README.md'), 'utf8')
    for (const name of ['expected.csv', 'expected.json'])
      for (const text of ['10109', '+7 (031) 209-5169', 'email_w3xv2tsmrwikd25l']) {
        expect(readFileSync(path(name), 'utf8')).toContain(text)
        if (!text.startsWith('email')) expect(page).toContain(text)
      }
  })

  it('has a ruleset without warnings', () => {
    expect(node(['dist/src/bin.cjs', 'check', 'examples/batch/ruleset.yaml'])).toEqual({ code: 0, out: 'examples/batch/ruleset.yaml: ok\n', err: '' })
  })
})

describe('examples/otlp-proxy', () => {
  const path = (name: string): string => join(root, 'examples/otlp-proxy', name)

  it('masks what goes through the proxy as its page says', () => {
    const { code, out, err } = node(['examples/otlp-proxy/run.mjs'], { MASK_LOGS: `${process.execPath} dist/src/bin.cjs` })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toBe(readFileSync(path('expected.txt'), 'utf8'))
  })

  it('gives a user one pseudonym, and keeps what nothing touched', () => {
    const arrived = readFileSync(path('expected.txt'), 'utf8')
    const pseudonyms = arrived.match(/user_\w+/g) ?? []
    expect({ count: pseudonyms.length, different: new Set(pseudonyms).size }).toEqual({ count: 2, different: 1 })
    expect(arrived).toContain('"startTimeUnixNano": 1790000000000000001,')
    for (const raw of ['4711"', 't0k3n', 'Bearer', '4111 1111', 'ann@']) expect(arrived).not.toContain(raw)
  })

  it('has a ruleset without warnings', () => {
    expect(node(['dist/src/bin.cjs', 'check', 'examples/otlp-proxy/ruleset.yaml'])).toEqual({ code: 0, out: 'examples/otlp-proxy/ruleset.yaml: ok\n', err: '' })
  })
})

describe('examples/collector', () => {
  it('sends a trace through the proxy and shows what arrives', () => {
    const { code, out, err } = node(['examples/collector/run.mjs'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const [explained = '', arrived = ''] = out.split('\nWhat arrives:\n')
    expect(explained).toContain('mask-logs otlp --listen-http')
    expect(arrived).toBe(readFileSync(join(root, 'examples/collector/expected.json'), 'utf8'))
    for (const raw of ['t0p5ecret', 'Bearer', '203.0.113.77', 'u-881', '4711', 'ann@', '4111 1111', 'k3y-77x1']) {
      expect(readFileSync(join(root, 'examples/collector/request.json'), 'utf8')).toContain(raw)
      expect(arrived).not.toContain(raw)
    }
  })

  it('explains what needs a Collector', () => {
    for (const topology of ['agent', 'loop'])
      expect(node(['examples/collector/run.mjs', topology])).toMatchObject({ code: 0, err: '', out: expect.stringContaining('MASK_LOGS_OTELCOL') as string })
    expect(node(['examples/collector/run.mjs', 'ring']).code).toBe(2)
  })

  it('has a ruleset without warnings', () => {
    expect(node(['dist/src/bin.cjs', 'check', 'examples/collector/ruleset.yaml'])).toEqual({ code: 0, out: 'examples/collector/ruleset.yaml: ok\n', err: '' })
  })
})

describe('examples/pino', () => {
  it('hides every planted value and changes nothing else', () => {
    const { code, out, err } = node(['examples/pino/demo.mjs'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('none of the planted values is left in the output')
    expect(Number(/(\d+) values replaced/.exec(out)?.[1])).toBeGreaterThan(40)
  })
})

describe('examples/middleware', () => {
  it('answers as its page says, with one identity in all servers and none of the planted values', () => {
    const { code, out, err } = node(['examples/middleware/run.mjs'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toBe(readFileSync(join(root, 'examples/middleware/expected.txt'), 'utf8'))
    for (const text of ['4823.50', '9007199254740993', 'F-168481']) expect(out.split(text).length).toBeGreaterThan(4)
    for (const text of ['C-004711', 'amelia.nobody', 'Amelia', '4111 1111']) expect(out).not.toContain(text)
  })

  it('answers otherwise under another secret', () => {
    const { code, out } = node(['examples/middleware/run.mjs'], { MASK_LOGS_RUN_SECRET: 'another secret of 20 letters' })
    expect(code).toBe(0)
    expect(out).not.toContain('F-168481')
  })

  it('has a ruleset without warnings', () => {
    expect(node(['dist/src/bin.cjs', 'check', 'examples/middleware/ruleset.yaml'])).toEqual({ code: 0, out: 'examples/middleware/ruleset.yaml: ok\n', err: '' })
  })
})

describe('examples/otel', () => {
  const path = (name: string): string => join(root, 'examples/otel', name)
  /** What is printed, without ids and times, in the order of its text: signals are flushed side by side. */
  const items = (text: string): string[] =>
    text
      .replace(/'[0-9a-f]{32}'|'[0-9a-f]{16}'/g, "'...'")
      .replace(/(timestamp|duration): [0-9.]+/g, '$1: ...')
      .replace(/\[ \d{10}, \d+ \]/g, '[ ... ]')
      .split(/^(?=\{)/m)
      .sort()

  it('exports what its page shows, and leaks without the wrappers', () => {
    const secrets = ['9f8e7d6c5b4a', '203.0.113.7', 'u-881', 'sarah.mitchell@shop.example', 'abcdef0123456789', '12345', 'Maria', '4111 1111 1111 1111', 'maria']
    const masked = node(['examples/otel/app.mjs'], { MASK_LOGS_RUN_SECRET: vectorSecret })
    expect({ code: masked.code, err: masked.err }).toEqual({ code: 0, err: '' })
    expect(items(masked.out)).toEqual(items(readFileSync(path('expected.txt'), 'utf8')))
    expect(secrets.filter((text) => masked.out.includes(text))).toEqual([])
    const raw = node(['examples/otel/app.mjs', '--raw'])
    expect(raw.code).toBe(0)
    expect(secrets.filter((text) => raw.out.includes(text))).toEqual(secrets)
  })

  it('has a ruleset without warnings', () => {
    expect(node(['dist/src/bin.cjs', 'check', 'examples/otel/ruleset.yaml'])).toEqual({ code: 0, out: 'examples/otel/ruleset.yaml: ok\n', err: '' })
  })
})

describe('examples/rest', () => {
  const path = (name: string): string => join(root, 'examples/rest', name)
  const names = ['customer-record', 'support', 'third-party']

  it('masks as its page says', () => {
    const { code, err } = node(['examples/rest/run.mjs', folder], { MASK_LOGS: `${process.execPath} ${join(folder, 'dist/src/bin.cjs')}` })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const name of names) expect(readFileSync(join(folder, `${name}.out.json`), 'utf8'), name).toBe(readFileSync(path(`expected.${name}.json`), 'utf8'))
  })

  it('has rulesets without warnings, and shows what the page of the server shows', () => {
    for (const name of names) expect(node(['dist/src/bin.cjs', 'check', `examples/rest/${name}.yaml`])).toEqual({ code: 0, out: `examples/rest/${name}.yaml: ok\n`, err: '' })
    const page = readFileSync(join(root, 'docs/server.md'), 'utf8')
    for (const text of ['"10109"', '3067.13', '"1963-09-08"']) {
      expect(page).toContain(text)
      expect(readFileSync(path('expected.customer-record.json'), 'utf8')).toContain(text)
    }
  })

  it('has containers that run without root, on a read-only file system', () => {
    const docker = readFileSync(path('Dockerfile'), 'utf8').split('\n')
    expect(docker).toContain('USER 65532:65532')
    expect(docker.findLast((line) => /^(ENTRYPOINT|CMD)/.test(line))).toBe('CMD ["serve"]')
    const { services, volumes, secrets } = parse(readFileSync(path('compose.yaml'), 'utf8'))
    const [service] = Object.values(services as Record<string, Record<string, unknown>>)
    expect(service).toMatchObject({ read_only: true, user: '65532:65532', cap_drop: ['ALL'] })
    expect(Object.keys(volumes as object)).toEqual(['data'])
    expect(Object.keys(secrets as object)).toEqual(service!['secrets'])
    const [config, deployment] = parseAllDocuments(readFileSync(path('sidecar.yaml'), 'utf8')).map((document) => (document as { toJS(): unknown }).toJS() as Manifest)
    const pod = deployment!.spec!.template.spec
    const sidecar = pod.containers.find(({ name }) => name === 'mask-logs')!
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true })
    expect(sidecar.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false })
    // every mount has its volume, every plan its ruleset, every setting its name
    expect(sidecar.volumeMounts.map(({ name }) => name).sort()).toEqual(pod.volumes.map(({ name }) => name).sort())
    expect(deployment!.spec!.selector.matchLabels).toEqual(deployment!.spec!.template.metadata.labels)
    writeFileSync(join(folder, 'sidecar.yaml'), Object.values(config!.data!)[0]!)
    expect(node(['dist/src/bin.cjs', 'check', 'sidecar.yaml'])).toMatchObject({ code: 0, err: '' })
    const known = environmentNames().map(({ name }) => name)
    for (const { name } of sidecar.env) expect([...known, 'MASK_LOGS_RUN_SECRET_FILE']).toContain(name)
  })
})

interface Manifest {
  readonly data?: Record<string, string>
  readonly spec?: {
    readonly selector: { readonly matchLabels: object }
    readonly template: {
      readonly metadata: { readonly labels: object }
      readonly spec: {
        readonly securityContext: object
        readonly volumes: { readonly name: string }[]
        readonly containers: {
          readonly name: string
          readonly securityContext: object
          readonly volumeMounts: { readonly name: string }[]
          readonly env: { readonly name: string }[]
        }[]
      }
    }
  }
}
