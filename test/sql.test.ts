// The lexer of the sql mask: what each dialect calls a literal, that no literal gets through, and linear time.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hiddenSpans } from '../src/masks/sql-spans.ts'
import { sqlOracle } from './oracle/sql-oracle.ts'
import { compileMasks, contextFor } from './support/mask-harness.ts'

type Options = { dialect?: 'auto' | 'ansi' | 'mysql' | 'mssql'; comments?: 'drop' | 'keep'; numbers?: boolean }

function mask(text: string, options: Options = {}): string {
  return compileMasks([{ type: 'sql', ...options }])(text, contextFor(text)) as string
}

const table: readonly (readonly [Options['dialect'] | 'auto keep', string, string])[] = [
  // strings
  ['ansi', "a='it''s' AND b=''", 'a=? AND b=?'],
  ['ansi', "'C:\\' , x, 'y'", '? , x, ?'],
  ['mysql', "'O\\'Brien', x, 'y\\\\', z", '?, x, ?, z'],
  ['mysql', '"a ""b"" \\" c", d', '?, d'],
  ['ansi', "E'it\\'s' || e'\\\\' || x", '? || ? || x'],
  ['ansi', "N'a' || n'b' || X'1f' || x'' || B'01' || U&'d\\0061t' || u&'x'", '? || ? || ? || ? || ? || ? || ?'],
  ['mysql', "_utf8'x', _latin1 'y', N'z', x'1F', b'0'", '_utf8?, _latin1 ?, ?, ?, ?'],
  ['ansi', "q'[it's]' || Q'{a}' || q'<b>' || q'(c)' || nq'!d'e!' || NQ'|x|'", '? || ? || ? || ? || ? || ?'],
  ['ansi', "$$it's$$ || $a1$ $$ $b$ $a1$ || $é$x$é$", '? || ? || ?'],
  ['mssql', "N'x' + 'y''z'", '? + ?'],
  ['ansi', "DATE '2020-01-01', INTERVAL '1 day', 'a' 'b'", 'DATE ?, INTERVAL ?, ? ?'],
  ['ansi', "'x'::text, 1::int, CAST('1' AS numeric(10,2))", '?::text, ?::int, CAST(? AS numeric(?,?))'],
  // what does not end
  ['ansi', "a 'b c", 'a ?'],
  ['mysql', "a 'b\\'", 'a ?'],
  ['mysql', 'a "b', 'a ?'],
  ['ansi', 'a $x$ b $y$', 'a ?'],
  ['ansi', "a q'[b]", 'a ?'],
  ['ansi', "a q'", 'a ?'],
  ['ansi', 'a "b c', 'a ?'],
  ['mysql', 'a `b c', 'a ?'],
  ['mssql', 'a [b c', 'a ?'],
  ['auto', "a='b", 'a=?'],
  // numbers
  ['ansi', '1, 1.5, .5, 5., 1e5, 1E-5, 1.5e+10, 1_000, 12ab', '?, ?, ?, ?, ?, ?, ?, ?, ?'],
  ['ansi', '-1, +2, 3-4, 5*-6, (7), x=8', '-?, +?, ?-?, ?*-?, (?), x=?'],
  ['ansi', '0x1F, 0Xab, 0b01, 0o17', '?, ?, ?, ?'],
  ['ansi', '1..10, a[1:2], a[x:3]', '?..?, a[?:?], a[x:?]'],
  ['ansi', '1.2.3.4, 10.0.0.1', '?, ?'],
  ['ansi', 't1, t_2, a1b2, é3, x$4', 't1, t_2, a1b2, é3, x$4'],
  ['mssql', '$12.50, $4, -$3', '?, ?, -?'],
  ['auto', '$12.50', '?'],
  // placeholders
  ['ansi', '?, ?1, $1, $23, :n, :name_1, :1, %s, %(name)s', '?, ?1, $1, $23, :n, :name_1, :1, %s, %(name)s'],
  ['mssql', '@p, @p1, @1, @@rowcount, @_x', '@p, @p1, @1, @@rowcount, @_x'],
  ['ansi', '$4111111111111111, :4111111111111111, ?4111111111111111', '$?, :?, ??'],
  ['mssql', '@4111111111111111', '@?'],
  ['mysql', "@`x y`, @'x', @x := 5", '@`x y`, @?, @x := ?'],
  ['ansi', 'x % 5, a ?| b', 'x % ?, a ?| b'],
  // identifiers
  ['ansi', '"a b", "x""y"."z"', '"a b", "x""y"."z"'],
  ['mssql', '[a b], [x]]y].[z], #t1, ##t2, a@b, a#1', '[a b], [x]]y].[z], #t1, ##t2, a@b, a#1'],
  ['mysql', '`a b`, `x``y`.`z 1`', '`a b`, `x``y`.`z 1`'],
  ['ansi', 'NULL, TRUE, CURRENT_DATE', 'NULL, TRUE, CURRENT_DATE'],
  // comments
  ['ansi', 'a/* b */c', 'a c'],
  ['ansi', 'a /* b */ c', 'a  c'],
  ['ansi', 'a/* b *//* c */d', 'a d'],
  ['ansi', 'a/* /* b */ c */d', 'a d'],
  ['mysql', 'a/* /* b */c', 'a c'],
  ['ansi', 'a -- b\nc --d\r\ne--f', 'a \nc \r\ne'],
  ['mysql', 'a--1, b -- c\nd # e\nf #g', 'a--?, b \nd \nf '],
  ['mysql', 'a -- b\rc\nd', 'a \nd'],
  ['ansi', 'a -- b\rc', 'a \rc'],
  ['ansi', 'a /* b', 'a '],
  ['ansi', '/* b */a', 'a'],
  ['mysql', "/*!50001 SELECT 'x' */a", 'a'],
  ['auto keep', "/* it's */ 'x' -- it's\n, 'y'", "/* it's */ ? -- it's\n, ?"],
  ['auto keep', "/*!50001 SELECT 'x' */ a", '/*!50001 SELECT ? */ a'],
  // double quotes, when nobody has said what they are
  ['auto', 'SELECT "a", t."b" FROM "u" AS "v" WHERE "c" = "d" ORDER BY "e"', 'SELECT "a", t."b" FROM "u" AS "v" WHERE "c" = ? ORDER BY "e"'],
  ['auto', 'a < "b" OR a<>"b" OR a >= "b" OR a ~ "b" OR a LIKE "b" OR a NOT ILIKE "b"', 'a < ? OR a<>? OR a >= ? OR a ~ ? OR a LIKE ? OR a NOT ILIKE ?'],
  ['auto', 'a BETWEEN "b" AND "c" AND "d" = 1', 'a BETWEEN ? AND ? AND "d" = ?'],
  ['auto', 'a = "b".c AND d = e."f"', 'a = "b".c AND d = e."f"'],
  ['auto', 'a IN ("b", "c") AND d = ("e")', 'a IN (?, ?) AND d = (?)'],
  ['auto', 'VALUES ("a", ("b")), ("c"), ROW("d")', 'VALUES (?, (?)), (?), ROW(?)'],
  ['auto', 'INSERT INTO "t" ("a","b") VALUES ("c")', 'INSERT INTO "t" ("a","b") VALUES (?)'],
  ['auto', 'INSERT INTO s."t" ("a") VALUES (1)', 'INSERT INTO s."t" ("a") VALUES (?)'],
  ['auto', 'INSERT INTO t("a") SELECT f("b")', 'INSERT INTO t("a") SELECT f(?)'],
  ['auto', 'CREATE TABLE IF NOT EXISTS t ("a" int, PRIMARY KEY ("a"))', 'CREATE TABLE IF NOT EXISTS t ("a" int, PRIMARY KEY ("a"))'],
  ['auto', 'a IN (SELECT "b" FROM "c" WHERE "d" = "e")', 'a IN (SELECT "b" FROM "c" WHERE "d" = ?)'],
  ['auto', 'f("a", (("b")))', 'f(?, ((?)))'],
  ['auto', 'a IN (1) AND ("b" = 2)', 'a IN (?) AND ("b" = ?)'],
  ['auto', 'SELECT `a` FROM t WHERE "b"', 'SELECT `a` FROM t WHERE ?'],
  ['mssql', 'SELECT "a" WHERE b = "c"', 'SELECT "a" WHERE b = ?'],
  // two readings: what either hides is hidden
  ['auto', "VALUES ('O\\'Brien', 'x')", 'VALUES (?'],
  ['auto', "VALUES ('O\\'Brien', 'a\\'b', c)", 'VALUES (?, c)'],
  ['auto', "a='\\\\', b='x', c", 'a=?, b=?, c'],
  ['auto', 'VALUES (`a`, "b\\"c", d)', 'VALUES (`a`, ?, d)'],
  ['auto', "a # it's\n, 'x', b", 'a ?'],
  ['auto', "a #it's\n, 'x', b", 'a ?'],
  ['auto', "INSERT INTO #t VALUES ('x'), (y #> 'z')", 'INSERT INTO #t VALUES (?), (y #> ?)'],
  ['auto', "[it's] = 'x', [y]", '[it?'],
  ['auto', "ARRAY['a', 'b']", 'ARRAY[?, ?]'],
  ['auto', "SELECT 5--'x\n, 'y'", 'SELECT ??'],
]

