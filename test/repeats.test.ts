// A masker remembers: which key follows which, values in which nothing was found, results of masks, keys of pairs. Nothing of
// that may change what comes out: a masker that has seen much must give what a new one gives.

import { describe, expect, it } from 'vitest'
import { createMasker } from '../src/index.ts'
import { documents } from './helpers/documents.ts'

const runSecret = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'
const fresh = (): ReturnType<typeof createMasker> => createMasker('mask-logs:default', { runSecret })

describe('what a masker has seen', () => {
  it('changes nothing: generated records, three times each, in changing order', { timeout: 60_000 }, () => {
    const next = documents('repeats', { singleLine: true })
    const texts = Array.from({ length: 120 }, () => next().text)
    const want = new Map(texts.map((text) => [text, fresh().json(text)]))
    const warm = fresh()
    for (const step of [1, 7, 31]) for (let i = 0; i < texts.length; i++) expect(warm.json(texts[(i * step) % texts.length]!)).toBe(want.get(texts[(i * step) % texts.length]!))
    const engine = fresh().lines()
    const all = texts.map((text) => `${text}\n`)
    const out = Buffer.concat([...engine.block(Buffer.from([...all, ...all, ...all].join(''))), ...engine.end()].map((piece) => Buffer.from(piece))).toString()
    const once = texts.map((text) => `${want.get(text)}\n`).join('')
    expect(out).toBe(once + once + once)
  })

  it('does not hide a value that begins like one seen often', () => {
    const masker = fresh()
    const padding = `"padding":"${'x'.repeat(400)}"`
    const clean = `{"agent":"Mozilla/5.0 (X11; Linux)","note":"request completed",${padding}}`
    for (let i = 0; i < 50; i++) expect(masker.json(clean)).toBe(clean)
    for (const text of [
      'Mozilla/5.0 (X11; Linux) bob@shop.example',
      'Mozilla/',
      'Mozilla/5.0 (X11; Linux',
      'Mozilla/5.0 (X11; Linux)\\u0020bob@shop.example',
      'Mozilla/5.0 (X11; bob@shop.example',
    ]) {
      const record = `{"agent":"${text}","note":"request completed",${padding}}`
      const out = masker.json(record)
      expect(out).toBe(fresh().json(record))
      expect(out.includes('bob@shop.example')).toBe(false)
    }
  })

  it('does not take one key for another: same beginning, other order, other length', () => {
    const rules = { version: '1.0', rules: [{ paths: ['password', 'passwords_old', 'passwords_new.a', 'p'], masks: [{ type: 'redact' }] }] }
    const records = [
      '{"p":1,"pa":1,"password":1,"passwords_old":1,"passwords_new":{"a":1,"b":1}}',
      '{"pa":1,"p":1,"passwords_odd":1,"passwords_old":1,"passwor":1,"password":1}',
      '{"passwords_new":{"b":1,"a":1},"password":1,"password ":1,"p":1}',
      '{"password" : 1,"p":1,"pa" :1}',
    ]
    const masker = createMasker(rules, { runSecret })
    const pad = ' '.repeat(64)
    for (let i = 0; i < 40; i++) {
      const record = records[(i * 7) % 4]! + pad
      expect(masker.json(record)).toBe(createMasker(rules, { runSecret }).json(record))
    }
    expect(masker.json(records[0]!)).toBe('{"p":"[REDACTED]","pa":1,"password":"[REDACTED]","passwords_old":"[REDACTED]","passwords_new":{"a":"[REDACTED]","b":1}}')
  })

  it('does not let a key of text stand for another one', () => {
    const masker = fresh()
    for (let i = 0; i < 5; i++) masker.json('{"msg":"npassword=zz9x1y2w3 value=q1 hvalue=q2 x-value=3"}')
    for (const msg of ['\\npassword=hunter22x', 'name=password value=hunter22x', 'a password=hunter22x']) {
      const record = `{"msg":"${msg}"}`
      expect(masker.json(record)).toBe(fresh().json(record))
    }
    const line = 'C:\\npassword=hunter22x'
    expect(masker.text(line)).toBe(fresh().text(line))
  })
})
