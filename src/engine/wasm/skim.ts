// The skim: one strict pass over the JSON lines of a block that settles what needs no thought, in WebAssembly.
//
// It follows structure and the plan's scopes, and scans strings for the byte triples that finders start at, sixteen bytes a
// round. What it can prove to be of no interest it passes over; everything else goes to the host (../skim.ts), which has the
// byte walker do it: values that rules claim, strings in which a candidate stands that cannot be ruled out, keys that are new.
// A line that is not what it expects is left to the walker as a whole. A wrong "of no interest" would leak, so each of the functions
// `no...` below says whose judgement it repeats, and tests hold both against each other.
//
// What it masks itself is what the walker would mask without a second look: the one token that rules give all strings at a place,
// strings of which the host has said what becomes of them, and three kinds that are sure (`sure...` below): values that are secret
// by their key, tokens with the prefix of a vendor, e-mail addresses that had been masked before. Whatever is in doubt is the host's.
//
// This is AssemblyScript: `npm run wasm` compiles it into ../skim-code.ts. All memory is laid out here by hand.

/** Unknown key with bytes [start, end): the address of its scope, or 0 to give the line up. */
@external('host', 'key') declare function hostKey(scope: i32, start: i32, end: i32): i32
/** Array element of a scope that tells indexes apart, or whose items are not known yet: the address of its scope, or 0. */
@external('host', 'item') declare function hostItem(scope: i32, index: i32): i32
/** The scope of a value at a scope that goes by the name [start, end) too: its address, or 0 to give the line up. */
@external('host', 'named') declare function hostNamed(scope: i32, start: i32, end: i32): i32
/** A string at its opening quote: the offset behind it, or a negative number where it is no JSON. It may set LEARN. */
@external('host', 'string') declare function hostString(scope: i32, open: i32, depth: i32, entry: i32): i32
/**
 * A string without brackets in front, in which `n` candidates stand (at CANDIDATES): its quotes are at `open` and `close`. With
 * escapes it stands decoded in SCRATCH, `decoded` bytes long (else -1). Only the finders of the bits of `live` need be asked. It may
 * set LEARN.
 */
@external('host', 'scan') declare function hostScan(scope: i32, open: i32, close: i32, n: i32, live: i32, decoded: i32, depth: i32, entry: i32): void
/** A number: nothing comes back. */
@external('host', 'number') declare function hostNumber(scope: i32, start: i32, end: i32, whole: i32, depth: i32, entry: i32): void
/** true, false or null. */
@external('host', 'literal') declare function hostLiteral(scope: i32, start: i32, end: i32, depth: i32, entry: i32): void
/** An object or array that rules may take whole: its end, -3 to enter it, or another negative number. */
@external('host', 'container') declare function hostContainer(scope: i32, start: i32, depth: i32, entry: i32): i32
/** A line is complete that was not only this module's work, or that is not to be put out by it; `stop` is its newline. */
@external('host', 'line') declare function hostLine(start: i32, stop: i32): void

// ---------------------------------------------------------------------------------------------- memory

/** Written by the host: 1 when it has begun this record; 2 when it did something in it that this module cannot put out. */
export const TOUCHED: i32 = 0x0400
/**
 * Written by the host when it has done a string of which it always does the same, whatever the record around it: 1 when it leaves it,
 * else the address of a recipe.
 */
export const LEARN: i32 = 0x0404
/** Places masked in the record at hand by the module itself, from HITS on: offsets and a replacement each. */
export const HIT_COUNT: i32 = 0x0408
/** Written for the host: 1 when what it does with a string will be remembered. */
export const LEARNING: i32 = 0x0418
/** The offset of the line that is worked on; the host writes where it begins, in case that it never comes to it. */
export const LINE: i32 = 0x041c
/** Output: how much there is, how much there may be, and the offset up to which the input is in it. */
export const WRITTEN: i32 = 0x040c
export const WRITABLE: i32 = 0x0410
export const COPIED: i32 = 0x0414
/** Written by `one`: 1 when all that it put out is ASCII. */
export const ALL_ASCII: i32 = 0x0420
/** Class bits of every byte. */
const CLASS: i32 = 0x0800
/** Every byte with capitals made small, and what the fourth byte of a word says (see `fourthOf` in detectors/id-words.ts). */
const SMALL: i32 = 0x0600
const FOURTH: i32 = 0x0700
/** Candidates of a string: offset and group. */
export const CANDIDATES: i32 = 0x1100
const MAX_CANDIDATES: i32 = 511
/** Bytes of a key for `learnPlain`. */
export const KEY_BYTES: i32 = 0x0480
/** Sure matches of the text at hand: offsets, a replacement or 0, which is to be looked up in SPANS. */
const SURE: i32 = 0x04c0
const MAX_SURE: i32 = 16
/** Separators of queries behind plain keys, in the text at hand. */
const EQUALS: i32 = 0x0440
export const HITS: i32 = 0x2400
const MAX_HITS: i32 = 1024
/** Times that something was masked in lines that the module put out, by number of the counter. */
export const TALLIES: i32 = 0x6800
export const MAX_TALLIES: i32 = 1024
/** How SCRATCH was decoded: number of traces, and for each the offset there and where it comes from. At most so many are kept. */
export const TRACES: i32 = 0x7c00
export const TRACE: i32 = 0x7c08
export const MAX_TRACES: i32 = 2000
/** Keys of pairs in text that invoke nothing: length, flags, bytes. */
export const PLAIN: i32 = 0x10000
export const PLAIN_SLOTS: i32 = 2048
export const PLAIN_SIZE: i32 = 48
/** Strings of which it is known what becomes of them: scope, length, recipe, bytes with the closing quote. */
const KNOWN: i32 = 0x28000
const KNOWN_SLOTS: i32 = 4096
const KNOWN_SIZE: i32 = 128
const KNOWN_MOST: i32 = 111
/** What becomes of them: number of places, then for each its offsets in the string and its replacement. The host writes them. */
export const RECIPES: i32 = 0xb0000
/** Those that are not remembered; they last as long as their record. */
export const PASSING: i32 = 0xa8000
export const RECIPES_END: i32 = 0xe8000
/** Scopes of the plan. */
export const RECORDS: i32 = 0xe8000
export const RECORD_SIZE: i32 = 64
export const MAX_RECORDS: i32 = 8192
/** The rest of each of them, a quarter of their size. */
export const COLD: i32 = 0x168000
/** Keys, tables of children, tables of detector sets, replacements: handed out from here. */
export const ARENA: i32 = 0x188000
export const ARENA_END: i32 = 0x2c8000
/** Bytes of one window of input at most. */
export const WINDOW: i32 = 0x40000
/** Decoded strings; the byte before is a space. */
export const SCRATCH: i32 = 0x2c8040
export const INPUT: i32 = 0x3090c0
/** For buffers of readers, so that a block need not be copied. */
export const POOL: i32 = 0x34a000
/** Output of a block. */
export const OUTPUT: i32 = 0x54a000
export const OUTPUT_SIZE: i32 = 0x180000
/** The table of triggers of the first detector set, at a fixed address: most strings need no other, and it is read for every byte. */
export const ANY: i32 = 0x6d0000
/** Matches of which it is known what becomes of them: detector set, the record that used it last, a replacement, bytes, and those of the replacement. */
export const SPANS: i32 = 0x6e0000
const SPAN_SLOTS: i32 = 8192
const SPAN_SIZE: i32 = 128
const SPAN_MOST: i32 = 52
const SPAN_RECORD: usize = 4
const SPAN_REPLACEMENT: i32 = 8
/** The match, and right behind it what becomes of it: most of them lie in one line of the processor's cache. */
const SPAN_TEXT: i32 = 20
/** The same as KNOWN for longer strings: stacks, headers. */
const LONG: i32 = 0x7e0000
const LONG_SLOTS: i32 = 256
const LONG_SIZE: i32 = 1024
const LONG_MOST: i32 = 1007
/** By slot of SPANS the hash of what is in it, never 0 then. */
const TAGS: i32 = 0x820000
/** Where what is kept of matches and of longer strings ends. */
export const SPANS_END: i32 = 0x828000
/** Forms of tokens, as detectors/vendor-tokens.ts writes them down; the host fills it in. */
export const TOKENS: i32 = 0x828000
/** Labels that no address ends with, as detectors/email.ts says them. */
export const LABELS: i32 = 0x830000
/** Beginnings of the words of seed phrases, as detectors/seed-words-data.ts has them. */
export const STEMS: i32 = 0x830800
/** A frame for each depth; 1,024 of them have room. */
const FRAMES: i32 = 0x831840
export const FRAME_SIZE: i32 = 32

// fields of a frame: the container's scope, that of its last key, its opening bracket, elements so far, the name that stands beside values
// there (at its opening quote; 0: none), its kind
const SCOPE: usize = 0
const LAST: usize = 4
const OPENING: usize = 8
const COUNT: usize = 12
const NAME_AT: usize = 16
const KIND: usize = 20
/** Where the opening bracket of the first depth is. */
export const OPENED: i32 = FRAMES + <i32>OPENING

// fields of a scope's record, which is one line of the processor's cache
const STRINGS: usize = 0
const NUMBERS: usize = 1
const FLAGS: usize = 2
/** What it is to its neighbours: see beside.ts. */
const ROLES: usize = 3
const SET: usize = 4
const SLOTS: usize = 8
const ITEM: usize = 12
const NEXT: usize = 16
const FIRST: usize = 20
const LENGTH: usize = 24
const KEY: usize = 28
const WORD: usize = 32
const WORD_MASK: usize = 40
/** What strings become under CONSTANT, and secrets under KEYED. */
const REPLACEMENT: usize = 48
/** The string without a find that came last, in KNOWN, and how much it pays to look whether it comes again. */
const RECENT: usize = 52
const CREDIT: usize = 56
/** How much it pays to remember what becomes of strings. */
const RETURNS: usize = 60

// what is seldom asked for, at COLD
const MASK: usize = 0
const HASH: usize = 4
const PARENT: usize = 8
/** In whose table the scopes of the names beside values there are. */
const NAMING: usize = 12

// bits of ROLES
const NAME: i32 = 1
const VALUE: i32 = 2
const PAIR_LIST: i32 = 4
const TURNS: i32 = 8
/** As in beside.ts. */
const MOST_BESIDE: i32 = 8
const MOST_NAME: i32 = 128

// bits of FLAGS
const LITERALS: i32 = 1
const CONTAINERS: i32 = 2
const INDEXED: i32 = 4
/** Numbers of twelve digits and more that begin with 1 and are no card are times to all finders: the path does not speak of phones. */
const TIMES: i32 = 8
/** The one rule for strings gives them all the same. */
const CONSTANT: i32 = 16
/** What becomes of a string may be known. */
const KNOWABLE: i32 = 32
/** The path names identifiers: every string with a digit may hold one. */
const NAMED: i32 = 64
/** The key says that strings are secret: nearly all become the same. */
const KEYED: i32 = 128
/** A bit that is no finder's: the host is to look. */
const NAMED_LIVE: i32 = 1 << 30

// fields of a replacement: where its bytes are, how many, the number of its counter
const BYTES: usize = 0
const SIZE: usize = 4
const TALLY: usize = 8

// kinds of strings
const SCAN: i32 = 0
const PASS: i32 = 2

// fields of a detector set
const PAIRS: usize = 0
const FOLLOW: usize = 4
const GROUPS: usize = 8
/** Finders by what can rule their candidates out. */
const DIGITS: usize = 12
const PAIR: usize = 16
const URL: usize = 20
const IBAN: usize = 24
const CONNECTION: usize = 28
const GEO: usize = 100
/** A string that begins with a bracket may be a document. */
const DOCUMENTS: usize = 32
/** No detectors. */
const EMPTY: usize = 36
/** Lengths of IBANs by country. */
const COUNTRIES: usize = 40
/** By two bytes: 1 where the second one may be a trigger's, 0 elsewhere; but for numbers and IBANs. */
const TABLE: usize = 44
/** Number of marks. */
const SETS: usize = 48
/** The finder of identifiers, the bitmaps of its words, and a group that it is in. */
const IDS: usize = 52
const WORDS_AT: usize = 56
const IDS_GROUP: usize = 60
/** Texts that are base64 as a whole are read. */
const VALUES: usize = 64
/** By finder: no text with fewer bytes holds anything that it finds. */
const LEAST: usize = 68
/** The finders of tokens and of addresses; by detector of tokens 0 where it is off, 1 where the host decides, else a replacement; the same of addresses. */
const TOKEN: usize = 104
const EMAIL: usize = 108
const TOKEN_OUT: usize = 112
const EMAIL_OUT: usize = 116
/** What becomes of matches may be kept in SPANS. */
const KEEPS: usize = 120
/** The finders of JSON Web Tokens, wallets, seed phrases, keys of clouds, and hashes of passwords. */
const JWT: usize = 124
const WALLET: usize = 128
const PHRASE: usize = 132
const CLOUD: usize = 136
const CRYPT: usize = 140
/** `index` fills these in: finders of what is encoded, and those whose candidates nothing here can rule out. */
const ENCODED: usize = 144
const OTHERS: usize = 148

// class bits
const DIGIT: i32 = 1
const LETTER: i32 = 2
/** Letters, digits, `_`, bytes from 0x80. */
const WORDS: i32 = 4
/** Letters, digits, `_-.`. */
const KEYS: i32 = 8
const URLS: i32 = 16
const SPACE: i32 = 32
/** Local parts of addresses, but for bytes from 0x80, and labels of domains. */
const LOCAL: i32 = 64
const HOST: i32 = 128

let multi: i32 = 0
let recordEnd: i32 = 0
let child: i32 = 0
let entry: i32 = 0
let decodedLength: i32 = 0
let lines: i32 = 0
/** The number of the record at hand: what SPANS has for it stays until it is put out. */
let records: i32 = 0
/** There is something in SPANS, and in LONG. */
let spans: bool = false
let longs: bool = false

/** Lines that `run` has settled since the last call. */
export function settled(): i32 {
  const n = lines
  lines = 0
  return n
}

/** Fills the class table; to be called once. */
export function init(): void {
  for (let c = 0; c < 256; c++) {
    let bits = 0
    const digit = c >= 0x30 && c <= 0x39
    const letter = (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a)
    if (digit) bits |= DIGIT
    if (letter) bits |= LETTER
    if (digit || letter || c == 0x5f || c >= 0x80) bits |= WORDS
    if (digit || letter || c == 0x5f || c == 0x2d || c == 0x2e) bits |= KEYS
    // no quote, angle bracket, backslash or backtick
    if (c >= 0x80 || (c > 0x20 && c < 0x7f && c != 0x22 && c != 0x27 && c != 0x3c && c != 0x3e && c != 0x5c && c != 0x60)) bits |= URLS
    if (c == 0x20 || (c >= 0x09 && c <= 0x0d)) bits |= SPACE
    // `._+-%&'~^!#$*`
    if (digit || letter || (c >= 0x23 && c <= 0x27) || c == 0x21 || (c >= 0x2a && c <= 0x2e && c != 0x2c) || c == 0x5e || c == 0x5f || c == 0x7e) bits |= LOCAL
    if (digit || letter || c == 0x2d) bits |= HOST
    store<u8>(CLASS + c, <u8>bits)
    store<u8>(SMALL + c, <u8>(letter ? c | 32 : c))
    store<u8>(FOURTH + c, <u8>(!letter ? (c >= 0x80 ? 28 : 0) : c < 0x61 ? 27 : c & 31))
  }
  store<u8>(SCRATCH - 1, 0x20)
}

