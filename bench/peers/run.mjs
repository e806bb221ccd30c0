// One peer over one file of texts: run.mjs NAME INPUT OUTPUT. INPUT holds a JSON string a line; OUTPUT begins with version and
// microseconds a text and then holds the redacted texts. Each peer runs with what its README shows first.
import { readFileSync, writeFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'

const [name, input, output] = process.argv.slice(2)

/** Cuts ranges out of a text, later ones first. */
function cut(text, ranges) {
  let out = text
  let last = text.length
  for (const [start, end] of [...ranges].sort((a, b) => b[0] - a[0])) {
    if (end > last) continue
    out = `${out.slice(0, start)}[REDACTED]${out.slice(end)}`
    last = start
  }
  return out
}

const makers = {
  'redact-pii': async () => {
    const { default: peer } = await import('redact-pii')
    const redactor = new peer.SyncRedactor()
    return (text) => redactor.redact(text)
  },
  openredaction: async () => {
    const { OpenRedaction } = await import('openredaction')
    const redactor = new OpenRedaction()
    return async (text) => (await redactor.detect(text)).redacted
  },
  '@redactpii/node': async () => {
    const { Redactor } = await import('@redactpii/node')
    const redactor = new Redactor()
    return (text) => redactor.redact(text)
  },
  '@arcjet/redact': async () => {
    const { redact } = await import('@arcjet/redact')
    const entities = ['email', 'phone-number', 'ip-address', 'credit-card-number']
    return async (text) => (await redact(text, { entities }))[0]
  },
  '@cdssnc/sanitize-pii': async () => {
    const { PiiSanitizer } = await import('@cdssnc/sanitize-pii')
    const sanitizer = new PiiSanitizer()
    return (text) => sanitizer.sanitize(text)
  },
  compromise: async () => {
    const { default: nlp } = await import('compromise')
    return (text) => {
      const ranges = []
      const doc = nlp(text)
      for (const view of [doc.people(), doc.places(), doc.organizations(), doc.emails(), doc.phoneNumbers()]) {
        for (const { offset } of view.json({ offset: true })) ranges.push([offset.start, offset.start + offset.length])
      }
      return cut(text, ranges)
    }
  },
  secretlint: async () => {
    const { lintSource } = await import('@secretlint/core')
    const preset = await import('@secretlint/secretlint-rule-preset-recommend')
    const config = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: preset.creator }] }
    return async (text) => {
      const { messages } = await lintSource({ source: { filePath: 'a.log', content: text, contentType: 'text' }, options: { config } })
      return cut(
        text,
        messages.map((message) => message.range),
      )
    }
  },
}

let redact
try {
  redact = await makers[name]()
} catch {
  process.exit(3)
}
const texts = readFileSync(input, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line))
for (const text of texts.slice(0, 200)) await redact(text)
const out = []
const start = performance.now()
for (const text of texts) out.push(await redact(text))
const microseconds = ((performance.now() - start) * 1000) / texts.length
const { dependencies, optionalDependencies } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'))
const version = { ...dependencies, ...optionalDependencies }[name === 'secretlint' ? '@secretlint/core' : name]
writeFileSync(output, [{ version, microseconds }, ...out].map((line) => `${JSON.stringify(line)}\n`).join(''))
