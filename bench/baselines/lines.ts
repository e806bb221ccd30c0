// The line loop that the baselines share: split2 in, one string a line, output joined into writes of 64 KB. Joining is more
// than most users do; it keeps the baselines as fast as this approach can be.
import split2 from 'split2'

/** Maps every line of stdin to a line on stdout. */
export function mapLines(map: (line: string) => string): void {
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