/**
 * Fills in the tables of a set: the marks of pairs of bytes stand in SCRATCH by the first byte, behind them a byte for each
 * group of finders: 1 when it is more than numbers, IBANs, wallets and phrases, 2 for numbers and IBANs, 4 for wallets.
 */
export function index(set: i32): void {
  const pairs = load<i32>(set, PAIRS)
  const follow = load<i32>(set, FOLLOW)
  const table = load<i32>(set, TABLE)
  const loud = SCRATCH + 0x10000
  const marks = loud + 0x100
  const sets = load<i32>(set, SETS)
  const encoded = load<i32>(set, JWT) | load<i32>(set, WALLET) | load<i32>(set, CLOUD) | load<i32>(set, CRYPT)
  const judged = encoded | load<i32>(set, DIGITS) | load<i32>(set, PAIR) | load<i32>(set, URL) | load<i32>(set, IBAN) | load<i32>(set, CONNECTION) | load<i32>(set, GEO)
  store<i32>(set, encoded, ENCODED)
  // identifiers and phrases are told by other means
  store<i32>(set, ~(judged | load<i32>(set, TOKEN) | load<i32>(set, EMAIL) | load<i32>(set, IDS) | load<i32>(set, PHRASE)), OTHERS)
  memory.fill(marks, 0, 256)
  for (let mark = 1; mark < sets; mark++) {
    let bits = 0
    for (let c = 0; c < 256; c++) bits |= byte(loud + byte(follow + ((mark << 8) | c)))
    store<u8>(marks + mark, <u8>bits)
  }
  for (let a = 0; a < 256; a++) {
    for (let b = 0; b < 256; b++) {
      const mark = byte(SCRATCH + ((a << 8) | b))
      store<u8>(pairs + ((b << 8) | a), <u8>mark)
      // numbers behind a plus sign are told by their trigger, and so are digits behind a capital and what does not begin with a digit
      const told = a == 0x2b || (a >= 0x41 && a <= 0x5a) || b < 0x30 || b > 0x39
      const prefix = (a == 0x30 && b == 0x78) || (a == 0x31 && ((b | 32) == 0x71 || (b | 32) == 0x70))
      store<u8>(table + ((b << 8) | a), (byte(marks + mark) & ((told ? 3 : 1) | (prefix ? 4 : 0))) != 0 ? 1 : 0)
    }
  }
}

/** Forgets keys, strings and matches. */
export function forget(): void {
  memory.fill(PLAIN, 0, PLAIN_SLOTS * PLAIN_SIZE)
  if (spans) {
    memory.fill(SPANS, 0, SPAN_SLOTS * SPAN_SIZE)
    memory.fill(TAGS, 0, SPAN_SLOTS << 2)
  }
  spans = false
  forgetStrings()
}

/** Forgets strings and what becomes of them. */
export function forgetStrings(): void {
  memory.fill(KNOWN, 0, KNOWN_SLOTS * KNOWN_SIZE)
  if (longs) memory.fill(LONG, 0, LONG_SLOTS * LONG_SIZE)
  longs = false
}

@inline function cold(record: i32): i32 {
  return COLD + ((record - RECORDS) >> 2)
}

@inline function byte(p: i32): i32 {
  return <i32>load<u8>(p)
}

@inline function is(p: i32, bits: i32): bool {
  return (byte(CLASS + byte(p)) & bits) != 0
}

// ---------------------------------------------------------------------------------------------- lines

/**
 * Settles whole lines from `pos`, each with its newline, up to `end`. Returns `end`, or the offset of the first line that
 * the walker has to do.
 */
export function run(pos: i32, end: i32, root: i32, maxDepth: i32, maxBytes: i32): i32 {
  // memory that was wiped knows no scopes, and would have nothing to say of any line
  if (load<i32>(root, SET) == 0) unreachable()
  multi = 0
  recordEnd = end
  while (pos < end) {
    store<i32>(LINE, pos)
    const c = byte(pos)
    if (c != 0x7b && c != 0x5b) return pos
    store<i32>(TOUCHED, 0)
    store<i32>(HIT_COUNT, 0)
    records++
    let i = walk(pos, root, maxDepth)
    if (i < 0) return pos
    let b = byte(i)
    while (b == 0x20 || b == 0x0d || b == 0x09) b = byte(++i)
    const hits = load<i32>(HIT_COUNT)
    if (b != 0x0a || i - pos > maxBytes || hits == MAX_HITS) return pos
    lines++
    if (load<i32>(TOUCHED) == 2 || (hits != 0 && !splice(hits, i))) hostLine(pos, i)
    pos = i + 1
  }
  store<i32>(LINE, pos)
  return pos
}

/**
 * Settles one record in [pos, end), in which newlines are white space. Returns `end`, or -1 for the walker. Puts the record out where
 * something changes, there is room for it, and the host has no part in it: WRITTEN says how long it is then.
 */
export function one(pos: i32, end: i32, root: i32, maxDepth: i32): i32 {
  if (load<i32>(root, SET) == 0) unreachable()
  multi = 1
  recordEnd = end
  store<i32>(LINE, pos)
  store<i32>(TOUCHED, 0)
  store<i32>(HIT_COUNT, 0)
  records++
  const c = byte(pos)
  if (c != 0x7b && c != 0x5b) return -1
  let i = walk(pos, root, maxDepth)
  if (i < 0 || load<i32>(HIT_COUNT) == MAX_HITS) return -1
  while (i < end) {
    const b = byte(i)
    if (b != 0x20 && b != 0x0a && b != 0x0d && b != 0x09) return -1
    i++
  }
  const hits = load<i32>(HIT_COUNT)
  if (hits != 0 && load<i32>(TOUCHED) != 2 && splice(hits, i)) {
    const from = load<i32>(COPIED)
    const written = load<i32>(WRITTEN)
    copy(OUTPUT + written, from, i - from)
    store<i32>(WRITTEN, written + i - from)
    store<i32>(ALL_ASCII, isAscii(OUTPUT, OUTPUT + written + i - from) ? 1 : 0)
  }
  return i
}

function isAscii(p: i32, end: i32): bool {
  let all = i8x16.splat(0)
  for (; p + 64 <= end; p += 64) all = v128.or(v128.or(all, v128.or(v128.load(p), v128.load(p, 16))), v128.or(v128.load(p, 32), v128.load(p, 48)))
  for (; p + 16 <= end; p += 16) all = v128.or(all, v128.load(p))
  return (i8x16.bitmask(all) | (i8x16.bitmask(v128.load(p)) & ((1 << (end - p)) - 1))) == 0
}

/** A place of the record becomes a replacement. */
function hit(start: i32, end: i32, replacement: i32): void {
  const n = load<i32>(HIT_COUNT)
  // a line so full is left to the walker
  if (n == MAX_HITS) return
  const at = HITS + (n << 4)
  store<i32>(at, start)
  store<i32>(at, end, 4)
  store<i32>(at, replacement, 8)
  store<i32>(HIT_COUNT, n + 1)
}

/** The places of a recipe in the string whose text begins at `start`. */
function cook(recipe: i32, start: i32): void {
  const n = load<i32>(recipe)
  for (let k = 0, at = recipe + 4; k < n; k++, at += 12) hit(start + load<i32>(at), start + load<i32>(at, 4), load<i32>(at, 8))
}

/** Puts out the input up to the last of the n places, and what they become. False: the host has to. */
function splice(n: i32, stop: i32): bool {
  let from = load<i32>(COPIED)
  const written = load<i32>(WRITTEN)
  let size = stop - from
  // long stretches are better handed on as they are
  if (load<i32>(HITS) - from >= 65536) return false
  for (let k = 0; k < n; k++) size += load<i32>(load<i32>(HITS + (k << 4), 8), SIZE)
  if (written + size > load<i32>(WRITABLE)) return false
  let to = OUTPUT + written
  for (let k = 0; k < n; k++) {
    const at = HITS + (k << 4)
    const replacement = load<i32>(at, 8)
    const length = load<i32>(at) - from
    copy(to, from, length)
    to += length
    copy(to, load<i32>(replacement, BYTES), load<i32>(replacement, SIZE))
    to += load<i32>(replacement, SIZE)
    const tally = TALLIES + (load<i32>(replacement, TALLY) << 2)
    store<i32>(tally, load<i32>(tally) + 1)
    from = load<i32>(at, 4)
  }
  store<i32>(WRITTEN, to - OUTPUT)
  store<i32>(COPIED, from)
  return true
}

/** Copies n bytes, for the host too; up to 63 bytes behind the target may be written over. */
export function copy(to: i32, from: i32, n: i32): void {
  // how many sixteens it takes is not foretold, and costs more to find out than to copy some in vain
  if (n <= 64) copy64(to, from)
  else if (n > 1024) memory.copy(to, from, n)
  else for (let k = 0; k < n; k += 64) copy64(to + k, from + k)
}

@inline function copy64(to: i32, from: i32): void {
  v128.store(to, v128.load(from))
  v128.store(to, v128.load(from, 16), 16)
  v128.store(to, v128.load(from, 32), 32)
  v128.store(to, v128.load(from, 48), 48)
}

// ---------------------------------------------------------------------------------------------- structure

/** Skips white space; -1 where something else or the end of the record stands. */
function space(p: i32): i32 {
  while (true) {
    const c = byte(p)
    if (c > 0x20) return p
    if (p >= recordEnd || !(c == 0x20 || c == 0x09 || c == 0x0d || (c == 0x0a && multi != 0))) return -1
    p++
  }
}

/** Walks the value at p. Returns the offset behind it, or a negative number for everything that is not plain. */
function walk(p: i32, root: i32, maxDepth: i32): i32 {
  let depth = 0
  let frame = FRAMES
  let scope = root
  entry = -1
  while (true) {
    // a value
    let c = byte(p)
    if (c <= 0x20) {
      p = space(p)
      if (p < 0) return -1
      c = byte(p)
    }
    if (depth == 0 || <i32>load<u8>(frame, KIND) != 0x7b) entry = p
    if (c == 0x22) {
      const kind = <i32>load<u8>(scope, STRINGS)
      if (kind == SCAN) p = scanned(p, scope, depth)
      else if (kind == PASS) p = passed(p)
      else p = claimed(p, scope, depth)
      if (p < 0) return -1
    } else if (c == 0x7b || c == 0x5b) {
      if (depth >= maxDepth) return -1
      let whole = -3
      if ((<i32>load<u8>(scope, FLAGS) & CONTAINERS) != 0) {
        whole = hostContainer(scope, p, depth, entry)
        if (whole == -1 || whole == -2) return -1
      }
      if (whole >= 0) p = whole
      else {
        depth++
        frame += FRAME_SIZE
        store<i32>(frame, scope, SCOPE)
        store<i32>(frame, p, OPENING)
        store<u8>(frame, <u8>c, KIND)
        p++
        store<i32>(frame, 0, NAME_AT)
        if (byte(p) <= 0x20) {
          p = space(p)
          if (p < 0) return -1
        }
        if (c == 0x7b) {
          if (byte(p) == 0x7d) {
            p++
            depth--
            frame -= FRAME_SIZE
          } else {
            p = key(p, scope, true)
            if (p < 0) return -1
            scope = child
            store<i32>(frame, scope, LAST)
            if (load<u8>(scope, ROLES) != 0) {
              scope = beside(p, scope, frame)
              if (scope == 0) return -1
            }
            continue
          }
        } else if (byte(p) == 0x5d) {
          p++
          depth--
          frame -= FRAME_SIZE
        } else {
          store<i32>(frame, 0, COUNT)
          if (load<u8>(scope, ROLES) != 0) store<i32>(frame, listName(p, <i32>load<u8>(scope, ROLES)), NAME_AT)
          scope = item(scope, 0)
          if (scope == 0) return -1
          continue
        }
      }
    } else if (c == 0x2d || (c >= 0x30 && c <= 0x39)) {
      p = number(p, scope, depth)
      if (p < 0) return -1
    } else {
      const start = p
      if (c == 0x74 && load<u32>(p) == 0x65757274) p += 4
      else if (c == 0x66 && load<u32>(p, 1) == 0x65736c61) p += 5
      else if (c == 0x6e && load<u32>(p) == 0x6c6c756e) p += 4
      else return -1
      if ((<i32>load<u8>(scope, FLAGS) & LITERALS) != 0) hostLiteral(scope, start, p, depth, entry)
    }
    // the value is complete: close what ends here, go on to the next entry
    while (true) {
      if (depth == 0) return p
      c = byte(p)
      if (c == 0x2c) {
        p++
        const container = load<i32>(frame, SCOPE)
        if (<i32>load<u8>(frame, KIND) == 0x7b) {
          const last = load<i32>(frame, LAST)
          // records of a kind have their keys in one order: the key after the last one is compared first
          const next = guessed(p, load<i32>(last, NEXT))
          if (next != 0) p = next
          else {
            child = last
            p = key(p, container, false)
            if (p < 0) return -1
          }
          scope = child
          store<i32>(frame, scope, LAST)
          if (load<u8>(scope, ROLES) != 0) {
            scope = beside(p, scope, frame)
            if (scope == 0) return -1
          }
        } else {
          const index = load<i32>(frame, COUNT) + 1
          store<i32>(frame, index, COUNT)
          scope = item(container, index)
          if (scope == 0) return -1
          if (load<u8>(container, ROLES) != 0) {
            scope = listed(p, <i32>load<u8>(container, ROLES), index, scope, frame)
            if (scope == 0) return -1
          }
        }
        break
      }
      if (c == 0x7d) {
        if (<i32>load<u8>(frame, KIND) != 0x7b) return -1
      } else if (c == 0x5d) {
        if (<i32>load<u8>(frame, KIND) != 0x5b) return -1
      } else if (c <= 0x20) {
        p = space(p)
        if (p < 0) return -1
        continue
      } else return -1
      depth--
      frame -= FRAME_SIZE
      p++
    }
  }
}

@inline function item(scope: i32, index: i32): i32 {
  const known = load<i32>(scope, ITEM)
  return known != 0 && (<i32>load<u8>(scope, FLAGS) & INDEXED) == 0 ? known : hostItem(scope, index)
}

/** The offset behind `"key":` at p, if it is the key of `guess`, which sets `child` and `entry` then; else 0. */
@inline function guessed(p: i32, guess: i32): i32 {
  const start = p + 1
  if (guess == 0 || byte(p) != 0x22 || ((load<u64>(start) ^ load<u64>(guess, WORD)) & load<u64>(guess, WORD_MASK)) != 0) return 0
  const n = load<i32>(guess, LENGTH)
  if ((n >= 8 && !same(start + 8, load<i32>(guess, KEY) + 8, n - 7)) || byte(start + n + 1) != 0x3a) return 0
  entry = p
  child = guess
  return start + n + 2
}

