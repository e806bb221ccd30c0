/** One line on stderr, without content. */
export function warn(text: string): void {
  try {
    process.stderr.write(`mask-logs/otel: ${text}\n`)
  } catch {
    // stderr is closed: there is nobody to tell
  }
}
