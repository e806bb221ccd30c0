// What people put into pino's worker today: a stage that parses every line, censors paths with @pinojs/redact, and writes it again.
import { pipeline, Transform } from 'node:stream'
import redact from '@pinojs/redact'
import build from 'pino-abstract-transport'

export default async function transport({ paths }: { readonly paths: string[] }): Promise<unknown> {
  const censor = redact({ paths })
  return build(
    (source) => {
      const stage = new Transform({
        writableObjectMode: true,
        transform(object: object, _encoding, done) {
          done(null, `${censor(object) as string}\n`)
        },
      })
      pipeline(source, stage, () => {})
      return stage
    },
    { enablePipelining: true },
  )
}