/** Reads `"key" :` at p; sets `child` and `entry`. Returns the offset behind the colon, or -1. */
function key(p: i32, scope: i32, fresh: bool): i32 {
  if (byte(p) != 0x22) {
    p = space(p)
    if (p < 0 || byte(p) != 0x22) return -1
  }
  const previous = child
  const next = guessed(p, fresh ? load<i32>(scope, FIRST) : load<i32>(previous, NEXT))
  if (next != 0) return next
  entry = p
  const start = p + 1
  let h: i32 = 0x811c9dc5
  p = start
  let c = byte(p)
  while (c >= 0x20 && c != 0x22 && c != 0x5c) {
    h = (h ^ c) * 0x01000193
    c = byte(++p)
  }
  // keys with escapes are rare: the walker knows them
  if (c != 0x22) return -1
  let found = find(scope, start, p - start, h)
  if (found == 0) {
    found = hostKey(scope, start, p)
    if (found == 0) return -1
  }
  child = found
  if (fresh) store<i32>(scope, found, FIRST)
  else if (load<i32>(cold(previous), PARENT) == scope) store<i32>(previous, found, NEXT)
  p++
  return byte(p) == 0x3a ? p + 1 : colon(p)
}

/** The scope in the table of another one whose key is the n bytes at `start`; 0: there is none. */
function find(scope: i32, start: i32, n: i32, h: i32): i32 {
  const slots = load<i32>(scope, SLOTS)
  if (slots == 0) return 0
  const mask = load<i32>(cold(scope), MASK)
  let k = (h ^ (h >>> 15)) & mask
  while (true) {
    const s = load<i32>(slots + (k << 2))
    if (s == 0 || (load<i32>(cold(s), HASH) == h && load<i32>(s, LENGTH) == n && same(start, load<i32>(s, KEY), n))) return s
    k = (k + 1) & mask
  }
}

// ---------------------------------------------------------------------------------------------- names beside values

// The same as in walk-json.ts.

/** The scope of a member whose value begins at or behind p, with the name that stands beside it; 0 to give the line up. */
function beside(p: i32, scope: i32, frame: i32): i32 {
  const roles = <i32>load<u8>(scope, ROLES)
  if (roles == VALUE) {
    let at = load<i32>(frame, NAME_AT)
    if (at == 0) at = nameAhead(p)
    return at > 0 ? namedBy(at, scope) : at < 0 ? 0 : scope
  }
  if (roles == NAME) {
    p = blanks(p)
    if (byte(p) == 0x22) store<i32>(frame, p, NAME_AT)
  }
  return scope
}

/** What names the items of a list whose first one begins at p. */
function listName(p: i32, roles: i32): i32 {
  if (byte(p) != 0x22 || (roles != PAIR_LIST && roles != TURNS)) return 0
  if (roles == TURNS) return p
  let q = passed(p)
  if (q < 0) return 0
  q = blanks(q)
  if (byte(q) != 0x2c) return 0
  q = scalarEnd(blanks(q + 1))
  return q >= 0 && byte(blanks(q)) == 0x5d ? p : 0
}

/** The scope of item `index`, which begins at or behind p; 0 to give the line up. */
function listed(p: i32, roles: i32, index: i32, scope: i32, frame: i32): i32 {
  const at = load<i32>(frame, NAME_AT)
  if (roles == PAIR_LIST) return at > 0 && index == 1 ? namedBy(at, scope) : scope
  if (roles != TURNS) return scope
  p = blanks(p)
  store<i32>(frame, (index & 1) == 0 && byte(p) == 0x22 ? p : 0, NAME_AT)
  return at > 0 && (index & 1) == 1 ? namedBy(at, scope) : scope
}

/** The scope under the name whose opening quote is at `at`; 0 to give the line up. */
function namedBy(at: i32, scope: i32): i32 {
  const start = at + 1
  const naming = load<i32>(cold(scope), NAMING)
  const last = naming == 0 ? 0 : load<i32>(naming, FIRST)
  // names of a kind of records have one order too: the one after the last one is compared first
  const guess = last == 0 ? 0 : load<i32>(last, NEXT)
  if (guess != 0 && ((load<u64>(start) ^ load<u64>(guess, WORD)) & load<u64>(guess, WORD_MASK)) == 0) {
    const n = load<i32>(guess, LENGTH)
    if (n < 8 || same(start + 8, load<i32>(guess, KEY) + 8, n - 7)) {
      store<i32>(naming, guess, FIRST)
      return guess
    }
  }
  let h: i32 = 0x811c9dc5
  let p = start
  let c = byte(p)
  while (c >= 0x20 && c != 0x22 && c != 0x5c && p - start <= MOST_NAME) {
    h = (h ^ c) * 0x01000193
    c = byte(++p)
  }
  const n = p - start
  if (n > MOST_NAME) return scope
  if (c == 0x5c) return 0
  if (c != 0x22 || n == 0) return scope
  let named = naming == 0 ? 0 : find(naming, start, n, h)
  if (named == 0) named = hostNamed(scope, start, p)
  if (naming != 0 && named != 0) {
    if (last != 0) store<i32>(last, named, NEXT)
    store<i32>(naming, named, FIRST)
  }
  return named
}

/** Looks for a name behind the value that begins at or behind p: its opening quote, 0 where there is none, -1 to give the line up. */
function nameAhead(p: i32): i32 {
  p = flatEnd(blanks(p))
  for (let n = 0; n < MOST_BESIDE && p >= 0; n++) {
    p = blanks(p)
    if (byte(p) != 0x2c) return 0
    p = blanks(p + 1)
    const start = p + 1
    if (byte(p) != 0x22 || p >= recordEnd) return 0
    p = passed(p)
    if (p < 0) return 0
    const length = p - start - 1
    p = blanks(p)
    if (byte(p) != 0x3a) return 0
    p = blanks(p + 1)
    if (byte(p) == 0x22 && length < 100) {
      if (isNameKey(start, length)) return p
      for (let k = start; k < start + length; k++) if (byte(k) == 0x5c) return -1
    }
    p = flatEnd(p)
  }
  return 0
}

/** name, key, k, field, header, variable, attribute: in letters of either case. */
function isNameKey(p: i32, n: i32): bool {
  const small: u32 = 0x20202020
  const first = load<u32>(p) | small
  if (n == 1) return (first & 0xff) == 0x6b
  if (n == 3) return (first & 0xffffff) == 0x79656b
  if (n == 4) return first == 0x656d616e
  if (n == 5) return first == 0x6c656966 && (byte(p + 4) | 0x20) == 0x64
  if (n == 6) return first == 0x64616568 && ((<i32>load<u16>(p, 4) | 0x2020) & 0xffff) == 0x7265
  if (n == 8) return first == 0x69726176 && (load<u32>(p, 4) | small) == 0x656c6261
  return n == 9 && first == 0x72747461 && (load<u32>(p, 4) | small) == 0x74756269 && (byte(p + 8) | 0x20) == 0x65
}

/** The end of a scalar at p, or of a container of a few scalars; -1 for what is none. */
function flatEnd(p: i32): i32 {
  const c = byte(p)
  if (c != 0x7b && c != 0x5b) return scalarEnd(p)
  const close = c == 0x7b ? 0x7d : 0x5d
  p = blanks(p + 1)
  if (byte(p) == close) return p + 1
  for (let n = 0; n < MOST_BESIDE; n++) {
    if (c == 0x7b) {
      if (byte(p) != 0x22 || p >= recordEnd) return -1
      p = passed(p)
      if (p < 0) return -1
      p = blanks(p)
      if (byte(p) != 0x3a) return -1
      p = blanks(p + 1)
    }
    p = scalarEnd(p)
    if (p < 0) return -1
    p = blanks(p)
    if (byte(p) == close) return p + 1
    if (byte(p) != 0x2c) return -1
    p = blanks(p + 1)
  }
  return -1
}

/** The end of a scalar at p; -1 where there is none. */
function scalarEnd(p: i32): i32 {
  if (byte(p) == 0x22) return p < recordEnd ? passed(p) : -1
  const from = p
  while (p < recordEnd && (is(p, DIGIT | LETTER) || byte(p) == 0x2b || byte(p) == 0x2d || byte(p) == 0x2e)) p++
  return p > from ? p : -1
}

/** Skips white space. */
function blanks(p: i32): i32 {
  while (p < recordEnd && (byte(p) == 0x20 || byte(p) == 0x09 || byte(p) == 0x0d || (byte(p) == 0x0a && multi != 0))) p++
  return p
}

/** The n bytes at a and at b are the same. Both may be read eight bytes beyond. */
function same(a: i32, b: i32, n: i32): bool {
  while (n >= 8) {
    if (load<u64>(a) != load<u64>(b)) return false
    a += 8
    b += 8
    n -= 8
  }
  return n <= 0 || ((load<u64>(a) ^ load<u64>(b)) << (64 - (<u64>n << 3))) == 0
}

function colon(p: i32): i32 {
  p = space(p)
  return p < 0 || byte(p) != 0x3a ? -1 : p + 1
}

/** Where the digits that begin at p end. */
@inline function digitsEnd(p: i32): i32 {
  let others = ~i8x16.bitmask(digitsIn(v128.load(p))) & 0xffff
  while (others == 0) {
    p += 16
    others = ~i8x16.bitmask(digitsIn(v128.load(p))) & 0xffff
  }
  return p + ctz(others)
}

/** A number in full strictness. */
function number(p: i32, scope: i32, depth: i32): i32 {
  const start = p
  if (byte(p) == 0x2d) p++
  const digits = p
  p = digitsEnd(p)
  if (p == digits || (byte(digits) == 0x30 && p > digits + 1)) return -1
  let whole = digits == start
  let c = byte(p)
  if (c == 0x2e) {
    whole = false
    const from = p + 1
    p = digitsEnd(from)
    if (p == from) return -1
    c = byte(p)
  }
  if (c == 0x65 || c == 0x45) {
    whole = false
    c = byte(++p)
    if (c == 0x2b || c == 0x2d) p++
    const from = p
    p = digitsEnd(from)
    if (p == from) return -1
  }
  const kind = <i32>load<u8>(scope, NUMBERS)
  if (kind != 0) {
    const n = p - start
    if (kind > 1) hostNumber(scope, start, p, whole ? 1 : 0, depth, entry)
    else if (n >= 12 && n <= 19 && whole && !(byte(start) == 0x31 && n != 15 && (<i32>load<u8>(scope, FLAGS) & TIMES) != 0)) hostNumber(scope, start, p, 1, depth, entry)
  }
  return p
}

// ---------------------------------------------------------------------------------------------- strings

/** A string that rules or its key claim. Returns the offset behind it, or a negative number. */
function claimed(open: i32, scope: i32, depth: i32): i32 {
  const flags = <i32>load<u8>(scope, FLAGS)
  if ((flags & KEYED) != 0) {
    const end = sureSecret(open + 1)
    if (end != 0) {
      hit(open, end, load<i32>(scope, REPLACEMENT))
      return end
    }
  }
  if ((flags & (CONSTANT | KNOWABLE)) != 0) {
    const end = passed(open)
    if (end < 0) return -1
    if ((flags & CONSTANT) != 0 && end - open > 2) {
      hit(open, end, load<i32>(scope, REPLACEMENT))
      return end
    }
    const recipe = known(scope, open + 1, end - 1)
    if (recipe != 0) {
      if (recipe != 1) cook(recipe, open + 1)
      return end
    }
    return hand(scope, open, depth, end - open - 2)
  }
  return hand(scope, open, depth, LONG_MOST + 1)
}

/** Has the host do the string at `open`, whose text is n bytes long (more than LONG_MOST: it is not to be remembered). */
function hand(scope: i32, open: i32, depth: i32, n: i32): i32 {
  ask(scope, n)
  const end = hostString(scope, open, depth, entry)
  if (end >= 0) answered(scope, open + 1, end - 1)
  return end
}

/** The host is about to be asked about a string of n bytes. */
@inline function ask(scope: i32, n: i32): void {
  store<i32>(LEARN, 0)
  store<i32>(LEARNING, n <= LONG_MOST && n > 0 && load<i32>(scope, RETURNS) > 0 ? 1 : 0)
}

/** The host has been asked about the string in [start, end): what it said is done, and remembered where that pays. */
function answered(scope: i32, start: i32, end: i32): void {
  const recipe = load<i32>(LEARN)
  if (recipe > 1) cook(recipe, start)
  if (load<i32>(LEARNING) == 0 || recipe == 0) return
  store<i32>(scope, load<i32>(scope, RETURNS) - 1, RETURNS)
  learn(scope, start, end, recipe)
}

/** Where a string to be passed over ends; -1 for what is none. */
function passed(open: i32): i32 {
  let p = open + 1
  while (true) {
    const stop = special(v128.load(p))
    if (stop == 0) {
      p += 16
      continue
    }
    p += ctz(stop)
    const c = byte(p)
    if (c == 0x22) return p + 1
    if (c != 0x5c) return -1
    const e = byte(p + 1)
    if (e == 0x75) {
      if ((hex(p + 2) | hex(p + 3) | hex(p + 4) | hex(p + 5)) < 0) return -1
      p += 6
    } else if (e == 0x22 || e == 0x5c || e == 0x2f || e == 0x62 || e == 0x66 || e == 0x6e || e == 0x72 || e == 0x74) p += 2
    else return -1
  }
}

function hex(p: i32): i32 {
  const c = byte(p)
  if (c >= 0x30 && c <= 0x39) return c - 0x30
  const l = c | 0x20
  return l >= 0x61 && l <= 0x66 ? l - 0x57 : -1
}

/** One bit for each of sixteen bytes: quote, backslash, control character. */
@inline function special(v: v128): i32 {
  return i8x16.bitmask(v128.or(v128.or(i8x16.eq(v, i8x16.splat(0x22)), i8x16.eq(v, i8x16.splat(0x5c))), i8x16.lt_u(v, i8x16.splat(0x20))))
}

/** The same for 64 bytes. */
@inline function specials(p: i32): u64 {
  return wide(special(v128.load(p)), special(v128.load(p, 16)), special(v128.load(p, 32)), special(v128.load(p, 48)))
}

/** Four times sixteen bits in their order. */
@inline function wide(a: i32, b: i32, c: i32, d: i32): u64 {
  return <u64>a | (<u64>b << 16) | (<u64>c << 32) | (<u64>d << 48)
}

@inline function digitsIn(v: v128): v128 {
  return i8x16.lt_u(i8x16.sub(v, i8x16.splat(0x30)), i8x16.splat(10))
}

@inline function lettersIn(v: v128): v128 {
  return i8x16.lt_u(i8x16.sub(v128.or(v, i8x16.splat(0x20)), i8x16.splat(0x61)), i8x16.splat(26))
}

/**
 * Kinds of bytes, by their halves: digits have the third bit, and with what may join them, space and `()-./:`, the first or the second
 * one; letters have the sixth or the seventh; space and comma have the last one.
 */
@inline function kindsIn(v: v128): v128 {
  const rows = i8x16.swizzle(i8x16(-57, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x67, 0x67, 0x62, 0x20, -96, 0x21, 0x21, 0x21), v128.and(v, i8x16.splat(15)))
  const row = i8x16.swizzle(i8x16(0, 0, -127, 6, 0x20, 0x40, 0x20, 0x40, 0, 0, 0, 0, 0, 0, 0, 0), i8x16.shr_u(v, 4))
  return v128.and(rows, row)
}

