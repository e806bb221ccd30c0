// What of a statement is hidden: a lexer of SQL that knows where literals and comments are, and nothing else of the language.
// It reads each character once, whatever the text is.

import { isDigit } from './input.ts'

/** How a dialect spells what holds data. */
interface Flavour {
  /** A backslash escapes in strings. */
  readonly backslash: boolean
  /** Double quotes: strings, identifiers, or what their place says. */
  readonly double: 'string' | 'identifier' | 'place'
  /** Back-quotes and brackets quote identifiers. */
  readonly backQuotes: boolean
  readonly brackets: boolean
  /** `$tag$...$tag$`. */
  readonly dollars: boolean
  /** `E'...'` has escapes, `q'[...]'` ends as it begins. */
  readonly letters: boolean
  /** Comments nest, and those of a line end at a carriage return too. */
  readonly nested: boolean
  /** `--` begins a comment only before white space. */
  readonly spacedDashes: boolean
  /** `#` begins a comment, or a name, or nothing. */
  readonly hash: 'comment' | 'name' | 'sign'
  /** `$12.50` and `$12` are money. */
  readonly money: boolean
}

const ANSI: Flavour = {
  backslash: false,
  double: 'identifier',
  backQuotes: false,
  brackets: false,
  dollars: true,
  letters: true,
  nested: true,
  spacedDashes: false,
  hash: 'sign',
  money: false,
}
const MYSQL: Flavour = {
  backslash: true,
  double: 'string',
  backQuotes: true,
  brackets: false,
  dollars: false,
  letters: false,
  nested: false,
  spacedDashes: true,
  hash: 'comment',
  money: false,
}
// Double quotes are strings where QUOTED_IDENTIFIER is off.
const MSSQL: Flavour = { ...ANSI, double: 'place', brackets: true, dollars: false, letters: false, hash: 'name', money: true }
// Nobody has said which: both are tried where they differ.
const LIKE_ANSI: Flavour = { ...ANSI, double: 'place', backQuotes: true }
const LIKE_MYSQL: Flavour = { ...MYSQL, double: 'place', dollars: true }

export interface SqlOptions {
  readonly dialect: 'auto' | 'ansi' | 'mysql' | 'mssql'
  readonly comments: 'drop' | 'keep'
  readonly numbers: boolean
}

/** A stretch of the text: a literal, or a comment to be dropped. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly literal: boolean
}

/** What is hidden, in order and apart from each other. */
export function hiddenSpans(text: string, options: SqlOptions): readonly Span[] {
  const read = (flavour: Flavour): Lexer => new Lexer(text, flavour, options).run()
  if (options.dialect === 'ansi') return read(ANSI).spans
  if (options.dialect === 'mysql') return read(MYSQL).spans
  if (options.dialect === 'mssql') return read(MSSQL).spans
  // In other languages nothing but data stands in double quotes.
  const double = isOtherLanguage(text) ? 'string' : 'place'
  const ansi = read({ ...LIKE_ANSI, double })
  const { doubtful, bracketed, backQuoted } = ansi
  if (!doubtful && !bracketed) return backQuoted ? read(MYSQL).spans : ansi.spans
  // A backslash before a quote, a `--` or `#` that may be a comment, a quote between brackets: one reading shows what is
  // data in another. What any of them hides is hidden.
  let spans: readonly Span[] = ansi.spans
  if (doubtful || backQuoted) {
    const mysql = read({ ...LIKE_MYSQL, double })
    if (!bracketed && backQuoted && mysql.backQuoted) return read(MYSQL).spans
    spans = union(spans, mysql.spans)
  }
  return bracketed ? union(spans, read({ ...MSSQL, double }).spans) : spans
}

/**
 * Words that commands of other languages begin with: those of Redis and Memcached that carry values, of the shell of MongoDB, of Cypher,
 * Gremlin and GraphQL. `SET` is one of SQL too; what it sets has no double quotes there, or may lose them.
 */
