// The two line loops that the baselines share.
import { pipeline, Transform, type TransformCallback } from 'node:stream'
import split2 from 'split2'

/** Maps every line of stdin to a line on stdout, as it is usually written: a pipeline of streams, one line a chunk. */
export function pipeLines(map: (line: string) => string): void {
  const mapping = new Transform({
    writableObjectMode: true,
    transform(line: string, _encoding: BufferEncoding, done: TransformCallback) {
      done(null, `${map(line)}\n`)
    },
  })
  pipeline(process.stdin, split2(), mapping, process.stdout, (error) => {
    if (error) throw error
  })
}

/** The same as fast as this approach can be: no stream behind split2, output joined into writes of 64 KB. */
export function joinLines(map: (line: string) => string): void {
  let pending = ''
  const lines = process.stdin.pipe(split2())
  lines.on('data', (line: string) => {
    pending += `${map(line)}\n`
    if (pending.length < 65536) return
    const more = process.stdout.write(pending)
    pending = ''
    if (!more) {
      lines.pause()
      process.stdout.once('drain', () => lines.resume())
    }
  })
  lines.on('end', () => process.stdout.write(pending))
}