// The last bit of a byte is what a mask is made of: what moves into other bytes is below it.

@inline function jointsOf(kinds: v128): i32 {
  return i8x16.bitmask(v128.or(i16x8.shl(kinds, 7), i16x8.shl(kinds, 6)))
}

@inline function lettersOf(kinds: v128): i32 {
  return i8x16.bitmask(v128.or(i16x8.shl(kinds, 1), i16x8.shl(kinds, 2)))
}

@inline function digitsOf(kinds: v128): i32 {
  return i8x16.bitmask(i16x8.shl(kinds, 5))
}

@inline function jointsIn(v: v128): i32 {
  return jointsOf(kindsIn(v))
}

/**
 * Where numbers may begin among sixteen bytes: one that is not behind `+` is eight bytes of digits and joints at least (see `find` in
 * detectors/digits.ts). `joints` are those of 32 bytes, `starts` where digits begin.
 */
@inline function numbersOf(joints: i32, starts: i32): i32 {
  joints &= joints >>> 1
  joints &= joints >>> 2
  joints &= joints >>> 4
  return starts & joints
}

/**
 * Where IBANs may: two letters before the first digit, no letter or digit before those. Of letters and digits the three bytes before the
 * sixteen have the first bits.
 */
@inline function ibansOf(letters: i32, digits: i32): i32 {
  return (digits >> 3) & (letters >> 2) & (letters >> 1) & ~(letters | digits)
}

/**
 * Where the fifth of five digits in a row is, sixteen bits by four: what an identifier has that is no more than its name says, if
 * it is not told by a candidate (see `tells` in detectors/id-finder.ts). `before` are the digits of the sixteen bytes before.
 */
@inline function fivesIn(digits: i32, before: i32): i32 {
  const row = (before >>> 12) | (digits << 4)
  const two = row & (row << 1)
  const four = two & (two << 2)
  return four & (four << 1)
}

/** A bit for each of the sixteen bytes from p that may be the second one of a trigger, but for numbers and IBANs. */
@inline function triggers(p: i32, any: i32): i32 {
  return any == ANY ? usual(p) : others(p, any)
}

/** The same, but for numbers and IBANs, by the table at ANY. */
@inline function usual(p: i32): i32 {
  return (
    usualBit(p) |
    (usualBit(p + 1) << 1) |
    (usualBit(p + 2) << 2) |
    (usualBit(p + 3) << 3) |
    (usualBit(p + 4) << 4) |
    (usualBit(p + 5) << 5) |
    (usualBit(p + 6) << 6) |
    (usualBit(p + 7) << 7) |
    (usualBit(p + 8) << 8) |
    (usualBit(p + 9) << 9) |
    (usualBit(p + 10) << 10) |
    (usualBit(p + 11) << 11) |
    (usualBit(p + 12) << 12) |
    (usualBit(p + 13) << 13) |
    (usualBit(p + 14) << 14) |
    (usualBit(p + 15) << 15)
  )
}

@inline function usualBit(p: i32): i32 {
  return <i32>load<u8>(<usize>load<u16>(p - 1), ANY)
}

/** The same by another table. */
function others(p: i32, any: i32): i32 {
  let found = 0
  for (let k = 0; k < 16; k++) found |= byte(any + <i32>load<u16>(p + k - 1)) << k
  return found
}

/** Notes those places of 64 bytes that are candidates: the mark of the pair that ends there, and the byte behind it, say for which finders. */
function notes(found: u64, from: i32, n: i32, pairs: i32, follow: i32): i32 {
  while (found != 0) {
    const p = from + <i32>ctz(found)
    const mark = byte(pairs + <i32>load<u16>(p - 1))
    const group = byte(follow + ((mark << 8) | byte(p + 1)))
    // written in any case, there is room for one more: most are none, and which is not foretold
    note(n, p, group)
    n += <i32>(group != 0) & <i32>(n < MAX_CANDIDATES)
    found &= found - 1
  }
  return n
}

/** A string that only detectors look at. Returns the offset behind it, or a negative number. */
function scanned(open: i32, scope: i32, depth: i32): i32 {
  const set = load<i32>(scope, SET)
  const start = open + 1
  const first = byte(start)
  if (load<i32>(set, DOCUMENTS) != 0 && (first == 0x7b || first == 0x5b || first <= 0x20)) return hand(scope, open, depth, LONG_MOST + 1)
  // an escape may stand for the bracket of a document
  if (load<i32>(set, EMPTY) != 0) return load<i32>(set, DOCUMENTS) != 0 && first == 0x5c ? escaped(open, start, scope, set, depth) : passed(open)
  // most fields have one value, or a few
  const credit = load<i32>(scope, CREDIT)
  if (credit > 0) {
    const last = load<i32>(scope, RECENT)
    if (last != 0) {
      const length = load<i32>(last, 4)
      const differ = load<u64>(start) ^ load<u64>(last, 16)
      if (
        (length < 7 ? differ << (56 - (<u64>length << 3)) : differ) == 0 &&
        load<i32>(last) == scope &&
        load<i32>(last, 8) == 1 &&
        (length < 8 || same(start + 8, last + 24, length - 7))
      ) {
        if (credit < 64) store<i32>(scope, credit + 1, CREDIT)
        return start + length + 1
      }
    }
  }
  // most texts end within 64 bytes: how many sixteens they have is not foretold
  let p = start
  let stop = specials(p)
  while (stop == 0) {
    p += 64
    stop = specials(p)
  }
  p += <i32>ctz(stop)
  const c = byte(p)
  if (c != 0x22) return c == 0x5c ? escaped(open, p, scope, set, depth) : -1
  let n = collect(start, p, set, true)
  if (collectedRuns != 0 && isOfRuns(collectedRuns, set)) return hand(scope, open, depth, p - start)
  const flags = <i32>load<u8>(scope, FLAGS)
  sures = 0
  let live = n == 0 ? 0 : n < MAX_CANDIDATES ? liveOf(start, p, n, set, flags) : -1
  // whatever stands under such a path is looked at, with candidates or without
  if ((flags & NAMED) != 0) live |= NAMED_LIVE
  else if (load<i32>(set, WORDS_AT) != 0) {
    const ids = named(start, p, set, n, live)
    live |= ids
    n += ids != 0 ? 1 : 0
  }
  if (live == 0) {
    if (load<i32>(set, VALUES) != 0 && isValue(start, p)) return hand(scope, open, depth, p - start)
    remember(scope, start, p)
    return p + 1
  }
  if (sures == 0 || !sure(set, start, p, live, false)) scan(scope, set, open, p, n, live, -1, depth)
  return p + 1
}

// Wallets and phrases have rare pairs of letters for their triggers, of which other texts are full. Here they are told by what they are runs of.

/** What a text may have in it. */
const WALLET_RUN: i32 = 1
const PHRASE_RUN: i32 = 2
/** Bytes that the shortest of them has: an address of a wallet. */
const LEAST_RUN: i32 = 26

/** The first ten of sixteen bytes, with three before them: a run of 26 that begins in the sixteen before goes on so far at least. */
const TEN: i32 = 0x1ff8

/** 1 where of sixteen bytes, with three before them, the last run of letters and digits begins among them, with a digit, and reaches their end. */
@inline function endsInRun(run: i32, digits: i32): i32 {
  const begins = run & ~(run << 1) & ~7
  return (run >> 18) & <i32>((begins & digits) > (begins & ~digits))
}

/** There is something of the runs in the text that the host has to look at. */
function isOfRuns(runs: i32, set: i32): bool {
  return ((runs & WALLET_RUN) != 0 && load<i32>(set, WALLET) != 0) || ((runs & PHRASE_RUN) != 0 && load<i32>(set, PHRASE) != 0)
}

/** A string in which nothing is may come again. */
function remember(scope: i32, start: i32, end: i32): void {
  const credit = load<i32>(scope, CREDIT)
  if (credit <= 0) return
  store<i32>(scope, credit - 1, CREDIT)
  store<i32>(scope, learn(scope, start, end, 1), RECENT)
}

@inline function note(n: i32, p: i32, group: i32): i32 {
  store<i32>(CANDIDATES + (n << 3), p)
  store<i32>(CANDIDATES + (n << 3), group, 4)
  return n + 1
}

/** A string with escapes: decoded, then looked at like any other. `p` is its first backslash. */
function escaped(open: i32, p: i32, scope: i32, set: i32, depth: i32): i32 {
  const stop = decode(open + 1, p)
  if (stop < 0) return -1
  const n = decodedLength
  const first = byte(SCRATCH)
  if (load<i32>(set, DOCUMENTS) != 0 && (first == 0x7b || first == 0x5b || first <= 0x20)) return hand(scope, open, depth, LONG_MOST + 1)
  let count = collect(SCRATCH, SCRATCH + n, set, false)
  if (collectedRuns != 0 && isOfRuns(collectedRuns, set)) return hand(scope, open, depth, LONG_MOST + 1)
  sures = 0
  const flags = <i32>load<u8>(scope, FLAGS)
  let live = count == 0 ? 0 : count < MAX_CANDIDATES ? liveOf(SCRATCH, SCRATCH + n, count, set, flags) : -1
  if ((flags & NAMED) != 0) live |= NAMED_LIVE
  else if (load<i32>(set, WORDS_AT) != 0) {
    const ids = named(SCRATCH, SCRATCH + n, set, count, live)
    live |= ids
    count += ids != 0 ? 1 : 0
  }
  if (live != 0) {
    if (sures == 0 || !sure(set, SCRATCH, SCRATCH + n, live, true)) scan(scope, set, open, stop - 1, count, live, n, depth)
  } else if (load<i32>(set, VALUES) != 0 && isValue(SCRATCH, SCRATCH + n)) return hand(scope, open, depth, LONG_MOST + 1)
  else remember(scope, open + 1, stop - 1)
  return stop
}

/** Repeats `isBase64Value` in readings.ts. */
function isValue(start: i32, end: i32): bool {
  if (end - start < 8 || ((end - start) & 3) != 0) return false
  // C, D, I-Z, a-f, w-z, 0-9
  const first = byte(start)
  const upper = first >= 0x49 && first <= 0x5a
  const lower = (first >= 0x61 && first <= 0x66) || (first >= 0x77 && first <= 0x7a)
  if (!upper && !lower && first != 0x43 && first != 0x44 && !is(start, DIGIT)) return false
  let p = start
  while (p < end && (is(p, DIGIT | LETTER) || byte(p) == 0x2b || byte(p) == 0x2f)) p++
  while (p < end && byte(p) == 0x3d && end - p <= 2) p++
  return p == end
}

/** A string with candidates: it is known, or the host looks at it. */
function scan(scope: i32, set: i32, open: i32, close: i32, n: i32, live: i32, decoded: i32, depth: i32): void {
  const recipe = known(scope, open + 1, close)
  if (recipe != 0) {
    if (recipe != 1) cook(recipe, open + 1)
    return
  }
  if (n == MAX_CANDIDATES) {
    hand(scope, open, depth, close - open - 1)
    return
  }
  ask(scope, close - open - 1)
  // a match of which it is known what becomes of it is found without the host next time
  if (sures > 0) store<i32>(LEARNING, 0)
  hostScan(scope, open, close, thin(n, set, live), live, decoded, depth, entry)
  if (sures > 0 && load<i32>(LEARN) > 1) learnSpans(set, load<i32>(LEARN), open + 1)
  answered(scope, open + 1, close)
}

/** Candidates of the text at hand that are identifiers if a word says so: the first and the last of them; 0: none. */
let firstTelling: i32 = 0
let lastTelling: i32 = 0

@inline function tell(p: i32): void {
  if (firstTelling == 0) firstTelling = p
  lastTelling = p
}

/** What the text collected last may have in it by its runs. */
let collectedRuns: i32 = 0

/** Candidates of a text without escapes in [start, end): `quoted` as it stands in the record, or in SCRATCH. */
function collect(start: i32, end: i32, set: i32, quoted: bool): i32 {
  const pairs = load<i32>(set, PAIRS)
  const any = load<i32>(set, TABLE)
  const follow = load<i32>(set, FOLLOW)
  let n = 0
  firstTelling = 0
  let kinds = kindsIn(v128.load(start))
  let joints = jointsOf(kinds)
  let skip = ~0
  if (quoted && start < end) {
    // before the first byte of a text stands a space
    const pair = 0x20 | (byte(start) << 8)
    const mark = byte(pairs + pair)
    if (mark != 0) {
      const group = byte(follow + ((mark << 8) | byte(start + 1)))
      // a number is eight bytes here too
      if (group != 0 && (byte(any + pair) != 0 || (joints & 0xff) == 0xff)) n = note(n, start, group)
    }
    skip = ~1
  }
  // no wallet and no phrase is shorter
  const runs = end - start >= LEAST_RUN
  // of the bytes before: letters, digits; of those at hand: joints, spaces and commas
  let letters = 0
  let digits = 0
  let calm = 0
  let run = 0
  let pending = 0
  collectedRuns = 0
  // candidates are few: they are gone through 64 bytes at a time
  let from = start
  let all: u64 = 0
  let p = start
  for (; p < end; p += 16) {
    letters = (letters >>> 16) | (lettersOf(kinds) << 3)
    digits = (digits >>> 16) | (digitsOf(kinds) << 3)
    const blanks = i8x16.bitmask(kinds)
    kinds = kindsIn(v128.load(p + 16))
    const next = jointsOf(kinds)
    let found = (triggers(p, any) | numbersOf(joints | (next << 16), (digits & ~(digits << 1)) >>> 3) | ibansOf(letters, digits)) & skip
    joints = next
    skip = ~0
    if (runs) {
      if ((pending & <i32>(((letters | digits) & TEN) == TEN)) != 0 && isWallet(p - 16, run)) collectedRuns |= WALLET_RUN
      run = letters | digits
      pending = endsInRun(run, digits)
      const others = ~((letters >>> 3) | blanks)
      if ((others & 0xffff) == 0) calm += 16
      else {
        calm += ctz(others)
        if (calm > 46 && isPhrase(p + ctz(others) - calm, p + ctz(others))) collectedRuns |= PHRASE_RUN
        calm = clz(others << 16)
      }
    }
    if (end - p < 16) found &= (1 << (end - p)) - 1
    all |= <u64>(found & 0xffff) << (p - from)
    if (p - from == 48) {
      n = notes(all, from, n, pairs, follow)
      from = p + 16
      all = 0
    }
  }
  n = notes(all, from, n, pairs, follow)
  // a text of whole sixteens has nothing behind it that ends its letters
  if (calm > 46 && isPhrase(p - calm, p)) collectedRuns |= PHRASE_RUN
  return n
}

/** Notes where a byte of SCRATCH comes from: a run that stands as it is, or an escape (its offset inverted). */
@inline function trace(to: i32, from: i32): void {
  const n = load<i32>(TRACES)
  if (n >= MAX_TRACES) return
  store<i32>(TRACE + (n << 3), to - SCRATCH)
  store<i32>(TRACE + (n << 3), from, 4)
  store<i32>(TRACES, n + 1)
}

/**
 * Decodes a string from `start`, whose first backslash is at p, into SCRATCH. Returns the offset behind its closing quote, or -1 for
 * what is no string or too long.
 */