describe('literals of', () => {
  it.each(table.map(([dialect, text, out]) => ({ dialect, text, out })))('$dialect: $text', ({ dialect, text, out }) => {
    expect(mask(text, dialect === 'auto keep' ? { comments: 'keep' } : { dialect })).toBe(out)
  })
})

// ------------------------------------------------------------------------------------------------ statements as dialects write them

const CANARY = 'canary'
const NUMBER = '7777777'

/** What may stand in a literal, to mislead a lexer. */
const stuffing = fc.array(
  fc.constantFrom('x', ' ', "'", '"', '\\', '--', '-- ', '#', '# ', '/*', '*/', '`', '$$', '$a$', ';', '\n', '\r', '[', ']', '(', ')', ',', '?', 'é', '=', "q'[", "E'"),
  {
    maxLength: 5,
  },
)

function content(): fc.Arbitrary<string> {
  return fc.tuple(stuffing, stuffing).map(([before, after]) => before.join('') + CANARY + after.join(''))
}

const escaped = (text: string, backslash: boolean, quote = "'"): string => (backslash ? text.replaceAll('\\', '\\\\') : text).replaceAll(quote, quote + quote)
/** MySQL's other way to write a quote. */
const backslashed = (text: string, quote: string): string => text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)

const numbers = fc.constantFrom(NUMBER, `-${NUMBER}`, `${NUMBER}.5`, `.${NUMBER}`, `1e${NUMBER}`, `0x${NUMBER}`, `$${NUMBER}`)
const plain = fc.constantFrom('SELECT', 'x', 't1.c2', '*', '(', ')', ',', '= ', '||', '+', '-', 'AND', '?', ':name', '::int', 'IN (', 'VALUES (', 'f(', '.', '\n', '  ', '<', ';')

