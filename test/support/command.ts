// The command line in this process, with the real library, on streams of our own.
import { Readable, Writable } from 'node:stream'
import { run } from '../../src/cli.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export async function command(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  const sink = (to: Buffer[]): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        to.push(Buffer.from(chunk))
        done()
      },
    })
  const code = await run(args, {
    stdin: Readable.from([]),
    stdout: sink(out),
    stderr: sink(err),
    env,
    cwd,
    onSignal: () => () => {},
    load: () => import('../../src/index.ts'),
  })
  return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }
}