function decode(start: i32, p: i32): i32 {
  // a text of more than a window has no room: the walker does its line
  if (p - start > WINDOW) return -1
  const limit = SCRATCH + WINDOW
  let to = SCRATCH + (p - start)
  memory.copy(SCRATCH, start, p - start)
  store<i32>(TRACES, 0)
  trace(SCRATCH, start)
  while (true) {
    let stop = special(v128.load(p))
    if ((stop & 1) == 0) {
      trace(to, p)
      while (true) {
        if (to > limit) return -1
        v128.store(to, v128.load(p))
        if (stop != 0) break
        p += 16
        to += 16
        stop = special(v128.load(p))
      }
      const run = ctz(stop)
      p += run
      to += run
    }
    const c = byte(p)
    if (c == 0x22) break
    if (c != 0x5c) return -1
    if (to > limit) return -1
    trace(to, ~p)
    const e = byte(p + 1)
    p += 2
    if (e == 0x6e) store<u8>(to++, 0x0a)
    else if (e == 0x22 || e == 0x5c || e == 0x2f) store<u8>(to++, <u8>e)
    else if (e == 0x74) store<u8>(to++, 0x09)
    else if (e == 0x72) store<u8>(to++, 0x0d)
    else if (e == 0x62) store<u8>(to++, 0x08)
    else if (e == 0x66) store<u8>(to++, 0x0c)
    else if (e == 0x75) {
      let unit = unitAt(p)
      if (unit < 0) return -1
      p += 4
      if (unit >= 0xd800 && unit < 0xdc00 && byte(p) == 0x5c && byte(p + 1) == 0x75) {
        const low = unitAt(p + 2)
        if (low >= 0xdc00 && low < 0xe000) {
          unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
          p += 6
        }
      }
      if (unit < 0x80) store<u8>(to++, <u8>unit)
      else if (unit < 0x800) {
        store<u8>(to++, <u8>(0xc0 | (unit >> 6)))
        store<u8>(to++, <u8>(0x80 | (unit & 63)))
      } else if (unit < 0x10000) {
        store<u8>(to++, <u8>(0xe0 | (unit >> 12)))
        store<u8>(to++, <u8>(0x80 | ((unit >> 6) & 63)))
        store<u8>(to++, <u8>(0x80 | (unit & 63)))
      } else {
        store<u8>(to++, <u8>(0xf0 | (unit >> 18)))
        store<u8>(to++, <u8>(0x80 | ((unit >> 12) & 63)))
        store<u8>(to++, <u8>(0x80 | ((unit >> 6) & 63)))
        store<u8>(to++, <u8>(0x80 | (unit & 63)))
      }
    } else return -1
  }
  trace(to, p)
  decodedLength = to - SCRATCH
  v128.store(to, i8x16.splat(0))
  v128.store(to + 16, i8x16.splat(0))
  return p + 1
}

function unitAt(p: i32): i32 {
  const a = hex(p)
  const b = hex(p + 1)
  const c = hex(p + 2)
  const d = hex(p + 3)
  return (a | b | c | d) < 0 ? -1 : (a << 12) | (b << 8) | (c << 4) | d
}

// ---------------------------------------------------------------------------------------------- strings met before

/** Remembers what becomes of the string with these bytes, escapes and all, at this scope. Returns where, or 0. */
function learn(scope: i32, start: i32, end: i32, recipe: i32): i32 {
  const n = end - start
  if (recipe == 0 || n > LONG_MOST || n == 0) return 0
  const slot = stringSlot(scope, start, n)
  if (n > KNOWN_MOST) longs = true
  store<i32>(slot, scope)
  store<i32>(slot, n, 4)
  store<i32>(slot, recipe, 8)
  memory.copy(slot + 16, start, n + 1)
  return slot
}

@inline function stringSlot(scope: i32, start: i32, n: i32): i32 {
  const h = hash(scope, start, n)
  return n > KNOWN_MOST ? LONG + (h & (LONG_SLOTS - 1)) * LONG_SIZE : KNOWN + (h & (KNOWN_SLOTS - 1)) * KNOWN_SIZE
}

/** The recipe of a string, 1 when it is left, 0 when it is not known. */
function known(scope: i32, start: i32, end: i32): i32 {
  const n = end - start
  if (n > LONG_MOST || n == 0) return 0
  const slot = stringSlot(scope, start, n)
  if (load<i32>(slot) != scope || load<i32>(slot, 4) != n || !same(start, slot + 16, n)) return 0
  const returns = load<i32>(scope, RETURNS)
  if (returns < 256) store<i32>(scope, returns + 4, RETURNS)
  return load<i32>(slot, 8)
}

function hash(scope: i32, p: i32, n: i32): i32 {
  let h: u64 = <u64>scope * 0x9e3779b97f4a7c15
  while (n >= 8) {
    h = (h ^ load<u64>(p)) * 0x9e3779b97f4a7c15
    h ^= h >> 32
    p += 8
    n -= 8
  }
  if (n > 0) {
    h = (h ^ (load<u64>(p) << (64 - (<u64>n << 3)))) * 0x9e3779b97f4a7c15
    h ^= h >> 32
  }
  return <i32>(h >> 8)
}

// ---------------------------------------------------------------------------------------------- candidates

/**
 * A bit for each finder that has one of the n candidates of the text in [start, end) which may become a match. All candidates
 * of the others come to nothing.
 */
function liveOf(start: i32, end: i32, n: i32, set: i32, flags: i32): i32 {
  const groups = load<i32>(set, GROUPS)
  const ids = isUuid(start, end) ? 0 : load<i32>(set, IDS)
  const token = load<i32>(set, TOKEN)
  const email = load<i32>(set, EMAIL)
  const length = end - start
  let live = 0
  equals = 0
  queried = 0
  tokenEnd = emailEnd = 0
  for (let k = 0; k < n; k++) {
    const p = load<i32>(CANDIDATES + (k << 3))
    const all = load<i32>(groups + (load<i32>(CANDIDATES + (k << 3), 4) << 2))
    if ((all & token) != 0 && p >= tokenEnd && length >= <i32>load<u8>(set + ctz(token), LEAST)) {
      const to = tokenAt(start, end, p, set)
      if (to != 0) {
        live |= token
        tokenEnd = to
      }
      if ((all & load<i32>(set, PAIR)) != 0) sures = -1
    }
    if ((all & email) != 0 && p >= emailEnd) {
      const to = emailAt(start, end, p, set)
      if (to != 0) {
        live |= email
        emailEnd = to
      }
      if ((all & load<i32>(set, PAIR)) != 0) sures = -1
    }
    // what is live need not be asked again
    const finders = all & ~live & ~(token | email)
    if (finders == 0) continue
    let rest = finders & load<i32>(set, OTHERS)
    while (rest != 0) {
      if (length >= <i32>load<u8>(set + ctz(rest), LEAST)) live |= rest & -rest
      rest &= rest - 1
    }
    const digits = finders & load<i32>(set, DIGITS)
    if (digits != 0 && !noNumber(start, end, p, flags)) live |= digits
    if ((finders & ids) != 0 && !noAlone(start, end, p)) live |= ids
    const iban = finders & load<i32>(set, IBAN)
    if (iban != 0 && !noIban(start, end, p, load<i32>(set, COUNTRIES))) live |= iban
    const url = finders & load<i32>(set, URL)
    if (url != 0 && !noUrl(start, end, p)) live |= url
    const pair = finders & load<i32>(set, PAIR)
    if (pair != 0 && !seenPlain(p) && !noPair(start, end, p)) live |= pair
    const connection = finders & load<i32>(set, CONNECTION)
    if (connection != 0 && !noConnection(start, end, p)) live |= connection
    const geo = finders & load<i32>(set, GEO)
    if (geo != 0 && !noGeo(start, p)) live |= geo
    if ((finders & load<i32>(set, ENCODED)) != 0) live |= encoded(start, end, p, set, finders)
  }
  return live
}

/** Of the finders of what is encoded those that have to look at the candidate at p. */
function encoded(start: i32, end: i32, p: i32, set: i32, finders: i32): i32 {
  let live = 0
  const jwt = finders & load<i32>(set, JWT)
  if (jwt != 0 && !noJwt(start, p)) live |= jwt
  const wallet = finders & load<i32>(set, WALLET)
  if (wallet != 0 && !noWallet(start, end, p)) live |= wallet
  const cloud = finders & load<i32>(set, CLOUD)
  if (cloud != 0 && end - start >= <i32>load<u8>(set + ctz(cloud), LEAST) && !noCloudKey(start, end, p)) live |= cloud
  // `pbkdf2`
  const crypt = finders & load<i32>(set, CRYPT)
  if (crypt != 0 && (byte(p - 1) != 0x6b || (p - 3 >= start && byte(p - 2) == 0x62))) live |= crypt
  return live
}

// ---------------------------------------------------------------------------------------------- what is sure

/** Sure matches in SURE; -1: there is something that only the host can tell, or too many. */
let sures: i32 = 0
/** Candidates of the two finders before these are inside a match. */
let tokenEnd: i32 = 0
let emailEnd: i32 = 0

/** There is something that the host has to look at. */
const DOUBT: i32 = 0x7fffffff

/** Notes a match; gives its end. */
function found(start: i32, end: i32, replacement: i32): i32 {
  if (sures < 0 || sures == MAX_SURE || replacement == 1) sures = -1
  else {
    // two finders find by turns: in order of where matches begin
    let k = sures++
    while (k > 0 && load<i32>(SURE + ((k - 1) << 4)) > start) {
      v128.store(SURE + (k << 4), v128.load(SURE + ((k - 1) << 4)))
      k--
    }
    store<i32>(SURE + (k << 4), start)
    store<i32>(SURE + (k << 4), end, 4)
    store<i32>(SURE + (k << 4), replacement, 8)
  }
  return end
}

/** Nothing of this text can be said for sure. */
@inline function doubt(): i32 {
  sures = -1
  return DOUBT
}

/**
 * Masks the matches of the text in [start, end), if nothing else is in it and all are sure. False: the host has to. `mapped`: the text
 * stands decoded in SCRATCH.
 */
function sure(set: i32, start: i32, end: i32, live: i32, mapped: bool): bool {
  if (sures < 0 || (live & ~(load<i32>(set, TOKEN) | load<i32>(set, EMAIL))) != 0 || (load<i32>(set, VALUES) != 0 && isValue(start, end))) {
    sures = -1
    return false
  }
  let before = start
  let all = true
  for (let k = 0; k < sures; k++) {
    const at = SURE + (k << 4)
    const s = load<i32>(at)
    const e = load<i32>(at, 4)
    // what is glued to a match may be one too (see `lookBetween` in scanner.ts)
    if (s < before || (s > start && is(s - 1, WORDS)) || (e < end && (is(e, WORDS) || byte(e) == 0x2b))) {
      sures = -1
      return false
    }
    before = e
    if (mapped) {
      const raw = rawOf(s, e)
      if (raw == 0) {
        sures = -1
        return false
      }
      store<i32>(at, raw, 12)
    } else store<i32>(at, s, 12)
    if (load<i32>(at, 8) == 0) {
      const known = e - s > SPAN_MOST ? 0 : knownSpan(set, s, e - s)
      if (known != 0) store<i32>(at, known, 8)
      else if (e - s <= SPAN_MOST && load<i32>(set, KEEPS) != 0) all = false
      else {
        sures = -1
        return false
      }
    }
  }
  if (!all) return false
  for (let k = 0; k < sures; k++) {
    const at = SURE + (k << 4)
    const raw = load<i32>(at, 12)
    hit(raw, raw + load<i32>(at, 4) - load<i32>(at), load<i32>(at, 8))
  }
  return true
}

/** Where the bytes [s, e) of SCRATCH stand in the record, if they stand there as they are; else 0. */
function rawOf(s: i32, e: i32): i32 {
  const n = load<i32>(TRACES)
  if (n >= MAX_TRACES) return 0
  s -= SCRATCH
  e -= SCRATCH
  let low = 0
  let high = n - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (load<i32>(TRACE + (middle << 3)) <= s) low = middle
    else high = middle - 1
  }
  const from = load<i32>(TRACE + (low << 3), 4)
  if (from < 0 || low + 1 >= n || load<i32>(TRACE + ((low + 1) << 3)) < e) return 0
  return from + s - load<i32>(TRACE + (low << 3))
}

/** The hash that tells in which eight slots the n bytes at p may be, a match of this set. */
@inline function spanTag(set: i32, p: i32, n: i32): i32 {
  const h = hash(set, p, n)
  return h == 0 ? SPAN_SLOTS : h
}

/** The replacement of the n bytes at p, a match of this set; 0: it is not known. */
function knownSpan(set: i32, p: i32, n: i32): i32 {
  const tag = spanTag(set, p, n)
  const first = tag & (SPAN_SLOTS - 8)
  const tags = TAGS + (first << 2)
  let alike = i32x4.bitmask(i32x4.eq(v128.load(tags), i32x4.splat(tag))) | (i32x4.bitmask(i32x4.eq(v128.load(tags, 16), i32x4.splat(tag))) << 4)
  for (; alike != 0; alike &= alike - 1) {
    const slot = SPANS + (first + ctz(alike)) * SPAN_SIZE
    if (load<i32>(slot) != set || load<i32>(slot + SPAN_REPLACEMENT, BYTES) != slot + SPAN_TEXT + n || !same(p, slot + SPAN_TEXT, n)) continue
    store<i32>(slot, records, SPAN_RECORD)
    return slot + SPAN_REPLACEMENT
  }
  return 0
}

/** Remembers what the host has made of the matches in SURE: the places of its recipe for the string from `from` on. */
function learnSpans(set: i32, recipe: i32, from: i32): void {
  const n = load<i32>(recipe)
  for (let k = 0, place = recipe + 4; k < n; k++, place += 12) {
    for (let j = 0; j < sures; j++) {
      const at = SURE + (j << 4)
      const length = load<i32>(at, 4) - load<i32>(at)
      if (load<i32>(at, 8) != 0 || load<i32>(at, 12) != from + load<i32>(place) || load<i32>(place, 4) - load<i32>(place) != length) continue
      learnSpan(set, load<i32>(at), length, load<i32>(place, 8))
    }
  }
}

function learnSpan(set: i32, p: i32, n: i32, replacement: i32): void {
  const size = load<i32>(replacement, SIZE)
  if (n > SPAN_MOST || size > SPAN_SIZE - SPAN_TEXT - n) return
  const tag = spanTag(set, p, n)
  const first = SPANS + (tag & (SPAN_SLOTS - 8)) * SPAN_SIZE
  // the one that has not been used for the longest time; the record at hand is still to be put out with what it used
  let slot = 0
  let longest: u32 = 0
  for (let one = first; one < first + 8 * SPAN_SIZE; one += SPAN_SIZE) {
    const since: u32 = load<i32>(one) == 0 ? u32.MAX_VALUE : <u32>(records - load<i32>(one, SPAN_RECORD))
    if (since <= longest) continue
    longest = since
    slot = one
  }
  if (slot == 0) return
  spans = true
  store<i32>(TAGS + (((slot - SPANS) / SPAN_SIZE) << 2), tag)
  store<i32>(slot, set)
  store<i32>(slot, records, SPAN_RECORD)
  const text = slot + SPAN_TEXT
  store<i32>(slot + SPAN_REPLACEMENT, text + n, BYTES)
  store<i32>(slot + SPAN_REPLACEMENT, size, SIZE)
  store<i32>(slot + SPAN_REPLACEMENT, load<i32>(replacement, TALLY), TALLY)
  memory.copy(text, p, n)
  memory.copy(text + n, load<i32>(replacement, BYTES), size)
}