const ansiTokens: fc.Arbitrary<string> = fc.oneof(
  plain,
  numbers,
  content().map((text) => `'${escaped(text, false)}'`),
  content().map((text) => `E'${escaped(text, true)}'`),
  content().map((text) => `$q$${text}$q$`),
  content().map((text) => `N'${escaped(text, false)}'`),
  content().map((text) => `q'~${text.replaceAll('~', '')}~'`),
  stuffing.map((parts) => `"i${escaped(parts.join(''), false, '"')}"`),
  stuffing.map((parts) => `--${parts.join('').replaceAll(/[\r\n]/g, '')}\n`),
  stuffing.map((parts) => `/*${parts.join('').replaceAll('/', '')}*/`),
  fc.constantFrom('$1', '@>', 'a #> b', 'a # b', "--it's\n", '-- it"s\n', "/* it's /* nested ' */ ' */"),
)

const mysqlTokens: fc.Arbitrary<string> = fc.oneof(
  plain,
  numbers.filter((number) => !number.startsWith('$')),
  content().map((text) => `'${escaped(text, true)}'`),
  content().map((text) => `'${backslashed(text, "'")}'`),
  content().map((text) => `= "${escaped(text, true, '"')}"`),
  content().map((text) => `VALUES ("${backslashed(text, '"')}")`),
  content().map((text) => `_utf8'${escaped(text, true)}'`),
  stuffing.map((parts) => `#${parts.join('').replaceAll('\n', '')}\n`),
  stuffing.map((parts) => `-- ${parts.join('').replaceAll('\n', '')}\n`),
  stuffing.map((parts) => `/* ${parts.join('').replaceAll('*', '')} */`),
  fc.constantFrom('5--3', '@v', "-- it's\n", "# it's\n", "/* it's /* not nested */", '/*!50001 it */'),
)

