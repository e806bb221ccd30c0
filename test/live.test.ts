import { appendFileSync, chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLiveMasker, createMasker, InputError, maskWritable, RulesetError } from '../src/index.ts'
import type { LiveMasker, LiveOptions, Masker, ReloadEvent, RulesetInput } from '../src/index.ts'
import { signature } from '../src/watch.ts'
import { testFolder } from './support/folder.ts'

const SECRET = 'live-masker-vectors-not-secret'
const CANARY = 'canary-4417-zebra'
const folder = testFolder()

/** A ruleset that writes its own number over two keys, so that every line tells which version masked it. */
const numbered = (n: number, more = ''): string =>
  `version: "1.0"\nname: number-${n}\nrules:\n  - keys: [a]\n    masks: [{type: from_fixed, value: "v${n}"}]\n  - keys: [b]\n    masks: [{type: from_fixed, value: "v${n}"}]\n${more}`

function live(ruleset: RulesetInput, options: LiveOptions = {}): LiveMasker & { events: ReloadEvent[] } {
  const events: ReloadEvent[] = []
  const masker = createLiveMasker(ruleset, { runSecret: SECRET, onReload: (event) => events.push(event), ...options })
  onTestFinished(() => masker.close())
  return Object.assign(masker, { events })
}

/** Replaces a file as a whole, as careful programs do. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}

async function until(done: () => boolean, ms = 30_000): Promise<void> {
  for (const end = Date.now() + ms; !done(); await sleep(10)) if (Date.now() > end) throw new Error('it did not happen in time')
}

const record = '{"a":"x","b":"y","c":1}'

describe('reload', () => {
  it('puts a new version in force as a whole and counts it', () => {
    const path = join(folder.next(), 'rules.yaml')
    writeFileSync(path, numbered(1))
    const masker = live(path)
    expect([masker.name, masker.serial]).toEqual(['number-1', 0])
    expect(masker.json(record)).toBe('{"a":"v1","b":"v1","c":1}')
    writeFileSync(path, numbered(2))
    expect(masker.json(record)).toBe('{"a":"v1","b":"v1","c":1}')
    expect(masker.reload()).toMatchObject({ ok: true, name: 'number-2', serial: 1, trigger: 'call', issues: [] })
    expect(masker.json(record)).toBe('{"a":"v2","b":"v2","c":1}')
    expect(masker.value({ a: 'x' })).toEqual({ a: 'v2' })
    expect(masker.text('a=x')).toBe('a=v2')
    expect(masker.explain(record)).toHaveLength(2)
    expect(masker.current.json(record)).toBe('{"a":"v2","b":"v2","c":1}')
    expect(masker.stats()).toMatchObject({ ruleset: 'number-2', serial: 1, reloads: { ok: 1, error: 0 } })
  })

  it('is named after its file, its built-in name or nothing', () => {
    const path = join(folder.next(), 'own.yaml')
    writeFileSync(path, numbered(1).replace('name: number-1\n', ''))
    expect(live(path).name).toBe('own.yaml')
    expect(live('mask-logs:pci').name).toBe('pci')
    expect(live(numbered(1).replace('name: number-1\n', '')).name).toBe('<ruleset>')
    expect(createMasker(numbered(3)).name).toBe('number-3')
  })

  it.each([
    ['half written', numbered(2).slice(0, -25), 'ruleset'],
    ['empty', '', 'ruleset'],
    ['no ruleset', 'hello: [', 'ruleset'],
    ['gone', undefined, 'file_unreadable'],
    ['with an unknown mask', numbered(2).replace('from_fixed', 'from_fxied'), 'ruleset'],
  ])('leaves the version in force when the file is %s', (_, text, code) => {
    const path = join(folder.next(), 'rules.yaml')
    writeFileSync(path, numbered(1))
    const masker = live(path)
    if (text === undefined) rmSync(path)
    else writeFileSync(path, text)
    const event = masker.reload()
    expect(event).toMatchObject({ ok: false, name: 'number-1', serial: 0, code })
    expect(event.issues.length > 0).toBe(code === 'ruleset')
    expect(masker.events).toEqual([event])
    expect(masker.json(record)).toBe('{"a":"v1","b":"v1","c":1}')
    expect(masker.stats()).toMatchObject({ ruleset: 'number-1', serial: 0, reloads: { ok: 0, error: 1 } })
    writeFileSync(path, numbered(3))
    expect(masker.reload()).toMatchObject({ ok: true, serial: 1 })
  })

  it('says what is wrong by line and column, and nothing of what was masked', () => {
    const path = join(folder.next(), 'rules.yaml')
    writeFileSync(path, numbered(1))
    const masker = live(path)
    masker.json(`{"a":"${CANARY}"}`)
    writeFileSync(path, numbered(2).replace('masks:', 'mask:'))
    const event = masker.reload()
    expect(event.issues[0]).toMatchObject({ line: 5, source: path })
    expect(event.message).toContain('rules.yaml:5:')
    expect(JSON.stringify([masker.events, masker.stats()])).not.toContain(CANARY)
  })

  it('takes a ruleset without files too: the object is read again', () => {
    const ruleset = { version: '1.0', rules: [{ keys: ['a'], masks: [{ type: 'from_fixed', value: 'one' }] }] }
    const masker = live(ruleset)
    ruleset.rules[0]!.masks[0]!.value = 'two'
    expect(masker.json(record)).toContain('"a":"one"')
    masker.reload()
    expect(masker.json(record)).toContain('"a":"two"')
  })

  it('keeps pseudonyms, with a run secret and without one', () => {
    const path = join(folder.next(), 'rules.yaml')
    writeFileSync(path, 'version: "1.0"\nrules: [{keys: [a], masks: [{type: pseudonym}]}]\n')
    for (const runSecret of [SECRET, undefined]) {
      const masker = live(path, { runSecret })
      const before = masker.json(record)
      expect(before).not.toBe(record)
      masker.reload()
      expect(masker.json(record)).toBe(before)
      if (runSecret !== undefined) expect(createMasker(path, { runSecret }).json(record)).toBe(before)
    }
  })

  it('counts over all versions', () => {
    const masker = live(numbered(1))
    for (let i = 0; i < 5; i++) {
      masker.json(record)
      masker.reload()
    }
    masker.json(`${record} x`)
    expect(masker.stats()).toMatchObject({ records: 5, textLines: 1, masked: 12, byRule: { 'rules[0]': 6, 'rules[1]': 6 }, serial: 5 })
  })

  it('counts on from version to version where records are held back', () => {
    const serials: number[] = []
    const masker = live(numbered(1, 'policy: {on_unparsable: quarantine}\n'), { quarantine: ({ serial }) => serials.push(serial) })
    masker.json('one')
    masker.reload()
    masker.json('two')
    expect(serials).toEqual([1, 2])
  })

  it('refuses to reload or close from inside a mask', () => {
    const failures: unknown[] = []
    const masker: LiveMasker = live('version: "1.0"\nrules: [{keys: [a], masks: [{type: own}]}]\n', {
      masks: {
        own: {
          type: 'own',
          summary: 'calls its masker',
          input: 'A',
          settles: 'value',
          options: {},
          compile: () => () => {
            for (const call of [() => masker.reload(), () => masker.close()]) {
              try {
                call()
              } catch (error) {
                failures.push(error)
              }
            }
            return 'done'
          },
          examples: [],
        },
      },
    })
    expect(masker.json(record)).toContain('"a":"done"')
    expect(failures).toHaveLength(2)
    expect(failures.every((error) => error instanceof InputError)).toBe(true)
    expect(masker.serial).toBe(0)
  })

  it('does not care what onReload throws', () => {
    const masker = live(numbered(1), {
      onReload: () => {
        throw new Error('own')
      },
    })
    expect(masker.reload().ok).toBe(true)
  })

  it('throws what createMasker throws at the start, and when it is closed', () => {
    expect(() => createLiveMasker('version: "1.0"\nrules: nothing\n')).toThrow(RulesetError)
    expect(() => createLiveMasker(numbered(1), { runSecret: 'short' })).toThrow(InputError)
    expect(() => createLiveMasker(numbered(1), { watch: 'yes' as never })).toThrow("'watch'")
    expect(() => createLiveMasker(numbered(1), { onReload: 'yes' as never })).toThrow("'onReload'")
    const masker = createLiveMasker(numbered(1))
    masker.close()
    masker.close()
    for (const call of [() => masker.reload(), () => masker.json(record), () => masker.hold(), () => masker.feed()]) expect(call).toThrow('closed')
  })
})

describe('versions', () => {
  it('last while they are held, and are closed afterwards', async () => {
    const masker = live(numbered(1))
    const hold = masker.hold()
    masker.reload()
    await sleep(5)
    expect([hold.serial, masker.serial]).toEqual([0, 1])
    expect(hold.masker.json(record)).toContain('v1')
    expect(masker.stats().records).toBe(1)
    hold.release()
    hold.release()
    await sleep(5)
    expect(() => hold.masker.json(record)).toThrow('closed')
    expect(masker.stats().records).toBe(1)
    expect(masker.json(record)).toContain('v1')
  })

  it('that were handed out go on, whoever has them, until everything is closed', async () => {
    const masker = live(numbered(1))
    const { current } = masker
    masker.reload()
    await sleep(5)
    expect(current.json(record)).toContain('v1')
    expect(masker.stats().records).toBe(1)
    masker.close()
    expect(() => current.json(record)).toThrow('closed')
  })

  it('do not add up: of two hundred one is left', async () => {
    const masker = live(numbered(1))
    const all: Masker[] = []
    for (let i = 0; i < 200; i++) {
      const hold = masker.hold()
      all.push(hold.masker)
      hold.release()
      masker.json(record)
      masker.reload()
    }
    await sleep(5)
    for (const old of all) expect(() => old.json(record)).toThrow('closed')
    expect(masker.stats()).toMatchObject({ records: 200, serial: 200 })
  })
})

describe('feeds', () => {
  const collect = (pieces: Iterable<readonly Buffer[]>): string => {
    let out = ''
    for (const list of pieces) for (const piece of list) out += piece.toString()
    return out
  }

  it('change versions between two lines, never in one', () => {
    const path = join(folder.next(), 'rules.yaml')
    const set = (n: number): void => {
      writeFileSync(path, numbered(n))
      masker.reload()
    }
    writeFileSync(path, numbered(1))
    const masker = live(path)
    const feed = masker.feed()
    let out = collect(feed.push(Buffer.from('{"a":"x"}\n{"a":"x",')))
    set(2)
    // the line that is begun ends under the version that began it
    out += collect(feed.push(Buffer.from('"b":"x"}\n{"a":"x","b":"x"}\n{"a"')))
    set(3)
    set(4)
    out += collect(feed.push(Buffer.from(':1}\n{"b":1}')))
    out += collect(feed.end())
    expect(out).toBe('{"a":"v1"}\n{"a":"v1","b":"v1"}\n{"a":"v2","b":"v2"}\n{"a":"v2"}\n{"b":"v4"}')
    expect(masker.stats()).toMatchObject({ lines: 5, records: 5 })
  })

  it('do not change versions in what goes on over several lines', () => {
    const key = ['-----BEGIN PRIVATE KEY-----', 'MC4CAQAwBQYDK2VwBCIEIHx7f0pN', 'c2ltcGxlIGxpbmVzIG9mIGxldHRl', '-----END PRIVATE KEY-----', 'after', ''].join('\n')
    const path = join(folder.next(), 'rules.yaml')
    const ruleset = (detector: string): string => `version: "1.0"\nrules: [{detect: [${detector}], masks: [{type: redact}]}]\n`
    writeFileSync(path, ruleset('private_key'))
    const masker = live(path)
    const feed = masker.feed()
    const at = key.indexOf('c2lt')
    let out = collect(feed.push(Buffer.from(key.slice(0, at))))
    writeFileSync(path, ruleset('email'))
    masker.reload()
    out += collect(feed.push(Buffer.from(key.slice(at, at + 29))))
    out += collect(feed.push(Buffer.from(`${key.slice(at + 29)}bob@shop.example\n`)))
    out += collect(feed.push(Buffer.from('bob@shop.example\n')))
    expect(out).not.toMatch(/MC4C|c2lt/)
    expect(out.endsWith('bob@shop.example\n[REDACTED:email]\n') || out.endsWith('[REDACTED]\n')).toBe(true)
  })

  it('keep every line whole and versions in order, wherever input is cut and reloads come', () => {
    const line = fc.constantFrom('{"a":"x","b":"y"}', '{"b":"y"}', 'a=x b=y', '{"c":1}', '', '{"a":"x"}\r')
    const step = fc.record({ cut: fc.integer({ min: 0, max: 40 }), reload: fc.boolean() })
    const path = join(folder.next(), 'rules.yaml')
    writeFileSync(path, numbered(0))
    const masker = live(path)
    let n = 0
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.array(step, { minLength: 1, maxLength: 8 }), (lines, steps) => {
        const input = lines.join('\n')
        const feed = masker.feed()
        const first = n
        let out = ''
        let at = 0
        for (const { cut, reload } of steps) {
          out += collect(feed.push(Buffer.from(input.slice(at, at + cut))))
          at += cut
          if (!reload) continue
          writeFileSync(path, numbered(++n))
          masker.reload()
        }
        out += collect(feed.push(Buffer.from(input.slice(at)))) + collect(feed.end())
        const got = out.split('\n')
        expect(got).toHaveLength(lines.length === 0 ? 1 : lines.length)
        let before = first
        for (const [i, text] of got.entries()) {
          const versions = [...text.matchAll(/v(\d+)/g)].map((match) => Number(match[1]))
          expect(new Set(versions).size).toBeLessThanOrEqual(1)
          if (versions.length === 0) continue
          expect(versions[0]).toBeGreaterThanOrEqual(before)
          expect(versions[0]).toBeLessThanOrEqual(n)
          before = versions[0]!
          expect(text).toBe(lines[i]!.replace(/x|y/g, `v${before}`))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('take new limits with the next line', () => {
    const path = join(folder.next(), 'rules.yaml')
    writeFileSync(path, numbered(1, 'policy: {max_record_bytes: 1024}\n'))
    const masker = live(path)
    const feed = masker.feed()
    const long = `{"a":"x","c":"${'z'.repeat(2000)}"}\n`
    let out = collect(feed.push(Buffer.from(long.slice(0, 1500))))
    writeFileSync(path, numbered(2))
    masker.reload()
    out += collect(feed.push(Buffer.from(long.slice(1500) + long)))
    const [first, second] = out.split('\n')
    expect(first).toContain('"oversize":')
    expect(second).toBe(long.trim().replace('"x"', '"v2"'))
  })

  it('of tables change with the next table, and name the columns anew', () => {
    const path = join(folder.next(), 'rules.yaml')
    writeFileSync(path, numbered(1))
    const masker = live(path)
    const feed = masker.feed({ format: 'csv' })
    let out = collect(feed.push(Buffer.from('a,c\nx,1\n')))
    writeFileSync(path, numbered(2))
    masker.reload()
    out += collect(feed.push(Buffer.from('x,2\n')))
    feed.border()
    out += collect(feed.push(Buffer.from('c,b\n3,x\n')))
    feed.border()
    out += collect(feed.push(Buffer.from('c|b\n3|x\n')))
    out += collect(feed.end())
    expect(out).toBe('a,c\nv1,1\nv1,2\nc,b\n3,v2\nc|b\n3|x\n')
    expect(feed.remarks).toEqual([{ input: 2, code: 'one_column' }])
  })

  it('give back what they hold when they are streams that end', async () => {
    const masker = live(numbered(1))
    const stream = masker.stream()
    stream.end(`${record}\n`)
    const out = await stream.toArray()
    expect(Buffer.concat(out as Buffer[]).toString()).toBe('{"a":"v1","b":"v1","c":1}\n')
  })
})

it('maskWritable follows its ruleset, between two lines', async () => {
  const path = join(folder.next(), 'rules.yaml')
  writeFileSync(path, numbered(1))
  const to = new PassThrough()
  const events: ReloadEvent[] = []
  const stream = maskWritable(to, { ruleset: path, runSecret: SECRET, watch: true, onReload: (event) => events.push(event) })
  onTestFinished(() => void stream.destroy())
  stream.write('{"a":1}\n{"a":')
  replace(path, numbered(2))
  await until(() => events.length === 1)
  stream.write('2}\n{"a":3}\n')
  expect(String(to.read())).toBe('{"a":"v1"}\n{"a":"v1"}\n{"a":"v2"}\n')
})

describe('watching', () => {
  it('follows a file that is replaced, and one that is written in place', async () => {
    const path = join(folder.next(), 'rules.yaml')
    writeFileSync(path, numbered(1))
    const masker = live(path, { watch: true })
    replace(path, numbered(2))
    await until(() => masker.serial === 1)
    writeFileSync(path, numbered(3))
    await until(() => masker.serial === 2)
    expect(masker.json(record)).toContain('v3')
    expect(masker.events.map(({ ok, trigger }) => `${ok} ${trigger}`)).toEqual(['true watch', 'true watch'])
  })

  it('follows what the ruleset extends, and files that come later', async () => {
    const at = folder.next()
    const path = join(at, 'rules.yaml')
    mkdirSync(join(at, 'base'))
    writeFileSync(join(at, 'base', 'one.yaml'), numbered(1))
    writeFileSync(path, 'version: "1.0"\nname: top\nextends: [./base/one.yaml]\n')
    const masker = live(path, { watch: true })
    replace(join(at, 'base', 'one.yaml'), numbered(2))
    await until(() => masker.serial === 1)
    expect(masker.json(record)).toContain('v2')
    replace(path, 'version: "1.0"\nname: top\nextends: [./base/two.yaml]\n')
    await until(() => masker.events.length === 2)
    expect(masker.events[1]).toMatchObject({ ok: false, code: 'ruleset', serial: 1 })
    expect(masker.json(record)).toContain('v2')
    writeFileSync(join(at, 'base', 'two.yaml'), numbered(5))
    await until(() => masker.serial === 2)
    expect(masker.json(record)).toContain('v5')
  })

  it('follows seed files', async () => {
    const at = folder.next()
    const path = join(at, 'rules.yaml')
    mkdirSync(join(at, 'seeds'))
    writeFileSync(join(at, 'seeds', 'words.csv'), 'word\nalpha\n')
    writeFileSync(path, 'version: "1.0"\nrules: [{keys: [a], masks: [{type: from_file, seed_file: words.csv}]}]\n')
    const masker = live(path, { watch: true })
    expect(masker.json(record)).toContain('alpha')
    replace(join(at, 'seeds', 'words.csv'), 'word\nbeta\n')
    await until(() => masker.serial === 1)
    expect(masker.json(record)).toContain('beta')
  })

  it('stays when the file goes, and follows it when it comes back', async () => {
    const path = join(folder.next(), 'rules.yaml')
    writeFileSync(path, numbered(1))
    const masker = live(path, { watch: true })
    rmSync(path)
    await until(() => masker.events.length === 1)
    expect(masker.events[0]).toMatchObject({ ok: false, code: 'file_unreadable' })
    expect(masker.json(record)).toContain('v1')
    writeFileSync(path, numbered(2))
    await until(() => masker.serial === 1)
    expect(masker.json(record)).toContain('v2')
  })

  it('follows a symbolic link that is turned, as a ConfigMap is', async () => {
    const at = folder.next()
    for (const n of [1, 2, 3]) {
      mkdirSync(join(at, `..${n}`))
      writeFileSync(join(at, `..${n}`, 'rules.yaml'), numbered(n))
    }
    const turn = (n: number): void => {
      symlinkSync(`..${n}`, join(at, '..tmp'))
      renameSync(join(at, '..tmp'), join(at, '..data'))
    }
    turn(1)
    symlinkSync(join('..data', 'rules.yaml'), join(at, 'rules.yaml'))
    const masker = live(join(at, 'rules.yaml'), { watch: true })
    for (const n of [2, 3]) {
      turn(n)
      await until(() => masker.serial === n - 1)
      expect(masker.json(record)).toContain(`v${n}`)
    }
    // in place, behind the link
    writeFileSync(join(at, '..3', 'rules.yaml'), numbered(4))
    await until(() => masker.serial === 3)
    expect(masker.events.every(({ ok }) => ok)).toBe(true)
  })

  it('waits for a file that is being written, and never takes a half of it', async () => {
    const path = join(folder.next(), 'rules.yaml')
    writeFileSync(path, numbered(1))
    const masker = live(path, { watch: true })
    // every stretch of it is a ruleset that masks less
    writeFileSync(path, numbered(2).split('  - keys: [b]')[0]!)
    for (const line of ['  - keys: [b]\n', '    masks: [{type: from_fixed, value: "v2"}]\n']) {
      await sleep(40)
      appendFileSync(path, line)
    }
    await until(() => masker.serial === 1)
    expect(masker.json(record)).toContain('"a":"v2","b":"v2"')
    await sleep(300)
    expect(masker.events).toHaveLength(1)
  })

  it('is not disturbed by other files', async () => {
    const at = folder.next()
    writeFileSync(join(at, 'rules.yaml'), numbered(1))
    const masker = live(join(at, 'rules.yaml'), { watch: true })
    for (let i = 0; i < 50; i++) writeFileSync(join(at, `other-${i}`), CANARY)
    await sleep(400)
    expect(masker.events).toEqual([])
  })

  it('sees by its scan alone what no event tells', async () => {
    // a directory that is there only later has nobody who listens
    const at = join(folder.next(), 'later')
    mkdirSync(at)
    const path = join(at, 'rules.yaml')
    writeFileSync(path, numbered(1))
    const masker = live(path, { watch: true })
    renameSync(at, `${at}-away`)
    await until(() => masker.events.length === 1)
    mkdirSync(at)
    writeFileSync(path, numbered(2))
    await until(() => masker.serial === 1)
    expect(masker.json(record)).toContain('v2')
  })

  it('tells files apart by what they are, not by their time alone', () => {
    const path = join(folder.next(), 'x')
    expect(signature(path)).toBe('-')
    writeFileSync(path, 'one')
    const before = signature(path)
    expect(signature(path)).toBe(before)
    chmodSync(path, 0o600)
    replace(path, 'two')
    expect(signature(path)).not.toBe(before)
  })

  it('reloads for a signal once the files are at rest', async () => {
    const path = join(folder.next(), 'rules.yaml')
    writeFileSync(path, numbered(1))
    const masker = live(path)
    writeFileSync(path, numbered(2).split('  - keys: [b]')[0]!)
    const reloaded = masker.reloadSettled()
    await sleep(50)
    writeFileSync(path, numbered(2))
    expect(await reloaded).toMatchObject({ ok: true, serial: 1 })
    expect(masker.json(record)).toContain('"a":"v2","b":"v2"')
  })
})

describe('a reload storm', () => {
  it('has every line of every feed match exactly one version', async () => {
    const path = join(folder.next(), 'rules.yaml')
    writeFileSync(path, numbered(0))
    const masker = live(path, { watch: true })
    const feeds = [masker.feed(), masker.feed({ format: 'text' }), masker.feed({ format: 'json' })]
    const outs = feeds.map(() => '')
    const lines = '{"a":"x","b":"y","c":1}\n'.repeat(40)
    let single = 0
    for (let n = 1; n <= 1000; n++) {
      // now and then a file that cannot be used
      const bad = n % 10 === 8
      if (n % 3 === 0) writeFileSync(path, bad ? numbered(n).slice(0, 40) : numbered(n))
      else replace(path, bad ? '' : numbered(n))
      if (n % 2 === 0) masker.reload()
      const cut = (n * 37) % lines.length
      for (const [i, feed] of feeds.entries())
        for (const part of [lines.slice(0, cut), lines.slice(cut)]) for (const pieces of feed.push(Buffer.from(part))) for (const piece of pieces) outs[i] += piece.toString()
      const [, a, b] = /"a":"(v\d+)","b":"(v\d+)"/.exec(masker.json(record))!
      expect(a).toBe(b)
      single++
      if (n % 25 === 0) await sleep(1)
    }
    for (const [i, feed] of feeds.entries()) for (const pieces of feed.end()) for (const piece of pieces) outs[i] += piece.toString()
    const versions = new Set<string>()
    for (const out of outs) {
      const all = out.trimEnd().split('\n')
      expect(all).toHaveLength(40_000)
      for (const line of all) {
        const match = /^\{"a":"(v\d+)","b":"(v\d+)","c":1\}$/.exec(line)
        if (match === null || match[1] !== match[2]) expect.fail(`a line of no version: ${line}`)
        versions.add(match[1]!)
      }
    }
    expect(versions.size).toBeGreaterThan(300)
    const stats = masker.stats()
    expect(stats.reloads.error).toBeGreaterThan(30)
    expect(stats.lines).toBe(120_000)
    expect(stats.records + stats.textLines).toBe(120_000 + single)
    replace(path, numbered(5000))
    await until(() => masker.name === 'number-5000')
  })
})