/**
 * Where the string that begins at p ends, behind its quote, if it is a secret for sure: no escape, nothing that `isMasked`, `isPlaceholder`
 * or, for a weaker key, a common word may be (see `judgeSecret` in detectors/key-words.ts). 0: the host is to judge.
 */
function sureSecret(p: i32): i32 {
  const start = p
  let others = ~smalls(p)
  let stop = specials(p)
  while (stop == 0) {
    p += 64
    stop = specials(p)
    others |= ~smalls(p) & ((stop & -stop) - 1)
  }
  if (p == start) others &= (stop & -stop) - 1
  p += <i32>ctz(stop)
  const n = p - start
  if (byte(p) != 0x22 || n < 4 || others == 0) return 0
  const first = byte(start)
  if (!is(start, DIGIT | LETTER)) return 0
  const small = first | 32
  // `xxxx-1234`, `redacted`, `null`, `undefined`
  if (small == 0x78 || (n <= 9 && (small == 0x72 || small == 0x6e || small == 0x75 || small == 0x74 || small == 0x66 || small == 0x79 || small == 0x76 || small == 0x65))) return 0
  const last = byte(p - 1)
  if (last <= 0x20 || last == 0x5d || last == 0x23 || last == 0x2a || last >= 0x80) return 0
  // one byte repeated
  return byte(start + 1) != first || byte(start + 2) != first ? p + 1 : 0
}

/** A bit for each of 64 bytes: small letters. */
@inline function smalls(p: i32): u64 {
  return wide(smallsIn(v128.load(p)), smallsIn(v128.load(p, 16)), smallsIn(v128.load(p, 32)), smallsIn(v128.load(p, 48)))
}

@inline function smallsIn(v: v128): i32 {
  return i8x16.bitmask(i8x16.lt_u(i8x16.sub(v, i8x16.splat(0x61)), i8x16.splat(26)))
}

// the table at TOKENS: slots of pairs, classes of bytes (by low half a bit for each high half), forms
const FORM_CLASSES: i32 = TOKENS + 0x800
const FORMS: i32 = TOKENS + 0xa00
const FORM_SIZE: i32 = 64
/** The class of Discord's tokens, which have no form. */
const DISCORD: i32 = 0

const FORM_DOUBT: i32 = 1
const FORM_DIGIT: i32 = 2
const FORM_MIXED: i32 = 4
const FORM_ALONE: i32 = 8
const FORM_SAMPLES: i32 = 16
const FORM_BODY: i32 = 32
const FORM_BACK: i32 = 64

/** Repeats `find` in detectors/vendor-tokens.ts. Returns 0 where nothing is, the end of a sure match, or DOUBT. */
function tokenAt(start: i32, end: i32, p: i32, set: i32): i32 {
  if (p > start) {
    const pair = (byte(p - 1) << 8) | byte(p)
    let k = (pair * 0x9e37) >>> 7
    while (true) {
      const entry = load<u32>(TOKENS + ((k & 511) << 2))
      if (entry == 0) break
      if (<i32>(entry >>> 16) == pair) {
        let form = FORMS + <i32>(entry & 0xffff) * FORM_SIZE
        for (; load<u8>(form) != 0; form += FORM_SIZE) {
          const from = p - <i32>load<u8>(form, 1)
          const n = <i32>load<u8>(form)
          if (from < start || from + n > end) continue
          const out = load<i32>(load<i32>(set, TOKEN_OUT) + (<i32>load<u8>(form, 3) << 2))
          if (out == 0 || !same(from, form + 8, n)) continue
          const to = formAt(start, end, from, form, out)
          if (to != 0) return to
        }
        break
      }
      k++
    }
  }
  const first = p > start ? byte(p - 1) : 0x20
  const second = byte(p)
  if (first >= 77 && first <= 79 && (second == 0x44 || second == 0x54 || second == 0x6a || second == 0x7a)) {
    const from = p - 1
    return from + 59 > end || (from > start && (byte(CLASS + byte(from - 1)) & WORDS) != 0 && byte(from - 1) < 0x80) || !inClass(from + 22, DISCORD) ? 0 : doubt()
  }
  // okta, lob, vault, twilio
  const a = first | 32
  const b = second | 32
  if (a == 0x6b && b == 0x74) return named4(start, end, p - 2, 0x61746b6f)
  if (a == 0x6f && b == 0x62) return p - 2 >= start && (byte(p - 2) | 32) == 0x6c && !(p - 2 > start && is(p - 3, LETTER)) ? doubt() : 0
  if (a == 0x61 && b == 0x75) return named4(start, end, p - 2, 0x6c756176)
  if (a == 0x74 && b == 0x77) return named4(start, end, p - 1, 0x6c697774)
  return 0
}

/** The four bytes at `from` are these letters: the host is to look. */
@inline function named4(start: i32, end: i32, from: i32, word: u32): i32 {
  return from >= start && from + 4 <= end && (load<u32>(from) | 0x20202020) == word && !(from > start && is(from - 1, LETTER)) ? doubt() : 0
}

/** The byte at p is in a class of forms. */
@inline function inClass(p: i32, kind: i32): bool {
  const b = byte(p)
  return b < 0x80 && ((byte(FORM_CLASSES + (kind << 4) + (b & 15)) >>> (b >> 4)) & 1) != 0
}

/** Where the run of bytes of a class ends that begins at p; not behind `stop`. */
function classEnd(p: i32, stop: i32, kind: i32): i32 {
  const rows = v128.load(FORM_CLASSES + (kind << 4))
  while (p < stop) {
    const v = v128.load(p)
    const bits = i8x16.swizzle(i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0), i8x16.shr_u(v, 4))
    const others = i8x16.bitmask(i8x16.eq(v128.and(i8x16.swizzle(rows, v128.and(v, i8x16.splat(15))), bits), i8x16.splat(0)))
    if (others != 0) {
      p += ctz(others)
      return p < stop ? p : stop
    }
    p += 16
  }
  return stop
}

/** Repeats `tryForm` for a form whose prefix begins at `anchor`. */
function formAt(start: i32, end: i32, anchor: i32, form: i32, out: i32): i32 {
  const flags = <i32>load<u8>(form, 2)
  let from = anchor
  if ((flags & FORM_BACK) != 0) {
    const kind = <i32>load<u8>(form, 5)
    const most = <i32>load<u8>(form, 7)
    const stop = anchor - most - 1 > start ? anchor - most - 1 : start
    while (from > stop && inClass(from - 1, kind)) from--
    if (anchor - from < <i32>load<u8>(form, 6) || anchor - from > most) return 0
  }
  const previous = from > start ? byte(from - 1) : 0x20
  if (previous >= 0x80) return doubt()
  if (previous != 95 && (byte(CLASS + previous) & (DIGIT | LETTER)) != 0) return 0
  const body = anchor + <i32>load<u8>(form)
  let p = body
  const steps = <i32>load<u8>(form, 4)
  // it has no room there
  if (steps == 255) return doubt()
  for (let k = 0, step = form + 24; k < steps; k++, step += 8) {
    const kind = <i32>load<u8>(step)
    if (kind == 255) {
      const n = <i32>load<u8>(step, 1)
      if (p + n > end || ((load<u32>(p) ^ load<u32>(step, 4)) << (32 - (n << 3))) != 0) return 0
      p += n
      continue
    }
    const least = <i32>load<u16>(step, 2)
    const most = load<i32>(step, 4)
    const stop = end - p > most ? p + most + 1 : end
    const begin = p
    p = classEnd(p, stop, kind)
    if (p - begin > most && most < 4096) return 0
    if (most > least) while (p > begin && (byte(p - 1) == 46 || byte(p - 1) == 45)) p--
    if (p - begin < least) return 0
  }
  const next = p < end ? byte(p) : 0x20
  if ((byte(CLASS + next) & (DIGIT | LETTER)) != 0) return 0
  if ((flags & FORM_DOUBT) != 0 || out == 1) return doubt()
  const last = (flags & FORM_BACK) != 0 ? from : body
  if ((flags & FORM_SAMPLES) == 0 && maySample(last, p)) return doubt()
  // masked by somebody, or glued to something; in base64
  if (next == 35 || next == 42 || ((next == 45 || next == 95) && (byte(p + 1) == 35 || byte(p + 1) == 42)) || previous == 43 || previous == 47) return doubt()
  if ((flags & (FORM_DIGIT | FORM_MIXED)) != 0) {
    let bits = 0
    for (let q = last; q < p; q++) {
      if (is(q, DIGIT)) bits |= 1
      else if (is(q, LETTER)) bits |= isCapital(q) ? 2 : 4
    }
    if ((bits & 1) == 0) return 0
    if ((flags & FORM_MIXED) != 0 && bits != 7) return doubt()
  }
  if ((flags & FORM_ALONE) != 0 && ((from > start && (previous == 46 || previous == 45)) || (p < end && (next == 46 || next == 45 || next == 47)))) return 0
  return found((flags & FORM_BODY) != 0 ? body : from, p, out)
}

/** Less than three characters in the first sixteen bytes, joints aside, or something like `your_` or `here`: a sample may stand there. */
function maySample(p: i32, end: i32): bool {
  const v = v128.load(p)
  const joints = v128.or(v128.or(i8x16.eq(v, i8x16.splat(45)), i8x16.eq(v, i8x16.splat(46))), i8x16.eq(v, i8x16.splat(95)))
  let left = ~i8x16.bitmask(joints) & (end - p < 16 ? (1 << (end - p)) - 1 : 0xffff)
  for (let k = 0; k < 2 && left != 0; k++) left &= ~i8x16.bitmask(i8x16.eq(v, i8x16.splat(<i8>byte(p + ctz(left)))))
  if (left == 0) return true
  for (; p < end; p += 16) {
    const small = i8x16.splat(0x20)
    const one = v128.or(v128.load(p), small)
    const two = v128.or(v128.load(p + 1), small)
    const three = v128.or(v128.load(p + 2), small)
    const our = v128.and(i8x16.eq(one, i8x16.splat(0x6f)), i8x16.eq(two, i8x16.splat(0x75)))
    const her = v128.and(i8x16.eq(one, i8x16.splat(0x68)), i8x16.eq(two, i8x16.splat(0x65)))
    if (i8x16.bitmask(v128.and(v128.or(our, her), i8x16.eq(three, i8x16.splat(0x72)))) != 0) return true
  }
  return false
}

/** A bit for each of sixteen bytes: those of local parts, as LOCAL says them. */
@inline function localsIn(v: v128): i32 {
  const rows = i8x16.swizzle(i8x16(26, 31, 30, 31, 31, 31, 31, 31, 30, 30, 29, 5, 4, 5, 29, 12), v128.and(v, i8x16.splat(15)))
  const row = i8x16.swizzle(i8x16(0, 0, 1, 2, 4, 8, 4, 16, 0, 0, 0, 0, 0, 0, 0, 0), i8x16.shr_u(v, 4))
  return i8x16.bitmask(i8x16.ne(v128.and(rows, row), i8x16.splat(0)))
}

/** Repeats `find` in detectors/email.ts for addresses of ASCII. Returns 0 where nothing is, the end of a match, or DOUBT. */
function emailAt(start: i32, end: i32, at: i32, set: i32): i32 {
  if (at == start || at + 3 >= end) return 0
  const before = byte(at - 1)
  if (before == 34 || before >= 0x80) return doubt()
  if (!is(at - 1, LOCAL)) return 0
  if (byte(at + 1) >= 0x80) return doubt()
  if (!is(at + 1, HOST)) return 0
  const to = domainEnd(at + 1, end)
  if (to <= 0) return to == 0 ? 0 : doubt()
  const stop = at - 65 > start ? at - 65 : start
  let from = at - clz(~localsIn(v128.load(at - 16)) << 16)
  if (from < at - 16) {
    from = at - 16
    while (from > stop && is(from - 1, LOCAL)) from--
  }
  if (from < stop) from = stop
  if (from > start && byte(from - 1) >= 0x80) return doubt()
  if (at - from > 64) return 0
  while (from < at && !is(from, DIGIT | LETTER) && byte(from) != 95) from++
  if (from == at || to - from > 254) return 0
  if (from > start) {
    const previous = byte(from - 1)
    // user and host of a URL
    if (previous == 47) {
      if (from - 3 >= start && byte(from - 2) == 47 && byte(from - 3) == 58) return 0
    } else if (previous == 58) {
      let user = from - 1
      const limit = user - start > 128 ? user - 128 : start
      while (user > limit && is(user - 1, LOCAL)) user--
      if (user > start && byte(user - 1) >= 0x80) return doubt()
      if (user - 3 >= start && byte(user - 1) == 47 && byte(user - 2) == 47 && byte(user - 3) == 58) return 0
    }
  }
  if (to < end && byte(to) == 58 && from + 3 == at && (load<u32>(from) | 0x20202020) << 8 == 0x74696700) return 0
  return found(from, to, load<i32>(set, EMAIL_OUT))
}

/** As the function of that name in detectors/email.ts; -1 for what it cannot say. */
function domainEnd(from: i32, end: i32): i32 {
  let good = 0
  let labels = 0
  let numeric = 0
  let p = from
  const stop = end - from > 254 ? from + 254 : end
  while (true) {
    const begin = p
    let digits = false
    let letters = false
    let hyphens = false
    while (p < stop) {
      const bits = byte(CLASS + byte(p))
      if ((bits & HOST) == 0) break
      if ((bits & DIGIT) != 0) digits = true
      else if ((bits & LETTER) != 0) letters = true
      else if (p + 1 < stop && is(p + 1, HOST)) hyphens = true
      p++
    }
    if (p < stop && byte(p) >= 0x80) return -1
    const size = p - begin
    if (size == 0 || size > 63 || byte(begin) == 45) break
    let last = p
    if (byte(p - 1) == 45) last = p - 1
    labels++
    if (is(begin, DIGIT)) numeric++
    if (labels > 1 && last - begin >= 2) {
      if ((load<u32>(begin) | 0x2020) == 0x2d2d6e78) return -1
      if (!digits && letters && !hyphens && byte(last - 1) != 45) {
        if (last - begin <= 9) {
          const label = ((last - begin) << 10) | ((byte(begin) & 31) << 5) | (byte(last - 1) & 31)
          // it may be one that no address ends with
          if (((byte(LABELS + (label >> 3)) >> (label & 7)) & 1) != 0) return -1
        }
        good = last
      }
    }
    if (last < p || p + 1 >= stop || byte(p) != 46) break
    if (byte(p + 1) >= 0x80) return -1
    if (!is(p + 1, HOST)) break
    p++
  }
  if (good == 0) return 0
  if (numeric >= 2 && is(from, DIGIT)) return 0
  if (good < end && byte(good) >= 0x80) return -1
  return good < end && (is(good, DIGIT | LETTER) || byte(good) == 95) ? 0 : good
}