const mssqlTokens: fc.Arbitrary<string> = fc.oneof(
  plain,
  numbers,
  content().map((text) => `'${escaped(text, false)}'`),
  content().map((text) => `N'${escaped(text, false)}'`),
  stuffing.map((parts) => `[i${escaped(parts.join(''), false, ']')}]`),
  stuffing.map((parts) => `--${parts.join('').replaceAll(/[\r\n]/g, '')}\n`),
  fc.constantFrom('[a b]', '#tmp', '##tmp', '@p', '@@rowcount', '"i j"', "--it's\n", "/* it's /* nested ' */ ' */"),
)

function statements(tokens: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.array(tokens, { maxLength: 8 }).map((parts) => parts.join(' '))
}

const everyWay: readonly Options[] = [{}, { comments: 'keep' }]

describe('no literal gets through', () => {
  const check = (tokens: fc.Arbitrary<string>, dialect: 'ansi' | 'mysql' | 'mssql'): void => {
    fc.assert(
      fc.property(statements(tokens), (text) => {
        for (const way of everyWay) {
          for (const options of [way, { ...way, dialect }]) {
            const out = mask(text, options)
            expect(out).not.toContain(CANARY)
            expect(out).not.toContain(NUMBER)
          }
        }
      }),
      { numRuns: Number(process.env['RUNS'] ?? 3000) },
    )
  }
  it('of ANSI SQL, PostgreSQL and Oracle', () => check(ansiTokens, 'ansi'))
  it('of MySQL', () => check(mysqlTokens, 'mysql'))
  it('of T-SQL', () => check(mssqlTokens, 'mssql'))
})