const OTHERS: ReadonlySet<string> = new Set(
  (
    'SET SETEX SETNX PSETEX GETSET GETEX MSET MSETNX APPEND SETRANGE GET MGET GETDEL DEL UNLINK EXISTS EXPIRE HSET HSETNX HMSET HGET HMGET HDEL HEXISTS HINCRBY LPUSH RPUSH LPUSHX RPUSHX ' +
    'LINSERT LREM LSET LPOS LRANGE SADD SREM SISMEMBER SMISMEMBER SMOVE ZADD ZREM ZSCORE ZRANK ZINCRBY PFADD XADD PUBLISH SPUBLISH AUTH HELLO CONFIG EVAL EVALSHA FCALL SCAN HSCAN SSCAN ' +
    'ZSCAN KEYS RESTORE GEOADD BITOP JSON FT TS CMS BF CF TDIGEST GRAPH ADD CAS PREPEND GETS INCR DECR DB MATCH OPTIONAL UNWIND G QUERY MUTATION SUBSCRIPTION FRAGMENT'
  ).split(' '),
)

/** True for a document of JSON or GraphQL, and for a command of another language. */
function isOtherLanguage(text: string): boolean {
  let at = 0
  while (at < text.length && isSpace(text.charCodeAt(at))) at++
  if (text[at] === '{' || (text[at] === '[' && /^[\s"[{\]]/.test(text.slice(at + 1, at + 2)))) return true
  let end = at
  while (end < text.length && end - at <= 12 && isLetter(text.charCodeAt(end))) end++
  return end > at && OTHERS.has(text.slice(at, end).toUpperCase())
}

function union(a: readonly Span[], b: readonly Span[]): readonly Span[] {
  const out: Span[] = []
  let i = 0
  let k = 0
  while (i < a.length || k < b.length) {
    const next = k >= b.length || (i < a.length && a[i]!.start <= b[k]!.start) ? a[i++]! : b[k++]!
    const last = out[out.length - 1]
    if (last === undefined || next.start >= last.end) out.push(next)
    else out[out.length - 1] = { start: last.start, end: Math.max(last.end, next.end), literal: last.literal || next.literal }
  }
  return out
}

// ------------------------------------------------------------------------------------------------ tokens

const QUOTE = 0x27
const DOUBLE = 0x22
const BACK_QUOTE = 0x60
const BACKSLASH = 0x5c
const DOLLAR = 0x24
const HASH = 0x23
const PLUS = 0x2b
const DASH = 0x2d
const SLASH = 0x2f
const STAR = 0x2a
const DOT = 0x2e
const COLON = 0x3a
const AT = 0x40
const OPEN = 0x28
const CLOSE = 0x29
const COMMA = 0x2c
const AMPERSAND = 0x26
const QUESTION = 0x3f
const BRACKET = 0x5b
const BRACKET_END = 0x5d
const EXCLAMATION = 0x21
const LETTER_E = 0x65
const LETTER_M = 0x4d
const LETTER_Q = 0x71

/** Longer numbers of placeholders are no placeholders: `$4111111111111111`. */
const PLACEHOLDER_DIGITS = 5

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0x3000 || code === 0xfeff
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || (code >= 0x80 && !isSpace(code))
}

/** Words before a quote that belong to the literal: `N'...'`, `x'1f'`. */
const PREFIXES: ReadonlySet<string> = new Set(['N', 'E', 'X', 'B'])

/** What begins a literal or a comment somewhere. */
const BEGINNINGS = `'"\`$#-/`
const PAIRS: ReadonlyMap<string, string> = new Map(['[]', '()', '{}', '<>'].map((pair) => [pair[0]!, pair[1]!]))

class Lexer {
  readonly spans: Span[] = []
  /** MySQL would read this text otherwise; so would T-SQL. */
  doubtful = false
  bracketed = false
  /** An identifier in back-quotes stands in it. */
  backQuoted = false
  private readonly text: string
  private readonly flavour: Flavour
  private readonly options: SqlOptions
  private readonly place: Place | undefined
  private at = 0
  /** The next character that may begin a literal or comment, and the next closing bracket, once they have been looked for. */
  private nextBeginning = -1
  private nextBracket = -1
  /** Up to here a `#` has been judged. */
  private judgedLine = 0

  constructor(text: string, flavour: Flavour, options: SqlOptions) {
    this.text = text
    this.flavour = flavour
    this.options = options
    this.place = flavour.double === 'place' ? new Place() : undefined
  }

  run(): this {
    while (this.at < this.text.length) this.token()
    return this
  }

  private code(at: number): number {
    return at < this.text.length ? this.text.charCodeAt(at) : 0
  }

  private hide(start: number, end: number): void {
    this.spans.push({ start, end, literal: true })
    this.at = end
    this.place?.other()
  }

  private token(): void {
    const { text, flavour, at } = this
    const code = text.charCodeAt(at)
    if (isSpace(code)) this.at++
    else if (isLetter(code) || (code === HASH && flavour.hash === 'name')) this.word()
    else if (isDigit(code) || (code === DOT && isDigit(this.code(at + 1)) && this.code(at - 1) !== DOT)) this.number(at)
    else if (code === QUOTE) this.string(at, at, flavour.backslash)
    else if (code === DOUBLE) this.double()
    else if (code === BACK_QUOTE && flavour.backQuotes) this.backQuote()
    else if (code === BRACKET && flavour.brackets) this.identifier(closing(text, at + 1, BRACKET_END))
    else if (code === DASH && this.code(at + 1) === DASH) this.dashes()
    else if (code === SLASH && this.code(at + 1) === STAR) this.block()
    else if (code === HASH && flavour.hash === 'comment') this.line()
    else if (code === DOLLAR) this.dollar()
    else if (code === COLON) this.colon()
    else if (code === AT) this.variable()
    else if (code === QUESTION) this.question()
    else {
      if (code === HASH && this.mayComment()) this.doubtful = true
      if (code === BRACKET && this.mayQuote()) this.bracketed = true
      this.at++
      this.place?.sign(code)
    }
  }

  // ------------------------------------------------------------------------------------------------ names and strings

  /** Where the run of characters of a name from `at` ends. */
  private nameEnd(at: number): number {
    const { hash } = this.flavour
    for (let end = at; ; end++) {
      const code = this.code(end)
      if (!(isLetter(code) || isDigit(code) || code === DOLLAR || (hash === 'name' && (code === HASH || code === AT)))) return end
    }
  }

  private word(): void {
    const { text, flavour, at } = this
    // `#` of a name may stand at its beginning
    const end = Math.max(this.nameEnd(at), at + 1)
    const next = this.code(end)
    const word = (next === QUOTE || next === AMPERSAND) && end - at <= 2 ? text.slice(at, end).toUpperCase() : ''
    if (next === QUOTE && flavour.letters && (word === 'Q' || word === 'NQ')) this.alternative(at, end + 1)
    else if (next === QUOTE && PREFIXES.has(word)) this.string(at, end, flavour.backslash || (word === 'E' && flavour.letters))
    // U&'...'
    else if (next === AMPERSAND && word === 'U' && this.code(end + 1) === QUOTE) this.string(at, end + 1, flavour.backslash)
    else {
      this.at = end
      this.place?.word(text, at, end)
    }
  }

  /** A string in single quotes that begin at `open`; what is hidden begins at `start`. */
  private string(start: number, open: number, backslash: boolean): void {
    const end = this.stringEnd(open, QUOTE, backslash)
    this.hide(start, end < 0 ? this.text.length : end)
  }

  /** Behind the closing quote; -1: there is none. */
  private stringEnd(open: number, quote: number, backslash: boolean): number {
    const { text } = this
    for (let at = open + 1; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === BACKSLASH) {
        if (backslash) at++
        else if (text.charCodeAt(at + 1) === quote && oddBackslashes(text, at, open)) this.doubtful = true
      } else if (code === quote) {
        if (this.code(at + 1) !== quote) return at + 1
        at++
      }
    }
    return -1
  }

  /** `q'[...]'`: the character after the quote says what ends it. */
  private alternative(start: number, delimiter: number): void {
    const { text } = this
    const opening = text[delimiter] ?? ''
    const end = opening === '' ? -1 : text.indexOf(`${PAIRS.get(opening) ?? opening}'`, delimiter + 1)
    this.hide(start, end < 0 ? text.length : end + 2)
  }

  private double(): void {
    const { flavour, at } = this
    const end = this.stringEnd(at, DOUBLE, flavour.backslash)
    const dotted = this.code(at - 1) === DOT || this.code(end) === DOT
    if (end >= 0 && (flavour.double === 'string' || (!dotted && this.place?.holdsValue() === true))) this.hide(at, end)
    else this.identifier(end)
  }

  /** True for a bracket such as that of `[it's]`: an identifier of T-SQL, elsewhere an index. */
  private mayQuote(): boolean {
    const { text, at } = this
    if (this.nextBracket < at) {
      const end = closing(text, at, BRACKET_END)
      this.nextBracket = end < 0 ? text.length : end - 1
    }
    if (this.nextBeginning < at) {
      let next = at
      while (next < text.length && !BEGINNINGS.includes(text[next]!)) next++
      this.nextBeginning = next
    }
    return this.nextBeginning < this.nextBracket && this.nextBracket < text.length
  }

  private backQuote(): void {
    this.backQuoted = true
    this.identifier(closing(this.text, this.at + 1, BACK_QUOTE))
  }

  /** A quoted identifier that ends at `end`; -1: nothing ends it, so nothing after it can be told. */
  private identifier(end: number): void {
    if (end < 0) this.hide(this.at, this.text.length)
    else {
      this.at = end
      this.place?.name()
    }
  }

  // ------------------------------------------------------------------------------------------------ numbers and placeholders

  /** A number that begins at the current place; what is hidden begins at `start`. Letters at it belong to it: `12ab`. */
  private number(start: number): void {
    const { at } = this
    const second = this.code(at + 1) | 0x20
    // 0x, 0b, 0o
    const coded = this.code(at) === 0x30 && (second === 0x78 || second === 0x62 || second === 0x6f)
    let end = at
    for (;;) {
      const code = this.code(end)
      const next = this.code(end + 1)
      if (!coded && (code | 0x20) === LETTER_E && (next === PLUS || next === DASH) && isDigit(this.code(end + 2))) end += 2
      // a point belongs to it, but for those of a range `1..9` and of a name after it
      else if (isDigit(code) || isLetter(code) || (code === DOT && next !== DOT && (!isLetter(next) || (next | 0x20) === LETTER_E))) end++
      else break
    }
    if (coded || this.options.numbers) this.hide(start, end)
    else {
      this.at = end
      this.place?.other()
    }
  }

  /** How many digits stand at a place. */
  private digits(at: number): number {
    let end = at
    while (isDigit(this.code(end))) end++
    return end - at
  }

  /** A sign that stays with the name or the short number after it; alone, it is a sign. */
  private placeholder(behind: number, numbered: boolean): void {
    const digits = this.digits(behind)
    const named = digits === 0 && isLetter(this.code(behind))
    if (named || (numbered && digits > 0 && digits <= PLACEHOLDER_DIGITS)) {
      this.at = named ? this.nameEnd(behind) : behind + digits
      this.place?.other()
      return
    }
    this.place?.sign(this.code(this.at))
    this.at = behind
  }

  /** `$1`, `$tag$...$tag$`, `$12.50`. */
  private dollar(): void {
    const { text, flavour, at } = this
    const digits = this.digits(at + 1)
    let end = at + 1
    while (isLetter(this.code(end)) || isDigit(this.code(end))) end++
    if (digits > 0 && (flavour.money || (this.code(at + 1 + digits) === DOT && isDigit(this.code(at + 2 + digits))))) {
      this.at++
      this.number(at)
    } else if (flavour.dollars && digits === 0 && this.code(end) === DOLLAR) {
      const tag = text.slice(at, end + 1)
      const close = text.indexOf(tag, end + 1)
      this.hide(at, close < 0 ? text.length : close + tag.length)
    } else this.placeholder(at + 1, true)
  }

  /** `:name`, `:1`, `::type`. After a value or a name, `:1` is a bound of a slice. */
  private colon(): void {
    const { at } = this
    if (this.code(at + 1) === COLON) {
      this.at += 2
      this.place?.other()
      return
    }
    const before = this.code(at - 1)
    this.placeholder(at + 1, !(isLetter(before) || isDigit(before) || before === CLOSE || before === BRACKET_END || before === QUOTE || before === DOUBLE))
  }

  /** `@name`, `@@name`, `@1`. */
  private variable(): void {
    let end = this.at + 1
    while (this.code(end) === AT) end++
    this.placeholder(end, true)
  }

  /** `?`, `?1`. */
  private question(): void {
    const digits = this.digits(this.at + 1)
    this.at += digits <= PLACEHOLDER_DIGITS ? 1 + digits : 1
    this.place?.other()
  }

  // ------------------------------------------------------------------------------------------------ comments

  private comment(end: number): void {
    if (this.options.comments === 'drop') this.spans.push({ start: this.at, end, literal: false })
    this.at = end
  }

  private line(): void {
    const { text } = this
    let end = this.at
    for (; end < text.length && text.charCodeAt(end) !== 0x0a; end++) {
      if (text.charCodeAt(end) !== 0x0d || this.code(end + 1) === 0x0a) continue
      this.doubtful = true
      if (this.flavour.nested) break
    }
    this.comment(text.charCodeAt(end - 1) === 0x0d ? end - 1 : end)
  }

  private dashes(): void {
    const behind = this.at + 2
    const spaced = behind >= this.text.length || this.code(behind) <= 0x20
    if (!spaced) this.doubtful = true
    if (spaced || !this.flavour.spacedDashes) this.line()
    else {
      this.at++
      this.place?.sign(DASH)
    }
  }

  /**
   * True for a `#` that may be a comment whose text matters: one before white space, or with quotes in it that do not close.
   * `#t` and `#>` with whole strings after them are not: no reading of theirs shows what is in a string.
   */
  private mayComment(): boolean {
    const { text, at } = this
    if (this.doubtful || isSpace(this.code(at + 1))) return true
    if (at < this.judgedLine) return false
    let single = 0
    let double = 0
    let end = at
    for (; end < text.length && text.charCodeAt(end) !== 0x0a; end++) {
      const code = text.charCodeAt(end)
      // what is more than a quote
      if (code === DOLLAR || code === BACKSLASH || (code === SLASH && this.code(end + 1) === STAR)) return true
      if (code === QUOTE && (this.code(end - 1) | 0x20) === LETTER_Q) return true
      if (code === QUOTE) single++
      else if (code === DOUBLE) double++
    }
    this.judgedLine = end
    return single % 2 === 1 || double % 2 === 1 || (single > 0 && double > 0)
  }

  /** A comment of lines. MySQL runs what stands in one that begins with `!`: kept, it is read like anything else. */
  private block(): void {
    const { text, flavour, at } = this
    const sign = this.code(at + 2) === LETTER_M ? at + 3 : at + 2
    if (this.code(sign) === EXCLAMATION && this.options.comments === 'keep') {
      this.doubtful = true
      if (!flavour.nested) {
        this.at = sign + 1 + this.digits(sign + 1)
        return
      }
    }
    let depth = 1
    let end = at + 2
    while (depth > 0 && end < text.length) {
      const code = text.charCodeAt(end)
      const next = this.code(end + 1)
      if (code === STAR && next === SLASH) {
        depth--
        end += 2
      } else if (code === SLASH && next === STAR) {
        this.doubtful = true
        if (flavour.nested) depth++
        // `/*/`: elsewhere its second character may end the comment
        end += flavour.nested ? 2 : 1
      } else end++
    }
    this.comment(end)
  }
}

/** True when the backslashes that end at `at`, in a literal that opens at `open`, are odd in number. */
function oddBackslashes(text: string, at: number, open: number): boolean {
  let from = at
  while (from > open + 1 && text.charCodeAt(from - 1) === BACKSLASH) from--
  return (at - from) % 2 === 0
}

/** Behind the sign that closes a quoted identifier, which it escapes by doubling; -1: there is none. */
function closing(text: string, from: number, sign: number): number {
  for (let at = from; at < text.length; at++) {
    if (text.charCodeAt(at) !== sign) continue
    if (text.charCodeAt(at + 1) !== sign) return at + 1
    at++
  }
  return -1
}

// ------------------------------------------------------------------------------------------------ double quotes

/** After these a value follows. */
const COMPARES: ReadonlySet<string> = new Set(['LIKE', 'ILIKE', 'RLIKE', 'REGEXP', 'GLOB', 'BETWEEN'])
/** After these the parenthesis is no call. */
const NO_CALLS: ReadonlySet<string> = new Set(
  (
    'ADD ALL AND AS BY CASE CHECK COLUMN CONFLICT CROSS DISTINCT ELSE EXCEPT EXISTS FILTER FROM GROUP HAVING INCLUDE INDEX INNER INTERSECT INTO IS JOIN KEY LATERAL LEFT LIMIT ' +
    'NOT OFFSET ON OR ORDER OVER PARTITION PRIMARY RECURSIVE REFERENCES RETURNING RIGHT SELECT SET TABLE THEN UNION UNIQUE USING VIEW WHEN WHERE WITH'
  ).split(' '),
)
/** After these a name follows, and a parenthesis after that lists columns. */
const NAMES: ReadonlySet<string> = new Set(['AS', 'INTO', 'REFERENCES', 'TABLE', 'VIEW'])
const LONGEST = 10

/** Follows a statement as far as needed to tell whether a value is expected: after a comparison, or in parentheses of values. */
class Place {
  /** For each open parenthesis: does it hold values? */
  private readonly open: boolean[] = []
  /** What came last; `name`: a quoted one. */
  private last: 'comparison' | 'word' | 'name' | 'opening' | 'comma' | 'other' = 'other'
  /** The last word if it may be a key word. */
  private keyWord = ''
  /** Is a name expected (1), is one just over (2)? */
  private naming = 0
  /** An `AND` of `BETWEEN` is still to come. */
  private between = false
  /** Depth of a `VALUES` whose parentheses follow each other; -1: none. */
  private values = -1

  /** True where a double-quoted token is a value. */
  holdsValue(): boolean {
    return this.last === 'comparison' || (this.last === 'word' && COMPARES.has(this.keyWord)) || this.open[this.open.length - 1] === true
  }

  word(text: string, start: number, end: number): void {
    const word = end - start <= LONGEST ? text.slice(start, end).toUpperCase() : ''
    // a query in parentheses begins anew
    if (this.last === 'opening' && (word === 'SELECT' || word === 'WITH')) this.open[this.open.length - 1] = false
    if (NAMES.has(word)) this.naming = 1
    else if (this.naming === 1 && !(word === 'IF' || word === 'NOT' || word === 'EXISTS' || word === 'ONLY')) this.naming = 2
    else if (this.naming === 2) this.naming = 0
    if (word === 'VALUES' || word === 'VALUE') this.values = this.open.length
    else if (this.values === this.open.length && word !== 'ROW') this.values = -1
    this.last = 'word'
    this.keyWord = word
    if (word === 'BETWEEN') this.between = true
    else if (word === 'AND' && this.between) {
      this.between = false
      this.last = 'comparison'
    }
  }

  /** A quoted identifier. */
  name(): void {
    this.naming = this.naming === 1 ? 2 : 0
    this.last = 'name'
  }

  /** A literal, a placeholder, a cast. */
  other(): void {
    this.naming = 0
    this.last = 'other'
  }

  sign(code: number): void {
    const last = this.last
    this.last = code === OPEN ? 'opening' : code === COMMA ? 'comma' : code === 0x3c || code === 0x3d || code === 0x3e || code === 0x7e ? 'comparison' : 'other'
    if (code === OPEN) {
      const inside = this.open[this.open.length - 1] === true
      const call = this.naming !== 2 && (last === 'name' || (last === 'word' && !NO_CALLS.has(this.keyWord)))
      const compared = last === 'comparison' || (last === 'word' && COMPARES.has(this.keyWord))
      this.open.push(inside || call || compared || (last === 'comma' && this.values === this.open.length))
    } else if (code === CLOSE) {
      this.open.pop()
      if (this.values > this.open.length) this.values = -1
    }
    this.naming = code === DOT && this.naming === 2 ? 1 : 0
  }
}