/** Leaves only the candidates of live finders. Returns how many. */
function thin(n: i32, set: i32, live: i32): i32 {
  const groups = load<i32>(set, GROUPS)
  let left = 0
  for (let k = 0; k < n; k++) {
    const group = load<i32>(CANDIDATES + (k << 3), 4)
    if ((load<i32>(groups + (group << 2)) & live) != 0) left = note(left, load<i32>(CANDIDATES + (k << 3)), group)
  }
  return left
}

/** Repeats the first steps of `find` in detectors/digits.ts: runs with too few digits, addresses and versions, times. */
function noNumber(start: i32, end: i32, p: i32, flags: i32): bool {
  const previous = p > start ? byte(p - 1) : 32
  if (previous == 43) return false
  // a part of other digits
  if ((previous == 46 || previous == 45 || previous == 58) && p - 2 >= start && is(p - 2, DIGIT)) return true
  let q = p + 1
  while (q < end && is(q, DIGIT)) q++
  const count = q - p
  const next = q < end ? byte(q) : 32
  if (count < 7) {
    if (q + 1 >= end) return true
    const after = byte(q + 1)
    const digit = is(q + 1, DIGIT)
    if (next == 32 || next == 45 || next == 46) {
      if (!digit && !(after == 40 && next != 46)) return true
    } else if (next == 41) {
      if (previous != 40 || !(digit || after == 32 || after == 45)) return true
    } else return true
  } else if (next < 0x80 && is(q < end ? q : SCRATCH - 1, WORDS)) return true
  // the digits joined by `.-/:`
  let tight = q
  const limit = end - q > 256 ? q + 256 : end
  let dots = true
  let longest = count
  let parts = 1
  while (tight + 1 < limit) {
    const b = byte(tight)
    if ((b != 46 && b != 45 && b != 47 && b != 58) || !is(tight + 1, DIGIT)) break
    if (b != 46) dots = false
    parts++
    const from = tight + 1
    tight += 2
    while (tight < limit && is(tight, DIGIT)) tight++
    if (tight - from > longest) longest = tight - from
  }
  const b = tight + 1 < end ? byte(tight) : 0
  const leads = b == 41 || ((b == 32 || b == 45) && byte(tight + 1) == 40) || (b == 32 && is(tight + 1, DIGIT))
  if (tight - p < 8 && !leads) return true
  // dotted quads and versions, with nothing behind them that could be a further group
  if (parts > 1 && parts <= 4 && dots && longest <= 3 && !leads) return true
  // the same with a port
  if (next == 46 && count <= 3 && isQuad(q, end)) return true
  // two groups in a run of hexadecimal digits and hyphens, as in a UUID: no word in it can say that they are a phone number
  if (parts == 2 && next == 45 && !leads && (flags & TIMES) != 0) {
    const other = tight - q - 1
    const grouped = (count == 6 && other == 13) || (byte(p) == 48 && ((count == 3 && other == 8) || (count == 5 && (other == 5 || other == 6)) || (count == 4 && other == 7)))
    if (!grouped && hexadecimal(p - 48 > start ? p - 48 : start, p) && hexadecimal(tight, end - tight > 16 ? tight + 16 : end)) return true
  }
  // times
  return parts == 1 && count >= 12 && count != 15 && byte(p) == 49 && !leads && !(next == 45 || next == 46 || next == 47)
}

/** Two to four groups of digits with dots between them, the last one short, of which the first ends at q; no further group behind them. */
function isQuad(q: i32, end: i32): bool {
  let groups = 1
  let from = q
  while (q + 1 < end && byte(q) == 46 && is(q + 1, DIGIT)) {
    from = q + 1
    q += 2
    while (q < end && is(q, DIGIT)) q++
    if (++groups > 4) return false
  }
  if (groups < 2 || q - from > 3) return false
  if (q + 1 >= end) return true
  const b = byte(q)
  return !((b == 32 || b == 45 || b == 47) && is(q + 1, DIGIT))
}

/** Nothing but hexadecimal digits and hyphens. */
function hexadecimal(p: i32, end: i32): bool {
  for (; p < end; p++) if (hex(p) < 0 && byte(p) != 45) return false
  return true
}

/**
 * No identifier begins with the digits at p without a word before it (see `alone` of the rows in detectors/ids), nor is this one of
 * the words for which short ones count (`tellsShort` in detectors/id-finder.ts). What is left for words to say is noted.
 */
function noAlone(start: i32, end: i32, p: i32): bool {
  if (!is(p, DIGIT)) return !tellsShort(start, end, p)
  if (p > start && isCapital(p - 1)) {
    if (mixed(start, end, p)) return false
    // `X11` is no identifier
    if (is(p + 1, DIGIT) && (is(p + 2, DIGIT | LETTER) || (p - 2 >= start && is(p - 2, DIGIT | LETTER)))) tell(p)
    return true
  }
  // a part of others, or of a telephone number
  const previous = p > start ? byte(p - 1) : 32
  if (previous == 43 || (p - 2 >= start && is(p - 2, DIGIT) && isTight(previous))) return true
  const limit = end - p > 20 ? p + 20 : end
  let q = p
  while (q < limit && is(q, DIGIT)) q++
  if (standsAlone(start, end, p, q)) return false
  // eight bytes of digits and joints
  if ((jointsIn(v128.load(p)) & 0xff) == 0xff && (end - start > 16 || hasLetters(start, end)) && !isVersion(p, q, end)) tell(p)
  return true
}

/** `.-/:` */
@inline function isTight(b: i32): bool {
  return (b >= 45 && b <= 47) || b == 58
}

/** Digits [p, q) as at the beginning of an identifier that stands without a word. */
function standsAlone(start: i32, end: i32, p: i32, q: i32): bool {
  const next = q < end ? byte(q) : 0
  switch (q - p) {
    case 1:
      return next == 32 && byte(q + 3) == 32
    case 2:
      if (next == 46) return (byte(q + 4) == 46 && (byte(q + 8) == 45 || byte(q + 8) == 47)) || (byte(q + 3) == 46 && byte(q + 10) == (byte(q + 6) == 45 ? 46 : 45))
      return next == 32 && byte(q + 3) == 32
    case 3:
      if (next == 46) return (byte(q + 4) == 46 && byte(q + 8) == 45) || byte(q + 5) == 46
      return next == 32 && byte(p) == 0x37
    case 6:
      return (next == 45 || next == 32) && is(q + 1, DIGIT) && is(q + 2, DIGIT) && is(q + 3, DIGIT)
    case 7:
      return p - 2 >= start && byte(p - 1) == 45 && isCapital(p - 2)
    case 8:
      return next == 45 && isCapital(q + 1)
    case 11:
      return true
    case 13:
      return byte(p) == 0x37 && byte(p + 1) == 0x35
    case 17:
      return next == 0x58
    case 18:
      return true
    default:
      return false
  }
}

/** `1.84`, `1.84.1`, `10.1.2.3`, with nothing behind that they may belong to (see `isVersion` in detectors/id-finder.ts). */
function isVersion(p: i32, q: i32, end: i32): bool {
  let parts = 1
  let total = q - p
  if (total > 3) return false
  while (q + 1 < end && byte(q) == 46 && is(q + 1, DIGIT)) {
    const from = q + 1
    q += 2
    while (q < end && is(q, DIGIT)) q++
    if (q - from > 3) return false
    total += q - from
    if (++parts > 4) return false
  }
  if (parts < 2 || (parts == 3 && total > 6)) return false
  if (q + 1 >= end) return true
  const b = byte(q)
  if (b == 41) return false
  return !((b == 32 || b == 40 || b == 43 || b == 45 || b == 47 || b == 58) && (is(q + 1, DIGIT) || (b == 45 && is(q + 1, LETTER))))
}

/** The letters around p, the second of three, are of a word behind which short values count. */
function tellsShort(start: i32, end: i32, p: i32): bool {
  const before = p - 2 >= start ? byte(p - 2) | 32 : 32
  const behind = p + 2 < end ? byte(p + 2) | 32 : 32
  const a = byte(p - 1) | 32
  const b = byte(p) | 32
  if (a == 0x62 && b == 0x69 && (byte(p + 1) | 32) == 0x72) return behind == 0x74
  if (a == 0x62 && b == 0x6f) return behind == 0x6e
  if (a == 0x6e) return before == 0x6e && behind == 0x69
  if (a == 0x73) return behind == 0x66
  if (a == 0x6f && before == 0x74) return true
  return before < 0x61 || before > 0x7a
}

@inline function isCapital(p: i32): bool {
  return <u32>(byte(p) - 0x41) < 26
}

/**
 * The finder of identifiers, if it need be asked about the text in [start, end) and is not in any case: where a candidate is noted then,
 * behind the n ones. 0 else.
 */
function named(start: i32, end: i32, set: i32, n: i32, live: i32): i32 {
  const ids = load<i32>(set, IDS)
  if ((live & ids) == ids || n >= MAX_CANDIDATES || isUuid(start, end) || (end - start <= 16 && !hasLetters(start, end))) return 0
  const place = nameBefore(start, end, load<i32>(set, WORDS_AT))
  if (place == 0) return 0
  note(n, place, load<i32>(set, IDS_GROUP))
  return ids
}

/**
 * A place of the text in [start, end), if the finder of identifiers may find something in it by a word that names one before digits
 * that tell; 0 for none. See `find` in detectors/id-finder.ts.
 */
function nameBefore(start: i32, end: i32, table: i32): i32 {
  let first = firstTelling
  let last = firstTelling == 0 ? 0 : lastTelling
  let letters = 0
  let before = 0
  for (let p = start; p < end; p += 16) {
    const v = v128.load(p)
    const inside = end - p < 16 ? (1 << (end - p)) - 1 : 0xffff
    const digits = i8x16.bitmask(digitsIn(v)) & inside
    letters |= i8x16.bitmask(v128.or(lettersIn(v), v)) & inside
    if (fivesIn(digits, before) != 0) {
      if (first == 0 || p < first) first = p
      if (p > last) last = p
    }
    before = digits
  }
  // addresses and numbers have no words
  if (first == 0 || letters == 0) return 0
  const stop = last + 16 < end ? last + 16 : end
  // a name and what it names are no further apart
  let p = first - 128 > start ? first - 128 : start
  // what the last byte before the sixteen was
  let letter = p > start && isLetter(p - 1) ? 1 : 0
  let capital = p > start && isCapital(p - 1) ? 1 : 0
  let small = letter & ~capital
  for (; p < stop; p += 16) {
    const v = v128.load(p)
    const inside = stop - p < 16 ? (1 << (stop - p)) - 1 : 0xffff
    const high = i8x16.bitmask(v) & inside
    // words of a script without spaces between them
    if (high != 0 && (i8x16.bitmask(i8x16.gt_u(v, i8x16.splat(<i8>0xe2))) & inside) != 0) return first
    const capitals = i8x16.bitmask(capitalsIn(v)) & inside
    const ascii = i8x16.bitmask(lettersIn(v)) & inside
    const all = ascii | high
    const smalls = ascii & ~capitals
    // a hump at the end of the sixteen may be none: one start too many does no harm
    let starts = (all & ~((all << 1) | letter)) | (capitals & ((smalls << 1) | small | (((capitals << 1) | capital) & ((smalls >> 1) | 0x8000))))
    letter = all >> 15
    small = smalls >> 15
    capital = capitals >> 15
    while (starts != 0) {
      const k = ctz(starts)
      starts &= starts - 1
      const word = load<u32>(p + k)
      const two = ((word & 31) << 10) | (((word >> 8) & 31) << 5)
      const prefix = byte(FOURTH + ((word >> 16) & 255)) == 0 ? two ^ (29 * 2741) : (two | ((word >> 16) & 31)) ^ (byte(FOURTH + (word >>> 24)) * 2741)
      if (bit(table, prefix & 0xffff) && nameEndsWith(p + k, start, table)) return first
    }
  }
  return 0
}

/** There is a letter in the sixteen bytes or fewer from p. */
@inline function hasLetters(p: i32, end: i32): bool {
  const v = v128.load(p)
  return (i8x16.bitmask(v128.or(lettersIn(v), v)) & ((1 << (end - p)) - 1)) != 0
}

/** A UUID by its hyphens. */
@inline function isUuid(start: i32, end: i32): bool {
  return end - start == 36 && byte(start + 8) == 45 && byte(start + 13) == 45 && byte(start + 18) == 45 && byte(start + 23) == 45
}

@inline function capitalsIn(v: v128): v128 {
  return i8x16.lt_u(i8x16.sub(v, i8x16.splat(0x41)), i8x16.splat(26))
}

/** The digit at p, behind a capital, is in a run of capitals and digits as long as an identifier that stands without a word, or as a group of one. */
function mixed(start: i32, end: i32, p: i32): bool {
  let from = p
  const low = p - 20 > start ? p - 20 : start
  while (from > low && is(from - 1, DIGIT | LETTER)) {
    if (byte(from - 1) >= 0x61) return false
    from--
  }
  let to = p
  const limit = end - p > 20 ? p + 20 : end
  while (to < limit && is(to, DIGIT | LETTER)) {
    if (byte(to) >= 0x61) return false
    to++
  }
  const n = to - from
  if (n == 9 || n == 11 || (n >= 14 && n <= 18)) return true
  const next = to < end ? byte(to) : 32
  return ((n == 4 || n == 8) && next == 45) || (n == 5 && from > start && byte(from - 1) == 32)
}

/** Letters and bytes of other scripts. */
@inline function isLetter(p: i32): bool {
  return byte(FOURTH + byte(p)) != 0
}

/** A word begins at p inside a run of letters: `patientId`, `IDNumber`. */
@inline function isHump(p: i32): bool {
  if (!isCapital(p)) return false
  const b = byte(p - 1)
  return (b >= 0x61 && b <= 0x7a) || (isCapital(p - 1) && byte(p + 1) >= 0x61 && byte(p + 1) <= 0x7a)
}

@inline function bit(table: i32, slot: i32): bool {
  return ((byte(table + (slot >> 3)) >> (slot & 7)) & 1) != 0
}

@inline function slot(h: i32): i32 {
  return (h ^ (h >>> 15)) & 0xffff
}

/** The word at q ends a phrase that names identifiers, by itself or with up to three words before it. */
function nameEndsWith(q: i32, start: i32, table: i32): bool {
  let end = q + 1
  while (isLetter(end) && !isHump(end)) end++
  // hexadecimal digits are no words; `2fa` and `imei1` are
  if (is(end, DIGIT) && (byte(end + 1) >= 0x80 || is(end + 1, DIGIT | LETTER))) return false
  if (q > start && is(q - 1, DIGIT) && byte(q - 1) != 0x32) return false
  // the plural of a name is one too
  if (end - q > 3 && (byte(end - 1) | 32) == 0x73 && nameIn(q, end - 1, start, table)) return true
  return nameIn(q, end, start, table)
}

