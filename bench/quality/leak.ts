// What of a value is still there in masked output.

/** Every text in which a value could be read: the raw output, decoded strings, JSON inside them, percent-decoded. */
export function surfaces(output: string): string[] {
  const out = [output]
  const visit = (value: unknown, depth: number): void => {
    if (typeof value === 'string') {
      out.push(value)
      if (value.includes('%')) {
        try {
          out.push(decodeURIComponent(value))
        } catch {
          // No percent encoding.
        }
      }
      if (depth > 0 && (value.startsWith('{') || value.startsWith('['))) parse(value, depth - 1)
    } else if (Array.isArray(value)) for (const item of value) visit(item, depth)
    else if (value !== null && typeof value === 'object') {
      for (const [key, item] of Object.entries(value)) {
        out.push(key)
        visit(item, depth)
      }
    }
  }
  const parse = (text: string, depth: number): void => {
    try {
      visit(JSON.parse(text) as unknown, depth)
    } catch {
      // Text.
    }
  }
  parse(output, 3)
  return out
}

/**
 * True when a stretch of four characters of the value, beside the first `keeps`, stands in every one of the outputs and not
 * in `around`, the record without the value. Outputs under different run secrets share by chance next to nothing.
 */
export function leaks(value: string, keeps: number, outputs: readonly string[], around: string): boolean {
  // What the placeholder says of itself is no leak.
  const texts = outputs.map((output) => surfaces(output.replaceAll(/\[REDACTED(?::\w+)?\]/g, '[]').replaceAll(/%5BREDACTED(?:%3A\w+)?%5D/gi, '')))
  const rest = value.slice(keeps)
  const size = Math.min(4, rest.length)
  // A value of one to three characters is gone when it is gone whole; in a longer text it stands by chance.
  if (size < 4) return rest.length >= 3 && !around.includes(rest) && texts.every((list) => list.some((text) => text.includes(rest)))
  for (let i = 0; i + size <= rest.length; i++) {
    const piece = rest.slice(i, i + size)
    if ((piece.match(/[\p{L}\p{N}]/gu)?.length ?? 0) < 3 || around.includes(piece)) continue
    if (texts.every((list) => list.some((text) => text.includes(piece)))) return true
  }
  return false
}
