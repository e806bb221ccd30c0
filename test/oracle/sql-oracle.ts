// The tokens of SQL as a list of patterns, tried in order at each place: slow, and easy to check against a dialect's manual.

type Dialect = 'ansi' | 'mysql' | 'mssql'

const LETTER = '[A-Za-z_\\u0080-\\u009f\\u00a1-\\u2fff\\u3001-\\ufefe\\uff00-\\uffff]'

/** Name of a kind to its pattern. `literal` and `comment` are hidden, anything else stays. */
function patterns(dialect: Dialect): readonly (readonly [string, string])[] {
  const mysql = dialect === 'mysql'
  const mssql = dialect === 'mssql'
  const inner = mysql ? "(?:[^'\\\\]|''|\\\\(?:[^]|$))*" : "(?:[^']|'')*"
  const innerEscaped = "(?:[^'\\\\]|''|\\\\(?:[^]|$))*"
  const part = mssql ? `(?:${LETTER}|[0-9$#@])` : `(?:${LETTER}|[0-9$])`
  const ending = "(?:'(?!')|$)"
  const more = `${LETTER}|[0-9]|\\.(?!\\.)(?!${LETTER}(?<![eE]))`
  const number = `(?:0[xXbBoO](?:${more})*|(?:[0-9]|\\.(?<!\\.\\.)[0-9])(?:(?<=[eE])[+-](?=[0-9])|${more})*)`
  return [
    ['space', '[\\s]+'],
    ['comment', mysql ? '--(?=[\\0- ]|$)[^\\n]*?(?=\\r?(?:\\n|$))' : '--[^\\r\\n]*'],
    ...(mysql ? [['comment', '#[^\\n]*?(?=\\r?(?:\\n|$))'] as const] : []),
    ...(mysql ? [['comment', '/\\*(?:[^*]|\\*(?!/))*(?:\\*/|$)'] as const] : []),
    ...(dialect === 'ansi' ? [['literal', `[nN]?[qQ]'(?:\\[[^]*?\\]'|\\([^]*?\\)'|\\{[^]*?\\}'|<[^]*?>'|([^\\[({<])[^]*?\\1'|[^]*$)`] as const] : []),
    ...(dialect === 'ansi' ? [['literal', `[eE]'${innerEscaped}${ending}`] as const] : []),
    ['literal', `(?:[nNeExXbB]|[uU]&)?'${inner}${ending}`],
    mysql ? ['literal', '"(?:[^"\\\\]|""|\\\\(?:[^]|$))*(?:"(?!")|$)'] : ['identifier', '"(?:[^"]|"")*"(?!")'],
    ['literal', '"[^]*$'],
    ...(mysql ? [['identifier', '`(?:[^`]|``)*`(?!`)'] as const, ['literal', '`[^]*$'] as const] : []),
    ...(mssql ? [['identifier', '\\[(?:[^\\]]|\\]\\])*\\](?!\\])'] as const, ['literal', '\\[[^]*$'] as const] : []),
    ...(mssql ? [['literal', `\\$(?=[0-9])${number}`] as const] : [['literal', `\\$(?=[0-9]+\\.[0-9])${number}`] as const]),
    ...(dialect === 'ansi' ? [['literal', `(\\$(?:${LETTER}(?:${LETTER}|[0-9])*)?\\$)(?:[^]*?\\1|[^]*$)`] as const] : []),
    ['literal', number],
    ['name', mssql ? `(?:${LETTER}|#)${part}*` : `${LETTER}${part}*`],
    ['cast', '::'],
    ['placeholder', `(?:[$:]|@+)${LETTER}${part}*`],
    ['placeholder', '(?:\\$|@+)[0-9]{1,5}(?![0-9])'],
    ['placeholder', `(?<!${LETTER}|[0-9)\\]'"]):[0-9]{1,5}(?![0-9])`],
    ['placeholder', '\\?[0-9]{0,5}(?![0-9])'],
    ['sign', '[^]'],
  ]
}

/** A statement with its literals as `?` and without its comments, each of which leaves nothing. */
export function sqlOracle(text: string, dialect: Dialect): string {
  const rules = patterns(dialect).map(([kind, source]) => ({ kind, pattern: new RegExp(source, 'y') }))
  let out = ''
  for (let at = 0; at < text.length; ) {
    if (dialect !== 'mysql' && text.startsWith('/*', at)) {
      let depth = 0
      do {
        const step = text.slice(at, at + 2)
        depth += step === '/*' ? 1 : step === '*/' ? -1 : 0
        at += step === '/*' || step === '*/' ? 2 : 1
      } while (depth > 0 && at < text.length)
      continue
    }
    for (const { kind, pattern } of rules) {
      pattern.lastIndex = at
      const found = pattern.exec(text)
      if (found === null) continue
      if (kind === 'literal') out += '?'
      else if (kind !== 'comment') out += found[0]
      at += found[0].length
      break
    }
  }
  return out
}