/** The word in [q, end) ends a phrase. The hash is one of bytes from the end on, so that words before it go on from it. */
function nameIn(q: i32, end: i32, start: i32, table: i32): bool {
  let h: i32 = 0x811c9dc5
  for (let p = end - 1; p >= q; p--) h = (h ^ byte(SMALL + byte(p))) * 0x01000193
  if (!bit(table + 8192, slot(h))) return false
  if (bit(table + 16384, slot(h))) return true
  let p = q
  for (let k = 0; k < 3; k++) {
    if (p <= start) return false
    if (!isLetter(p - 1)) {
      const b = byte(p - 1)
      if (b != 32 && b != 95 && b != 45 && b != 46 && b != 39 && b != 47) return false
      p--
      if (p <= start || !isLetter(p - 1)) return false
    }
    p--
    h = (h ^ byte(SMALL + byte(p))) * 0x01000193
    while (p > start && isLetter(p - 1) && !isHump(p)) {
      p--
      h = (h ^ byte(SMALL + byte(p))) * 0x01000193
      if (end - p > 80) return false
    }
    if (bit(table + 16384, slot(h))) return true
  }
  return false
}

/** Repeats `find` in detectors/iban.ts; `lengths` by the two letters of the country. */
function noIban(start: i32, end: i32, p: i32, lengths: i32): bool {
  if (p - 2 < start || p + 11 >= end || !is(p + 1, DIGIT) || !is(p - 2, LETTER) || !is(p - 1, LETTER)) return true
  const length = byte(lengths + ((byte(p - 2) | 32) - 97) * 26 + (byte(p - 1) | 32) - 97)
  if (length == 0 || ((byte(p - 2) ^ byte(p - 1)) & 32) != 0) return true
  const before = p - 3 >= start ? byte(p - 3) : 32
  if (before < 0x80 && (byte(CLASS + before) & WORDS) != 0) return true
  let count = 4
  let digits = 2
  let separator = 0
  let q = p + 2
  while (count < length) {
    if (q >= end) return true
    if (is(q, DIGIT | LETTER)) {
      if (is(q, DIGIT)) digits++
      count++
      q++
      continue
    }
    const b = byte(q)
    if ((b != 32 && b != 45) || (count & 3) != 0 || !is(q - 1, DIGIT | LETTER) || (count > 4 && b != separator)) return true
    separator = b
    q++
  }
  if (digits < 6) return true
  // mod 97, the first four characters last
  let rest = 0
  for (let k = p + 2; k < q; k++) rest = mod97(rest, byte(k))
  for (let k = p - 2; k < p + 2; k++) rest = mod97(rest, byte(k))
  return rest != 1
}

function mod97(rest: i32, b: i32): i32 {
  if (b == 32 || b == 45) return rest
  return b <= 57 ? (rest * 10 + b - 48) % 97 : (rest * 100 + (b | 32) - 87) % 97
}

let equals: i32 = 0

/** The separator at p stands behind a key of a query that was found plain. */
@inline function seenPlain(p: i32): bool {
  for (let k = 0; k < equals; k++) if (load<i32>(EQUALS + (k << 2)) == p) return true
  return false
}

/** Repeats `find` in detectors/url.ts as far as it reads: an authority without `@`, a query all of whose keys are plain. */
function noUrl(start: i32, end: i32, p: i32): bool {
  const b = byte(p)
  if (b == 47) {
    if (p + 1 >= end || byte(p + 1) != 47) return true
    if (p - 2 < start || !is(p - 2, DIGIT | LETTER)) return true
    let q = p + 2
    const stop = end - q > 192 ? q + 192 : end
    let colon = -1
    while (q < stop) {
      const c = byte(q)
      if (c == 64) return false
      if (!is(q, URLS)) return true
      if (c == 58) {
        if (colon < 0) colon = q
      } else if (c == 47 || c == 63 || c == 35) {
        if (colon < 0) return true
        // behind a colon that begins no port the rest may be a password
        if (q - colon > 6) return false
        for (let k = colon + 1; k < q; k++) if (!is(k, DIGIT)) return false
        return true
      }
      q++
    }
    return true
  }
  if (b == 117) {
    const option = p - 2 >= start && byte(p - 2) == 45 ? p - 2 : p - 1
    return option <= start || !is(option - 1, SPACE)
  }
  // every `?` in the value of a parameter begins a query that reads on to the end: what reads too much is left to the finder, which does not
  if (queried > (end - start) << 2) return false
  const stop = noQuery(p, end)
  if (stop < 0) return false
  queried += stop - p
  return true
}

let queried: i32 = 0

/** Where the query behind the mark at p ends, all of whose keys are plain; -1 for another one. */
function noQuery(p: i32, end: i32): i32 {
  let q = p + 1
  if (q >= end || !is(q, KEYS)) return q
  while (true) {
    const from = q
    let odd = false
    while (q < end) {
      if (!is(q, KEYS)) {
        const c = byte(q)
        if (c != 91 && c != 93 && c != 37) break
        odd = true
      }
      q++
    }
    if (q >= end) return q
    if (byte(q) != 61) {
      if (byte(q) != 38 && byte(q) != 59) return q
      q++
      continue
    }
    const to = q++
    const value = q
    while (q < end) {
      const c = byte(q)
      if (c == 38 || c == 59 || c == 35 || !is(q, URLS)) break
      if ((c == 41 || c == 93 || c == 125 || c == 44) && (q + 1 >= end || !is(q + 1, URLS))) break
      q++
    }
    if (to - from <= 64 && !odd && to > from && isPlain(from, to, 2)) {
      // what holds for queries holds for pairs
      if (equals < 8 && byte(from - 1) != 0x5c) store<i32>(EQUALS + (equals++ << 2), to)
    } else if (q > value && to - from <= 64) return -1
    if (q >= end) return q
    const c = byte(q)
    if (c != 38 && c != 59 && c != 35) return q
    if (c == 38 && end - q >= 5 && load<u32>(q, 1) == 0x3b706d61) q += 4
    q++
  }
  return -1
}

/** Repeats the beginning of `pairAt` in scanner.ts and of `recogniseKey` in detectors/pairs.ts: keys that invoke nothing. */
function noPair(start: i32, end: i32, p: i32): bool {
  const separator = byte(p)
  if (separator != 61 && separator != 58) return false
  const next = p + 1 < end ? byte(p + 1) : 0
  const before = p > start ? byte(p - 1) : 0
  if (separator == 58) {
    if (next == 58 || next == 61 || before == 58) return true
    if (next == 47 && p + 2 < end && byte(p + 2) == 47) return true
  } else if (next == 61 || next == 126 || before == 60 || before == 62) return true
  const stop = p - 64 > start ? p - 64 : start
  let q = p
  let seen = 0
  while (q > stop && is(q - 1, KEYS)) seen |= byte(--q)
  // digits, dots and dashes alone are no key
  if (q < p && (seen & 0x40) == 0 && q > stop) return true
  if (q == p) {
    // no key right before the separator: with blanks aside it must be a name, a quote or a bracket
    while (q > start && p - q < 16 && (byte(q - 1) == 32 || byte(q - 1) == 9)) q--
    if (q == start) return separator == 58 || !assigns(before)
    const last = byte(q - 1)
    if (last == 34 || last == 39 || last == 96 || last == 93 || is(q - 1, KEYS)) return false
    return separator == 58 || !assigns(before)
  }
  if (q == stop && q != start) return false
  if (q > start && byte(q - 1) == 0x5c) return false
  // `first name:` is another key than `name:`
  return isPlain(q, p, 1) && !(p - q == 4 && q > start && byte(q - 1) == 0x20 && (byte(q) | 0x20) == 0x6e && (byte(p - 2) | 0x20) == 0x6d)
}

/** `:=`, `?=`, `!=`: what stands before the `=` belongs to it. */
@inline function assigns(before: i32): bool {
  return before == 61 || before == 33 || before == 58 || before == 63
}

/** Repeats the beginning of `find` in detectors/connection-string.ts. */
function noConnection(start: i32, end: i32, p: i32): bool {
  const b = byte(p)
  if (b == 61) {
    const stop = p - 24 > start ? p - 24 : start
    let q = p
    while (q > stop && is(q - 1, DIGIT | LETTER)) q--
    const n = p - q
    if (n != 3 && n != 8 && n != 9 && n != 10 && n != 12 && n != 15 && n != 17) return true
    const first = byte(q) | 32
    return first != 97 && first != 99 && first != 112 && first != 115
  }
  if (b == 58) return p - 16 < start || byte(p - 16) != 0x6a
  return p + 3 >= end || (byte(p + 1) != 99 && byte(p + 1) != 110)
}

/** Repeats the beginning of `find` in detectors/geo-point.ts: no four decimals before the comma at p. */
function noGeo(start: i32, p: i32): bool {
  if (p - 6 < start || !is(p - 2, DIGIT) || !is(p - 3, DIGIT) || !is(p - 4, DIGIT)) return true
  const stop = p - 24 > start ? p - 24 : start
  let q = p - 4
  while (q > stop && is(q - 1, DIGIT)) q--
  return q == start || byte(q - 1) != 46
}

/** Repeats the beginning of `find` in detectors/jwt.ts: no `ey` or `ew` within the four bytes before p. */
function noJwt(start: i32, p: i32): bool {
  const stop = p - 4 > start ? p - 4 : start
  let from = p
  while (from >= stop && byte(from) != 101) from--
  if (from < stop) return true
  const second = byte(from + 1)
  return second != 121 && second != 119
}

/** Repeats the beginning of `find` in detectors/wallets.ts; addresses in base58 are told by other means. */
function noWallet(start: i32, end: i32, p: i32): bool {
  const before = p > start ? byte(p - 1) : 0x20
  if (before == 48 && byte(p) == 120) return p + 40 >= end || hex(p + 40) < 0 || hex(p + 20) < 0
  const small = byte(p) | 32
  if (before != 49 || p - 3 < start || (small != 113 && small != 112)) return true
  // `bc`, `tb`
  const human = <i32>load<u16>(p - 3) | 0x2020
  return human != 0x6362 && human != 0x6274
}

/** The last run that begins among the sixteen bytes from p (with three before them: `run`) may be an address of a wallet. */
function isWallet(p: i32, run: i32): bool {
  const start = p + 28 - clz(run & ~(run << 1))
  const first = byte(start)
  return (first == 49 || first == 51 || first == 52) && isBase58(start)
}

/**
 * A run of letters and digits from p on may be the address of a wallet in base58 (see `findBase58` in detectors/wallets.ts): of 26 to 35
 * characters or 95, none of which but the second is `0`, `O`, `I` or `l`, and as many as such addresses have.
 */
function isBase58(p: i32): bool {
  const start = p
  let others = 0
  let odd = 0
  while (others == 0 && p - start < 112) {
    const v = v128.load(p)
    others = ~i8x16.bitmask(v128.or(lettersIn(v), digitsIn(v))) & 0xffff
    const no = v128.or(v128.or(i8x16.eq(v, i8x16.splat(0x30)), i8x16.eq(v, i8x16.splat(0x4f))), v128.or(i8x16.eq(v, i8x16.splat(0x49)), i8x16.eq(v, i8x16.splat(0x6c))))
    odd |= i8x16.bitmask(no) & (others == 0 ? 0xffff : (others & -others) - 1) & (p == start ? ~3 : ~0)
    p += 16
  }
  if (others == 0 || odd != 0) return false
  const n = p - 16 + ctz(others) - start
  if (n == 95) return byte(start) == 0x34
  if (n < 26 || n > 35) return false
  // 25 bytes of which the first one is 5
  if (byte(start) == 0x33) return n == 34
  if (byte(start) != 0x31) return false
  // as many bytes of zero as there are ones, and the other bytes (of log 256 / log 58 = 1.36566 characters each) begin with another one
  let ones = 1
  while (ones < 25 && byte(start + ones) == 0x31) ones++
  const digits = n - ones
  return digits > ((24 - ones) * 13656) / 10000 && digits <= ((25 - ones) * 13657) / 10000 + 1
}

/** Words of seed phrases have three to eight letters; bits tell what they begin with. */
@inline function isStem(p: i32, n: i32): bool {
  if (n < 3 || n > 8) return false
  const stem = n == 3 ? load<u32>(p) & 0xffffff : load<u32>(p)
  return bit(STEMS, <i32>((stem * 0x9e3779b1) >>> 17))
}

/**
 * In the letters, spaces and commas [from, to) there are twelve words of seed phrases in a row, each behind a space, a comma, or both (see
 * detectors/seed-phrase.ts). They take 47 bytes at least, so that a word of them is at every 47th byte.
 */
function isPhrase(from: i32, to: i32): bool {
  for (let at = from + 46; at < to; at += 47) {
    let start = at
    // a comma and a space at most are between two words, and no word is longer than this
    if (isBlank(at)) start += isBlank(at + 1) ? 2 : 1
    else while (start > from && at - start < 9 && !isBlank(start - 1)) start--
    let words = 0
    for (let p = start; words < 12; words++) {
      const end = wordEnd(p, to)
      if (!isStem(p, end - p)) break
      p = end
      if (p < to) p += byte(p) == 32 || byte(p + 1) != 32 || p + 1 == to ? 1 : 2
    }
    if (words == 0) continue
    for (let p = start; words < 12; words++) {
      if (p == from) break
      let end = p - 1
      if (byte(end) == 32 && end > from && byte(end - 1) == 44) end--
      p = end
      while (p > from && end - p < 9 && !isBlank(p - 1)) p--
      if (!isStem(p, end - p)) break
    }
    if (words == 12) return true
  }
  return false
}

@inline function isBlank(p: i32): bool {
  return byte(p) == 32 || byte(p) == 44
}

function wordEnd(p: i32, to: i32): i32 {
  const limit = to - p > 9 ? p + 9 : to
  while (p < limit && !isBlank(p)) p++
  return p
}

/** Repeats the beginnings of what `find` in detectors/cloud-keys.ts chooses from. */
function noCloudKey(start: i32, end: i32, p: i32): bool {
  const b = byte(p)
  // AKIA, ASIA, ABIA; ACCA
  if (b == 65) return p - 3 < start || byte(p - 3) != 65
  if (b == 67) return p - 2 < start || byte(p - 2) != 65 || byte(p + 1) != 65
  if (b == 61) return p - 87 < start
  if (b == 115 || b == 83) return p - 2 < start || (byte(p - 2) | 32) != 97 || (p - 3 >= start && is(p - 3, DIGIT | LETTER))
  // IQoJ, FwoGZ, FQoGZ
  if (b == 74) return p - 3 < start || byte(p - 3) != 73
  return p - 4 < start || byte(p - 4) != 70
}

/** The bytes in [from, to) are a key of which the host has said that it invokes nothing; `kind`: 1 in pairs, 2 in queries. */
function isPlain(from: i32, to: i32, kind: i32): bool {
  const n = to - from
  if (n > PLAIN_SIZE - 16) return false
  const slot = PLAIN + plainSlot(from, n) * PLAIN_SIZE
  return load<i32>(slot) == n && (load<i32>(slot, 4) & kind) != 0 && same(from, slot + 8, n)
}

function plainSlot(p: i32, n: i32): i32 {
  return hash(0, p, n) & (PLAIN_SLOTS - 1)
}

/** The host says of the n bytes at KEY_BYTES that they are a key which invokes nothing. */
export function learnPlain(n: i32, kinds: i32): void {
  const from = KEY_BYTES
  const slot = PLAIN + plainSlot(from, n) * PLAIN_SIZE
  store<i32>(slot, n)
  store<i32>(slot, kinds, 4)
  memory.copy(slot + 8, from, n)
}