describe('the lexer', () => {
  const tokens = [
    "'",
    "'",
    '"',
    '`',
    '\\',
    '--',
    '-- ',
    '#',
    '/*',
    '*/',
    '$',
    '$$',
    '$a$',
    '[',
    ']',
    'q',
    "q'[",
    "E'",
    "N'",
    'x',
    'e',
    'é',
    '_',
    '0',
    '1',
    '0x1f',
    '12',
    '123456',
    '.',
    '..',
    '+',
    '-',
    ':',
    '::',
    '@',
    '?',
    '%s',
    '(',
    ')',
    ',',
    '=',
    ' ',
    '\n',
    '\r',
    '\r',
    '\r\n',
    '&',
    "U&'",
    '\0',
    '\u00a0',
    'SELECT',
    'f',
  ]
  const soup = fc.array(fc.constantFrom(...tokens), { maxLength: 14 }).map((parts) => parts.join(''))

  it.each(['ansi', 'mysql', 'mssql'] as const)('agrees with the patterns of %s', (dialect) => {
    fc.assert(
      fc.property(soup, (text) => {
        const hidden = hiddenSpans(text, { dialect, comments: 'drop', numbers: true })
        let out = ''
        let copied = 0
        for (const { start, end, literal } of hidden) {
          out += text.slice(copied, start) + (literal ? '?' : '')
          copied = end
        }
        // T-SQL: whether double quotes are a string is a question of place, not of tokens
        fc.pre(dialect !== 'mssql' || !text.includes('"'))
        expect(out + text.slice(copied)).toBe(sqlOracle(text, dialect))
      }),
      { numRuns: Number(process.env['RUNS'] ?? 5000) },
    )
  })

  it('gives spans in order and apart', () => {
    fc.assert(
      fc.property(soup, fc.constantFrom('drop', 'keep'), (text, comments) => {
        let last = 0
        for (const { start, end } of hiddenSpans(text, { dialect: 'auto', comments, numbers: true })) {
          expect(start).toBeGreaterThanOrEqual(last)
          expect(end).toBeGreaterThan(start)
          last = end
        }
        expect(last).toBeLessThanOrEqual(text.length)
      }),
      { numRuns: 5000 },
    )
  })

  // what grows with the square takes some 50,000 ns per character at this size
  it('takes linear time', { retry: 2 }, () => {
    const units = `' '' 'a', " "a"x \` \\ \\' -- --x # #x /* /**/ $ $$ $a$ $a$b [ ] q'[ E'\\ 1 1. . e+1 : @ ? ( ) f( IN( VALUES( , a 0x é '\\'`.split(' ')
    units.push('-- ', '# \n', 'a ', '\n', '\r', 'BETWEEN AND ')
    for (const unit of units) {
      const text = unit.repeat(200_000 / unit.length)
      for (const dialect of ['auto', 'ansi', 'mysql', 'mssql'] as const) {
        const from = performance.now()
        hiddenSpans(text, { dialect, comments: 'drop', numbers: true })
        expect(((performance.now() - from) * 1e6) / text.length, `${dialect}, ${JSON.stringify(unit)}: ns per character`).toBeLessThan(2000)
      }
    }
  })
})

describe('queries that are JSON', () => {
  const json = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null), tie('array'), tie('object')),
    array: fc.array(tie('value'), { maxLength: 4 }),
    object: fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  }))
  /** The slow and obvious version. */
  const hidden = (value: unknown): unknown =>
    typeof value === 'number' || (typeof value === 'string' && value !== '')
      ? '?'
      : Array.isArray(value)
        ? value.map(hidden)
        : value !== null && typeof value === 'object'
          ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hidden(item)]))
          : value

  it('lose every string and number, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(json.array, json.object), fc.constantFrom(undefined, 1, '\t'), fc.constantFrom('', ' ', '\n'), (value, indent, around) => {
        const text = around + JSON.stringify(value, undefined, indent) + around
        const out = mask(text)
        expect(JSON.parse(out)).toEqual(hidden(JSON.parse(text)))
        expect(out.replace(/"(?:[^"\\]|\\.)*"|[-\d.e+]+/g, '')).toBe(text.replace(/"(?:[^"\\]|\\.)*"|[-\d.e+]+/g, ''))
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    // cut off, in another spelling, or GraphQL: no document, but everything in quotes is hidden all the same
    ['{"find":"users","filter":{"mail":"ann', '{?:?,?:{?:?'],
    ["{ find: 'users', n: 5 }", '{ find: ?, n: ? }'],
    ['{ user(mail: "ann@shop.example") { id } }', '{ user(mail: ?) { id } }'],
    ['[it\'s "x"]', '[it?'],
  ])('%s', (text, out) => expect(mask(text)).toBe(out))

  it.each([
    ['SET user:1 "ann" EX 60', 'SET user:? ? EX ?'],
    ['  hset k f "ann"', '  hset k f ?'],
    ['JSON.SET doc $ "{\\"a\\":1}"', 'JSON.SET doc $ ?'],
    ['MATCH (n:Person {name: "Ann"}) RETURN n', 'MATCH (n:Person {name: ?}) RETURN n'],
    ['db.users.find({name: "Ann"})', 'db.users.find({name: ?})'],
    ['SELECT "a" FROM "b" WHERE "c" = "d"', 'SELECT "a" FROM "b" WHERE "c" = ?'],
    ['settings."a"', 'settings."a"'],
  ])('double quotes of %s', (text, out) => expect(mask(text)).toBe(out))
})
