import type { MaskDefinition } from '../engine/types.ts'
import { isDigit, option, textMasker } from './input.ts'
import { Pieces } from './pieces.ts'
import { hiddenSpans } from './sql-spans.ts'
import type { SqlOptions } from './sql-spans.ts'

export const sql: MaskDefinition = {
  type: 'sql',
  summary: 'Replaces the literals of an SQL statement by `?`; keywords, identifiers and placeholders stay. A literal that does not end hides the rest.',
  input: 'T',
  settles: 'replaced',
  options: {
    dialect: {
      kind: 'string',
      enum: ['auto', 'ansi', 'mysql', 'mssql'],
      default: 'auto',
      summary:
        '`auto`: back-quotes mean MySQL; else a double-quoted token is a literal where a value stands (after a comparison, in the parentheses of `VALUES`, `IN` or a call, and everywhere in commands of Redis, MongoDB, Cypher and GraphQL). ' +
        'In text that is a JSON object or array, a query of Elasticsearch or MongoDB, strings and numbers become `"?"`; keys stay. ' +
        'Where dialects read a text differently, as with `\\\\` before a quote, what any of them hides is hidden.',
    },
    comments: { kind: 'string', enum: ['drop', 'keep'], default: 'drop', summary: '`drop`: a space is left where tokens would join.' },
    numbers: { kind: 'boolean', default: true, summary: 'Also numeric literals; hexadecimal and bit literals in any case.' },
  },
  compile(options) {
    const given: SqlOptions = {
      dialect: option<SqlOptions['dialect']>(options, 'dialect', 'auto'),
      comments: option<SqlOptions['comments']>(options, 'comments', 'drop'),
      numbers: option(options, 'numbers', true),
    }
    return textMasker('sql', (text, context) => {
      const out = new Pieces()
      if (given.dialect === 'auto' && isDocument(text)) {
        maskDocument(text, given.numbers, out)
        return out.done(context)
      }
      let copied = 0
      for (const { start, end, literal } of hiddenSpans(text, given)) {
        out.keep(text.slice(copied, start))
        out.write(literal ? '?' : joins(out.text, text, end) ? ' ' : '', end - start)
        copied = end
      }
      out.keep(text.slice(copied))
      return out.done(context)
    })
  },
  examples: [
    { in: `"SELECT * FROM \\"u\\" WHERE mail='a@b.example' AND n IN (1,2)"`, out: `"SELECT * FROM \\"u\\" WHERE mail=? AND n IN (?,?)"` },
    { in: '"INSERT INTO `t1` (a) VALUES (\\"x\\", 0x1f, -1.5e3, NULL, ?)"', out: '"INSERT INTO `t1` (a) VALUES (?, ?, -?, NULL, ?)"' },
    { in: "\"SELECT $$it's$$, :id, $1, E'\\\\''::text -- why\"", out: '"SELECT ?, :id, $1, ?::text "' },
    { options: { dialect: 'mssql' }, in: '"SELECT [a b] FROM #t WHERE x = N\'y\' AND z = @p1"', out: '"SELECT [a b] FROM #t WHERE x = ? AND z = @p1"' },
    { options: { numbers: false, comments: 'keep' }, in: '"SELECT 1/* one */+\'2\'"', out: '"SELECT 1/* one */+?"' },
    { in: '"SELECT 1/* one */FROM t"', out: '"SELECT ? FROM t"' },
    { in: '"SELECT \'cut off"', out: '"SELECT ?"' },
    { in: '"{\\"match\\": {\\"city\\":\\"Bern\\", \\"n\\":[7,true,null]}}"', out: '"{\\"match\\": {\\"city\\":\\"?\\", \\"n\\":[\\"?\\",true,null]}}"' },
    { in: '"HSET user:42 name \\"Ann\\""', out: '"HSET user:? name ?"' },
    { in: '42', error: 'non_string_value' },
  ],
}

/** True where what follows a dropped comment would join what stands before it. */
function joins(before: string, text: string, end: number): boolean {
  return before !== '' && end < text.length && !/\s/.test(before[before.length - 1]!) && !/\s/.test(text[end]!)
}

/** True for one JSON object or array. The ends tell most other texts at once. */
function isDocument(text: string): boolean {
  const whole = text.trim()
  const ends = whole.charAt(0) + whole.charAt(whole.length - 1)
  if (ends !== '{}' && ends !== '[]') return false
  try {
    JSON.parse(whole)
    return true
  } catch {
    return false
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Writes a JSON text with `"?"` for its strings and numbers; keys, literals, structure and white space stay. */
function maskDocument(text: string, numbers: boolean, out: Pieces): void {
  let copied = 0
  const hide = (start: number, end: number, replacement: string): void => {
    out.keep(text.slice(copied, start))
    out.write(replacement, end - start)
    copied = end
  }
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const start = at + 1
      at = start
      for (let next = text.charCodeAt(at); next !== QUOTE; next = text.charCodeAt(at)) at += next === BACKSLASH ? 2 : 1
      let behind = at + 1
      while (isBlank(text.charCodeAt(behind))) behind++
      if (text[behind] !== ':' && at > start) hide(start, at, '?')
      at++
    } else if (code === 0x2d || isDigit(code)) {
      const start = at
      while (at < text.length && !isBlank(text.charCodeAt(at)) && !',]}'.includes(text[at]!)) at++
      if (numbers) hide(start, at, '"?"')
    } else at++
  }
  out.keep(text.slice(copied))
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}
