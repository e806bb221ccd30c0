// A slow, obvious lexer for valid JSON text, to compare input and output token by token.

export interface Token {
  readonly kind: 'space' | 'mark' | 'string' | 'number' | 'literal'
  readonly text: string
}

const lexeme = /([ \t\r\n]+)|([{}[\]:,])|("(?:[^"\\]|\\.)*")|(-?\d[\d.eE+-]*)|(true|false|null)/gsy

/** The tokens of a valid JSON text, white space included: joined, they are the text. */
export function tokens(text: string): Token[] {
  const found: Token[] = []
  lexeme.lastIndex = 0
  while (lexeme.lastIndex < text.length) {
    const at = lexeme.lastIndex
    const match = lexeme.exec(text)
    if (match === null) throw new Error(`no token at ${at}`)
    found.push({
      kind: match[1] !== undefined ? 'space' : match[2] !== undefined ? 'mark' : match[3] !== undefined ? 'string' : match[4] !== undefined ? 'number' : 'literal',
      text: match[0],
    })
  }
  return found
}

/**
 * What differs between a text and its masked form other than by replaced tokens: undefined when every token is either
 * byte-identical or stands for another value than before (a token that was not replaced must not be re-spelled).
 */
export function strayChange(before: string, after: string): string | undefined {
  if (before === after) return undefined
  const a = tokens(before)
  const b = tokens(after)
  if (a.length !== b.length) return `${a.length} tokens became ${b.length}`
  for (const [i, token] of a.entries()) {
    const masked = b[i] as Token
    if (token.text === masked.text) continue
    if (token.kind === 'space' || token.kind === 'mark') return `token ${i}: ${token.kind} changed`
    if (masked.kind === 'space' || masked.kind === 'mark') return `token ${i}: a value became ${masked.kind}`
    const from: unknown = JSON.parse(token.text)
    const to: unknown = JSON.parse(masked.text)
    if (Object.is(from, to)) return `token ${i}: re-spelled, but not replaced`
    // A document in a string: its own untouched tokens stay as well.
    if (typeof from === 'string' && typeof to === 'string' && isDocument(from) && isDocument(to)) {
      const inner = strayChange(from, to)
      if (inner !== undefined) return `token ${i}, inside: ${inner}`
    }
  }
  return undefined
}

function isDocument(text: string): boolean {
  if (!/^[ \t\r\n]*[{[]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
