// The package as it runs: bundled, the command and the library with the same classes.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as library from '../src/index.ts'
import { buildInto } from './support/build.ts'

const root = process.cwd()
let folder: string
let home: string
let app: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mask-logs-'))
  home = join(folder, 'package')
  app = join(folder, 'app')
  mkdirSync(home)
  buildInto(home)
  // An application that has the package installed.
  mkdirSync(join(app, 'node_modules'), { recursive: true })
  symlinkSync(home, join(app, 'node_modules/mask-logs'), 'dir')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function node(args: readonly string[], input = ''): { code: number | null; out: string; err: string } {
  const env = { ...process.env, MASK_LOGS_RUN_SECRET: 'a run secret that is long enough' }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: app, encoding: 'utf8', input, env })
  return { code: status, out: stdout, err: stderr }
}
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { bin: Record<string, string>; exports: Record<string, { default: string }> }
const command = (): string => join(home, manifest.bin['mask-logs'] ?? '')

describe('the bundle', () => {
  it('is where the package says', () => {
    expect(existsSync(command())).toBe(true)
    expect(readFileSync(command(), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    expect(existsSync(join(home, manifest.exports['.']?.default ?? ''))).toBe(true)
  })

  it('exports what the sources export, to import and to require', async () => {
    const names = Object.keys(library).sort()
    const imported = (await import(pathToFileURL(join(home, manifest.exports['.']?.default ?? '')).href)) as object
    expect(Object.keys(imported).sort()).toEqual(names)
    writeFileSync(join(app, 'required.cjs'), "console.log(JSON.stringify(Object.keys(require('mask-logs')).sort()))")
    expect(JSON.parse(node(['required.cjs']).out)).toEqual(names)
  })

  it('finds version and rulesets beside it', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(node([command(), '--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
    expect(node([command(), 'rulesets', 'pci']).out).toBe(readFileSync('rulesets/pci.yaml', 'utf8'))
    expect(node([command()], 'card 4111 1111 1111 1111\n')).toMatchObject({ code: 0, out: expect.not.stringContaining('4111 1111 1111 1111') as string })
  })

  it('takes the library from the code compiled ahead, where there is some for this Node', () => {
    // without it, index.cjs is loaded as any module is
    writeFileSync(
      join(app, 'watch.cjs'),
      "const M = require('node:module'); const load = M._load; M._load = function (name, ...rest) { if (/[\\\\/]index\\.cjs$/.test(name)) console.error('loaded'); return load.call(this, name, ...rest) }",
    )
    const args = ['-r', './watch.cjs', command()]
    expect(node(args, '{"a":1}\n')).toEqual({ code: 0, out: '{"a":1}\n', err: 'loaded\n' })
    expect(node([join(root, 'scripts/build-code-cache.mjs'), join(home, 'dist/src')]).code).toBe(0)
    expect(node(args, '{"a":1}\n')).toEqual({ code: 0, out: '{"a":1}\n', err: '' })
  })

  it('takes the full YAML parser and the linear regular expressions from their packages', () => {
    // Anchors are beyond the plain reader, the pattern is not one that RegExp is trusted with.
    const rule = 'masks: [{type: replace_regex, regex: "x(a|ab)(c|bcd)*y", masks: [{type: from_fixed, value: "-"}]}]'
    writeFileSync(join(app, 'full.yaml'), `version: &v "1.0"\nrules:\n- paths: [msg]\n  ${rule}\n`)
    expect(node([command(), '-r', 'full.yaml'], '{"msg":"q xabcdcy q"}\n')).toEqual({ code: 0, out: '{"msg":"q - q"}\n', err: '' })
  })
})

describe.each(['mjs', 'cjs'])('a plugin (%s) that uses the package', (kind) => {
  const plugin = (): string => `plugin.${kind}`
  beforeAll(() => {
    const use = kind === 'mjs' ? "import { MaskError, REMOVED } from 'mask-logs'" : "const { MaskError, REMOVED } = require('mask-logs')"
    const mask = (type: string, body: string): string =>
      `${type}: { type: '${type}', summary: '', input: 'T', settles: 'value', options: {}, compile: () => () => { ${body} }, examples: [] }`
    const masks = `{ ${mask('picky', "throw new MaskError('verify_hit', 'picky', 'does not like it')")}, ${mask('gone', 'return REMOVED')} }`
    writeFileSync(join(app, plugin()), `${use}\n${kind === 'mjs' ? 'export const masks =' : 'exports.masks ='} ${masks}\n`)
    writeFileSync(join(app, 'rules.yaml'), 'version: "1.0"\nrules:\n- {paths: [a], masks: [{type: picky}]}\n- {paths: [b], masks: [{type: gone}]}\n')
  })

  it('gets the classes of the command that loads it', () => {
    const { code, out, err } = node([command(), '--stats', '--plugin', `./${plugin()}`, '-r', 'rules.yaml'], '{"a":"x","b":"y","c":1}\n')
    expect({ code, b: out.includes('"b"'), x: out.includes('"x"') }).toEqual({ code: 0, b: false, x: false })
    // Of an error that it does not know the command says `internal`.
    expect(err).toContain('errors: verify_hit 1\n')
  })
})
