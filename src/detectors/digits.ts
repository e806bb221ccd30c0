// Everything that begins with a run of digits: payment cards, phone numbers, US social security and taxpayer numbers.
// Most digit runs of a log are times, counts and ids, so the first thing to happen is a count of digits and one look
// at what follows; only runs with the digits and joints of a candidate go further.

import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import {
  CLASS,
  DIGIT,
  LETTER,
  WORD,
  contextWords,
  digitJointAfter,
  digitJointBefore,
  inContext,
  inPath,
  insideMasked,
  isDigit,
  lower,
  luhn,
  matchesLower,
  oneByteRepeated,
  runEnd,
  wordAfter,
  wordBefore,
} from './bytes.ts'
import { callingCodeDigits, possibleLengths } from '../engine/calling-codes.ts'
import { cardLengths, cardLengthsInContext, cardNetwork } from './issuers.ts'

const creditCard: DetectorInfo = {
  name: 'credit_card',
  group: 'pci',
  tier: 0,
  priority: 1,
  numbers: true,
  checks: ['check:luhn'],
  summary: 'Payment card number: issuer prefix and length, Luhn check, grouping as on cards.',
  mask: { type: 'credit_card', retain_prefix_length: 'automatic' },
  examples: [
    'card «4111111111111111» declined',
    'paid with «5500 0000 0000 0004».',
    'amex «3782-822463-10005»',
    'n=«3530111333300000»',
    '/cards/«6011111111111117»/holder',
    'row 7,«4111111111111111»,Ann',
    '«4222222222222» and «6304 0000 0000 0000»',
  ],
  counterExamples: [
    'took 1700000000000 ms',
    'at 20240501103000',
    'id 4111111111111112',
    'x4111111111111111',
    '4111111111111111_2',
    '1.4111111111111111',
    '0000000000000000',
    '4111-1111-1111-1111-2222',
    '4444444444444444',
    '1117838570 2005',
  ],
}

const phone: DetectorInfo = {
  name: 'phone',
  group: 'pii',
  tier: 1,
  priority: 47,
  numbers: true,
  summary:
    'Phone number: international with a known calling code and length; grouped North American, British, Australian and New Zealand forms; bare digits beside a word such as phone or mobile.',
  mask: { type: 'phone' },
  examples: [
    'call «+14155552671» now',
    'tel:«+44 20 7946 0958»',
    '«+49 (0)30 901820»',
    'from «+64-21-123-4567»',
    'at «(415) 555-2671»',
    'US «1-415-555-2671»',
    'call «415-555-2671» back',
    'UK «020 7946 0958»',
    'AU «0412 345 678»',
    'phone: «4155552671»',
    'mobile=«07700.900.123»',
    '«(0800) 83-4567»',
  ],
  counterExamples: [
    'at 2024-05-01 10:00:00 +0200',
    'took +1234 ms',
    'rev a+14155552671',
    'id 4155552671',
    '@@ -1,5 +1,7 @@',
    'build 1-415-555-26711',
    'order 415-111-2671',
    '12345678-1234-1234-1234-123456789012',
    'phone at 2024-05-01',
    'phone 37 (home',
    'id 02037828224631000052671-2671',
  ],
}

const usSsn: DetectorInfo = {
  name: 'us_ssn',
  group: 'pii',
  tier: 1,
  priority: 48,
  numbers: true,
  summary: 'US social security number: ranges of area, group and serial; hyphens stand alone, spaces and bare digits beside ssn or social security.',
  mask: { type: 'social_security_number' },
  examples: ['ssn «536-90-4399»', 'applicant 7: «219-45-1234»', 'SSN: «536904399»', 'social security «536 90 4399»'],
  counterExamples: ['000-12-3456', '666-12-3456', '536-00-4399', '536-90-0000', '536904399', '219-09-9999', '123-45-67890', '2536-90-4399', '1-536-90-4399', '536 90 4399'],
}

const usItin: DetectorInfo = {
  name: 'us_itin',
  group: 'pii',
  tier: 1,
  priority: 48,
  summary: 'US individual taxpayer identification number, hyphenated.',
  examples: ['itin «912-70-1234»', '(«999-88-4321»)'],
  counterExamples: ['912-10-1234', '912-93-1234', '912-701234', '812-70-12345'],
}

const CARD = 0
const PHONE = 1
const SSN = 2
const ITIN = 3

const CARD_WORDS = contextWords('card', 'pan', 'credit', 'debit', 'visa', 'mastercard', 'amex', 'maestro', 'discover', 'diners', 'jcb', 'unionpay', 'cc')
const PHONE_WORDS = contextWords(
  'phone',
  'mobile',
  'tel',
  'telephone',
  'cell',
  'cellphone',
  'fax',
  'msisdn',
  'sms',
  'whatsapp',
  'telefon',
  'telefono',
  'handy',
  'call me',
  'call us',
  'text me',
  'contact number',
  'telefonnummer',
  'telefoon',
  'telefoonnummer',
  'telefone',
  'telephon',
  'mobil',
  'mobiltelefon',
  'mobilnummer',
  'mobiel',
  'handynummer',
  'rufnummer',
  'movil',
  'celular',
  'cellulare',
  'puhelin',
  'telefonszam',
)
/** Words that make a phone number of digits in groups, not of a bare run: calls and texts have numbers of many kinds. */
const CALL_WORDS = contextWords('call', 'dial', 'ring', 'reach', 'answering', 'messages to', 'text to', 'text at', 'desk', 'office', 'registered', 'contact', 'rang')
const SSN_WORDS = contextWords('ssn', 'social')
/** The last word before a checked or formed number that says what else it is. */
const OTHER_WORDS = new Set([
  'time',
  'date',
  'epoch',
  'timestamp',
  'ts',
  'offset',
  'size',
  'bytes',
  'count',
  'length',
  'port',
  'pid',
  'tid',
  'line',
  'version',
  'build',
  'release',
  'commit',
  'sha',
  'digest',
  'etag',
  'trace',
  'span',
  'sequence',
  'seq',
  'duration',
  'latency',
  'snowflake',
])

const COMMA = 44
const SLASH = 47

/** Groups of digits of the candidate under look: reused, so that nothing is allocated. */
const MAX_GROUPS = 8
const groupStart = new Int32Array(MAX_GROUPS)
const groupLength = new Int32Array(MAX_GROUPS)
const joint = new Uint8Array(MAX_GROUPS)

function find(scan: Scan, at: number, ids: Int32Array): number {
  const text = scan.text
  const end = scan.end
  const previous = at > scan.start ? text[at - 1]! : 32
  if (previous === 43) return findInternational(scan, at, at - 1, ids)

  let p = at + 1
  while (p < end && isDigit(text[p]!)) p++
  const count = p - at
  const next = p < end ? text[p]! : 32
  if (count < 7) {
    // Short runs are the common case: out unless a single joint leads to more digits.
    if (p + 1 >= end) return p
    const after = text[p + 1]!
    if (next === 32 || next === 45 || next === 46) {
      if (!isDigit(after) && !(after === 40 && next !== 46)) return p
    } else if (next === 41) {
      if (previous !== 40 || !(isDigit(after) || after === 32 || after === 45)) return p
    } else if (next === 58 || next === 47 || next === COMMA) {
      return isDigit(after) && next !== COMMA ? tightEnd(text, p, end) : p
    } else return p
  } else if ((CLASS[next]! & WORD) !== 0 && wordAfter(text, end, p)) return p

  const tight = tightEnd(text, p, end)
  if (tight - at < 8) {
    // Too short for the shortest form (seven digits and a joint) unless a space or bracket leads on: `5.0`, `537.36`.
    const b = tight + 1 < end ? text[tight]! : 0
    if (b !== 41 && !(b === 32 && (isDigit(text[tight + 1]!) || text[tight + 1] === 40)) && !(b === 45 && text[tight + 1] === 40)) return tight
  }
  if (previous >= 0x80 && wordBefore(text, scan.start, at)) return p
  if (digitJointBefore(text, scan.start, at) && !((previous === COMMA || previous === SLASH) && count >= 13)) return tight

  const groups = readGroups(text, at, end)
  const first = groupLength[0]!
  // dotted quads and versions
  if (joint[0] === 46 && groups <= 4 && first <= 3 && groupLength[groups - 1]! <= 3) return tight
  // Epochs in milli-, micro- and nanoseconds begin with 1; no card does but UATP (15 digits), and no number of that length.
  if (groups === 1 && count >= 12 && count !== 15 && text[at] === 49) return tight
  // A short run, led on by a bracket that belongs to something else (`37 (x`), is no number at all.
  if (groups === 1 && count < 7) return tight
  if (groups === 1 && count < 12) {
    // A bare run of 7-11 digits: only words can make it something.
    if (next !== 32 && next !== 40 && digitJointAfter(text, end, p)) return tight
    return findBare(scan, at, p, ids)
  }
  if (scan.active[ids[CARD]!] !== 0 && first >= 4 && (first >= 12 || (groups > 1 && (first === 4 || first === 6)))) {
    const stop = findCard(scan, at, groups, ids[CARD]!)
    if (stop > 0) return stop
  }
  if (first === 3 && groups >= 3 && groupLength[1] === 2 && groupLength[2] === 4) {
    const stop = findSocial(scan, at, ids)
    if (stop > 0) return stop
  }
  if (scan.active[ids[PHONE]!] !== 0) {
    const stop = findNational(scan, at, groups, ids[PHONE]!)
    if (stop > 0) return stop
  }
  return tight
}

/** 7-11 digits in one piece: a phone number or a social security number where the context says so. */
function findBare(scan: Scan, at: number, to: number, ids: Int32Array): number {
  const text = scan.text
  if (scan.active[ids[PHONE]!] !== 0 && !(to - at === 8 && datePlausible(text, at)) && inContext(scan, at, PHONE_WORDS)) {
    const open = at > scan.start && text[at - 1] === 40
    if (open || otherWordBefore(scan, at)) return to
    const stop = withExtension(text, to, scan.end)
    if (endsWell(text, scan.end, stop, false)) scan.emit(ids[PHONE]!, at, stop, 0.7)
    return stop
  }
  if (to - at === 9 && scan.active[ids[SSN]!] !== 0 && ssnRanges(text, at, at + 3, at + 5) && inContext(scan, at, SSN_WORDS)) scan.emit(ids[SSN]!, at, to, 0.85)
  return to
}

/** `20240501`. */
function datePlausible(text: Uint8Array, at: number): boolean {
  return (text[at] === 49 || text[at] === 50) && number(text, at + 4, 2) <= 12
}

/**
 * End of digits joined by `.-/:`, where the first of them end at `p`. A space or comma begins a new candidate. Looks 256
 * bytes far: what is left is denied again by the joint before it.
 */
function tightEnd(text: Uint8Array, p: number, limit: number): number {
  const end = limit - p > 256 ? p + 256 : limit
  while (p + 1 < end) {
    const b = text[p]!
    if ((b !== 46 && b !== 45 && b !== 47 && b !== 58) || !isDigit(text[p + 1]!)) return p
    p += 2
    while (p < end && isDigit(text[p]!)) p++
  }
  return p
}

/** Reads up to eight groups of digits that are joined by one byte of ` -.` (or `) `, `)-`, ` (`). Returns how many. */
function readGroups(text: Uint8Array, at: number, end: number): number {
  let groups = 0
  let p = at
  let digits = 0
  while (groups < MAX_GROUPS) {
    groupStart[groups] = p
    const from = p
    while (p < end && isDigit(text[p]!)) p++
    groupLength[groups] = p - from
    digits += p - from
    joint[groups] = 0
    groups++
    if (p + 1 >= end || digits > 24) break
    const b = text[p]!
    const c = text[p + 1]!
    if ((b === 32 || b === 45 || b === 46 || b === 47) && isDigit(c)) {
      joint[groups - 1] = b
      p += 1
    } else if (b === 41 && groups === 1 && isDigit(c)) {
      joint[0] = 41
      p += 1
    } else if (b === 41 && groups === 1 && (c === 32 || c === 45) && p + 2 < end && isDigit(text[p + 2]!)) {
      joint[0] = 41
      p += 2
    } else if ((b === 32 || b === 45) && c === 40 && groups === 1 && p + 2 < end && isDigit(text[p + 2]!)) {
      joint[0] = 40
      p += 2
      // `1 (415) 555-2671`: the bracket closes after the next group.
      const inner = p
      while (p < end && isDigit(text[p]!)) p++
      groupStart[1] = inner
      groupLength[1] = p - inner
      digits += p - inner
      joint[1] = 0
      groups = 2
      if (p >= end || text[p] !== 41) break
      if (p + 1 < end && isDigit(text[p + 1]!)) p += 1
      else if (p + 2 < end && (text[p + 1] === 32 || text[p + 1] === 45) && isDigit(text[p + 2]!)) p += 2
      else break
      joint[1] = 41
    } else break
  }
  return groups
}

/** True when nothing that continues a number follows at `p`; a bare long number may stand in a comma list or a path. */
function endsWell(text: Uint8Array, end: number, p: number, bare: boolean): boolean {
  if (wordAfter(text, end, p)) return false
  if (!digitJointAfter(text, end, p)) return true
  return bare && (text[p] === COMMA || text[p] === SLASH)
}

// ------------------------------------------------------------------------------------------------ cards

function findCard(scan: Scan, at: number, groups: number, id: number): number {
  const text = scan.text
  // Longest grouping first: 4-4-4-4-3 before 4-4-4-4.
  const separator = joint[0]!
  if (groups > 1 && separator !== 32 && separator !== 45 && groupLength[0]! < 12) return 0
  let same = 1
  while (same < groups && joint[same - 1] === separator) same++
  for (let n = same < 5 ? same : 5; n >= 1; n--) {
    if (!cardGrouping(n)) continue
    if (n < groups && joint[n - 1] === 45) continue // a hyphen leads on: not the whole number
    const last = groupStart[n - 1]! + groupLength[n - 1]!
    if (!endsWell(text, scan.end, last, n === 1)) continue
    const score = cardScore(scan, at, last, n, id)
    if (score === 0) continue
    scan.emit(id, at, last, score)
    return last
  }
  return 0
}

function cardGrouping(n: number): boolean {
  const a = groupLength[0]!
  const b = groupLength[1]!
  if (n === 1) return a >= 12 && a <= 19
  if (n === 2) return a === 6 && b === 13
  const c = groupLength[2]!
  if (a !== 4) return false
  if (n === 3) return b === 6 && (c === 5 || c === 4)
  const d = groupLength[3]!
  if (b !== 4 || c !== 4) return false
  if (n === 4) return d === 4 || d === 3 || d === 2 || d === 1
  return d === 4 && groupLength[4]! <= 3
}

/** 0 when [from, to) is no card number. */
function cardScore(scan: Scan, from: number, to: number, groups: number, id: number): number {
  const text = scan.text
  let six = 0
  let digits = 0
  for (let p = from; p < to; p++) {
    const d = text[p]! - 48
    if (d < 0 || d > 9) continue
    if (digits < 6) six = six * 10 + d
    digits++
  }
  const bit = 1 << digits
  let sure = (cardLengths(six) & bit) !== 0
  // Bare runs of 17 and 18 digits are ids (snowflakes) far more often than cards, which are printed in groups.
  if (sure && groups === 1 && (digits === 17 || digits === 18)) sure = false
  const maybe = sure || (cardLengthsInContext(six) & bit) !== 0 || (cardLengths(six) & bit) !== 0
  if (!maybe) return 0
  if (!luhn(text, from, to) || sameDigits(text, from, to)) {
    scan.reject?.(id, from, to, 'failed:luhn')
    return 0
  }
  if (scan.why !== undefined) scan.why(`iin:${cardNetwork(six)}`)
  if (sure) {
    if (!otherWordBefore(scan, from)) {
      // for those who ask why: a word beside it is not needed
      if (scan.why !== undefined) inContext(scan, from, CARD_WORDS)
      return 0.75
    }
    if (inContext(scan, from, CARD_WORDS)) return 0.75
    scan.reject?.(id, from, to, 'no-context')
    return 0
  }
  if (inContext(scan, from, CARD_WORDS)) return 0.8
  scan.reject?.(id, from, to, 'no-context')
  return 0
}

function sameDigits(text: Uint8Array, from: number, to: number): boolean {
  for (let p = from + 1; p < to; p++) if (text[p] !== text[from] && isDigit(text[p]!)) return false
  return true
}

/** True when the word directly before `at` (`offset=`, `size: `) or the key of the whole value names something else. */
function otherWordBefore(scan: Scan, at: number): boolean {
  const text = scan.text
  if (at === scan.start) {
    for (const word of scan.keyWords) if (OTHER_WORDS.has(word)) return isNegative(scan, word)
    return false
  }
  let p = at
  const stop = at - 6 > scan.start ? at - 6 : scan.start
  while (p > stop && (CLASS[text[p - 1]!]! & LETTER) === 0) p--
  const to = p
  const low = to - 12 > scan.start ? to - 12 : scan.start
  while (p > low && (CLASS[text[p - 1]!]! & LETTER) !== 0) p--
  if (p === to) return false
  let word = ''
  for (let i = p; i < to; i++) word += String.fromCharCode(lower(text[i]!))
  return OTHER_WORDS.has(word) && isNegative(scan, word)
}

function isNegative(scan: Scan, word: string): true {
  scan.why?.(`negative:${word}`)
  return true
}

// ------------------------------------------------------------------------------------------------ US numbers

function number(text: Uint8Array, from: number, digits: number): number {
  let n = 0
  for (let i = 0; i < digits; i++) n = n * 10 + text[from + i]! - 48
  return n
}

function ssnRanges(text: Uint8Array, area: number, group: number, serial: number): boolean {
  const a = number(text, area, 3)
  return a !== 0 && a !== 666 && a < 900 && number(text, group, 2) !== 0 && number(text, serial, 4) !== 0
}

/** Numbers printed on sample cards and in advertisements. */
const SAMPLES = new Set([78051120, 219099999, 457555462, 123456789])

function findSocial(scan: Scan, at: number, ids: Int32Array): number {
  const text = scan.text
  const separator = joint[0]!
  if (joint[1] !== separator) return 0
  const to = groupStart[2]! + 4
  if (!endsWell(text, scan.end, to, false)) return 0
  const group = groupStart[1]!
  const serial = groupStart[2]!
  if (separator === 45 && text[at] === 57) {
    const g = number(text, group, 2)
    const known = (g >= 50 && g <= 65) || (g >= 70 && g <= 88) || (g >= 90 && g <= 92) || (g >= 94 && g <= 99)
    if (!known || scan.active[ids[ITIN]!] === 0) return 0
    scan.emit(ids[ITIN]!, at, to, 0.75)
    return to
  }
  if (scan.active[ids[SSN]!] === 0 || !ssnRanges(text, at, group, serial)) return 0
  const sample = SAMPLES.has(number(text, at, 3) * 1_000_000 + number(text, group, 2) * 10_000 + number(text, serial, 4))
  if (separator === 45 && !sample) scan.emit(ids[SSN]!, at, to, 0.75)
  else if ((separator === 45 || separator === 32) && inContext(scan, at, SSN_WORDS)) scan.emit(ids[SSN]!, at, to, 0.85)
  else return 0
  return to
}

// ------------------------------------------------------------------------------------------------ phones

/** `+`, calling code and national number; the longest reading at a group's end that the numbering plan allows wins. */
function findInternational(scan: Scan, at: number, plus: number, ids: Int32Array): number {
  const text = scan.text
  const end = scan.end
  const none = runEnd(text, at, end, DIGIT, 64)
  if (scan.active[ids[PHONE]!] === 0) return none
  if (plus > scan.start) {
    const b = text[plus - 1]!
    if ((CLASS[b]! & WORD) !== 0 && wordBefore(text, scan.start, plus)) return none
    if (b === 43 || b === 45 || b === 46) return none
  }
  if (at + 6 >= end) return none
  const d1 = text[at]! - 48
  const d2 = isDigit(text[at + 1]!) ? text[at + 1]! - 48 : -1
  const d3 = d2 >= 0 && isDigit(text[at + 2]!) ? text[at + 2]! - 48 : -1
  const codeDigits = callingCodeDigits(d1, d2 < 0 ? 0 : d2, d3 < 0 ? 0 : d3)
  if (codeDigits === 0 || (codeDigits > 1 && d2 < 0) || (codeDigits > 2 && d3 < 0)) return none
  const code = number(text, at, codeDigits)
  const lengths = possibleLengths(code)
  let p = at + codeDigits
  let digits = 0
  let best = 0
  let trunk = 0
  let open = false
  const stop = end - at > 40 ? at + 40 : end
  while (p < stop) {
    const b = text[p]!
    if (isDigit(b)) {
      digits++
      p++
      if (digits > 15) break
      if (p < end && isDigit(text[p]!)) continue
      const national = digits - trunk
      if (
        !open &&
        national < 16 &&
        ((lengths >> national) & 1) !== 0 &&
        (code !== 1 || nanpStart(text, at + codeDigits, p)) &&
        (!wordAfter(text, end, p) || withExtension(text, p, end) > p)
      )
        best = p
      continue
    }
    const next = p + 1 < stop ? text[p + 1]! : 0
    if (b === 32 || b === 45 || b === 46 || b === 47) {
      if (isDigit(next) || (next === 40 && !open)) {
        p++
        continue
      }
      if (b === 32 && next === 45 && p + 3 < stop && text[p + 2] === 32 && isDigit(text[p + 3]!)) {
        p += 3
        continue
      }
      break
    }
    if (b === 40 && !open && isDigit(next)) {
      // The trunk zero of `+49 (0)30` is written, not dialled.
      if (next === 48 && p + 2 < stop && text[p + 2] === 41) trunk = 1
      open = true
      p++
      continue
    }
    if (b === 41 && open) {
      open = false
      p++
      if (p < stop && (text[p] === 32 || text[p] === 45) && p + 1 < stop && isDigit(text[p + 1]!)) p++
      continue
    }
    break
  }
  if (best === 0) return none
  // A number that goes on after a joint other than a space is something longer.
  if (digitJointAfter(text, end, best) && text[best] !== COMMA) return p
  if (insideMasked(text, scan.start, end, plus) || otherWordBefore(scan, plus)) return best
  scan.emit(ids[PHONE]!, plus, withExtension(text, best, end), 0.75)
  return best
}

/** Area code and exchange of a North American number begin with 2-9. */
function nanpStart(text: Uint8Array, from: number, to: number): boolean {
  let seen = 0
  for (let p = from; p < to; p++) {
    const b = text[p]!
    if (!isDigit(b)) continue
    if ((seen === 0 || seen === 3) && b < 50) return false
    seen++
  }
  return true
}

/** Group lengths that stand for themselves, by the digits the number begins with. */
const GB_FORMS = ['344', '38', '434', '433', '56', '533', '55', '47']
const AU_FORMS = ['244', '433']
const NZ_FORMS = ['234', '334', '333', '343', '424', '4222', '433']

function findNational(scan: Scan, at: number, groups: number, id: number): number {
  const text = scan.text
  const open = at > scan.start && text[at - 1] === 40
  const from = open ? at - 1 : at
  if (open && wordBefore(text, scan.start, from)) return 0
  // North American: an optional 1, area code, exchange, subscriber: groups of 3, 3 and 4 digits.
  let k = 0
  if (groupLength[0] === 1 && text[at] === 49) k = 1
  if (groups >= k + 3 && groupLength[k] === 3 && groupLength[k + 1] === 3 && groupLength[k + 2] === 4) {
    const a = joint[k]!
    const bracket = (k === 0 ? open : joint[0] === 40) && a === 41
    if ((bracket || (a === 45 && (k === 0 || joint[0] === 45 || joint[0] === 32))) && joint[k + 1] === 45 && nanp(text, k)) {
      const to = groupStart[k + 2]! + 4
      const stop = withExtension(text, to, scan.end)
      if ((joint[k + 2] === 0 || joint[k + 2] === 32 || groups === k + 3) && endsWell(text, scan.end, stop, false) && (bracket || !open) && !otherWordBefore(scan, from)) {
        scan.emit(id, bracket && k === 0 ? from : at, stop, 0.65)
        return stop
      }
    }
  }
  // British, Australian, New Zealand: a trunk zero and the usual groups.
  if (text[at] === 48 && groups >= 2 && isDigit(text[at + 1]!) && text[at + 1] !== 48 && groupLength[0]! >= 2) {
    const to = trunkZero(text, at, groups, open)
    if (to > 0 && endsWell(text, scan.end, to, false) && !otherWordBefore(scan, from)) {
      scan.emit(id, open ? from : at, to, 0.65)
      return to
    }
  }
  return findInPhoneContext(scan, at, from, open, groups, id)
}

function nanp(text: Uint8Array, k: number): boolean {
  const area = groupStart[k]!
  const exchange = groupStart[k + 1]!
  if (text[area]! < 50 || text[exchange]! < 50) return false
  return !(text[area + 1] === 49 && text[area + 2] === 49) && !(text[exchange + 1] === 49 && text[exchange + 2] === 49)
}

function trunkZero(text: Uint8Array, at: number, groups: number, open: boolean): number {
  const second = text[at + 1]!
  for (let n = groups < 4 ? groups : 4; n >= 2; n--) {
    if (n < groups && joint[n - 1] === 45) continue
    let form = ''
    let plain = true
    for (let i = 0; i < n; i++) {
      form += groupLength[i]
      // 23 digits and four are not the form of two, three and four
      plain &&= groupLength[i]! < 10
      if (i < n - 1) {
        const j = joint[i]!
        plain &&= j === 32 || j === 45 || (j === 41 && open && i === 0)
        if (i > 0 && joint[i] !== joint[i - 1] && joint[i - 1] !== 41) plain &&= i === 1
      }
    }
    if (!plain) continue
    const australian = AU_FORMS.includes(form) && (form === '244' ? second === 50 || second === 51 || second === 55 || second === 56 : second === 52)
    const newZealand = NZ_FORMS.includes(form) && (second === 50 || (form === '234' && second >= 51) || (groupLength[0] === 4 && second === 56))
    if (australian || newZealand || GB_FORMS.includes(form)) return groupStart[n - 1]! + groupLength[n - 1]!
  }
  return 0
}

/** Other written forms of 7-15 digits where the path or the words before say phone. */
function findInPhoneContext(scan: Scan, at: number, from: number, open: boolean, groups: number, id: number): number {
  const text = scan.text
  let digits = 0
  let n = 0
  while (n < groups && n < 6) {
    digits += groupLength[n]!
    n++
    if (digits > 15) return 0
  }
  // Take whole groups as long as a phone number may be.
  while (n > 1 && digits > 15) digits -= groupLength[--n]!
  if (digits < 7 || digits > 15 || looksLikeDate(groups)) return 0
  const to = withExtension(text, groupStart[n - 1]! + groupLength[n - 1]!, scan.end)
  const spoken = inContext(scan, from, PHONE_WORDS) || (n > 1 && joint[0] !== 46 && inContext(scan, from, CALL_WORDS))
  if (!endsWell(text, scan.end, to, false) || !(spoken || (n > 1 && phoneWordAfter(text, to, scan.end))) || otherWordBefore(scan, from)) return 0
  scan.emit(id, open && joint[0] === 41 ? from : at, to, 0.7)
  return to
}

const AFTER_WORDS = ['office', 'fax', 'mobile', 'phone', 'cell', 'home']

/** `089 72 63 41 office`, `06-10446904-Office`: within 12 bytes behind a number in groups. */
function phoneWordAfter(text: Uint8Array, to: number, end: number): boolean {
  let p = to
  while (p < end && p - to < 3 && (text[p] === 32 || text[p] === 45 || text[p] === 40)) p++
  if (p === to || p >= end || (CLASS[text[p]!]! & LETTER) === 0) return false
  for (const word of AFTER_WORDS) if (matchesLower(text, end, p, word)) return true
  return false
}

function looksLikeDate(groups: number): boolean {
  const a = groupLength[0]!
  const b = groupLength[1]!
  const j = joint[0]!
  if (j === 0) return false
  if (j === 32) return false
  return (a === 4 && b <= 2) || (groups > 2 && a <= 2 && b <= 2 && groupLength[2] === 4)
}

/** `x123`, `ext. 123` after a number belong to it. */
function withExtension(text: Uint8Array, to: number, end: number): number {
  let p = to
  if (p < end && text[p] === 32) p++
  if (p >= end || (text[p] !== 120 && text[p] !== 101)) return to
  if (text[p] === 101) {
    if (p + 2 >= end || text[p + 1] !== 120 || text[p + 2] !== 116) return to
    p += 3
    if (p < end && text[p] === 46) p++
  } else p++
  if (p < end && text[p] === 32) p++
  const digits = runEnd(text, p, end, DIGIT, 7)
  return digits > p && digits - p <= 6 && !wordAfter(text, end, digits) ? digits : to
}

// ------------------------------------------------------------------------------------------------ under telling keys

/** A path that speaks of phones or social security: what stands there is looked at, however short. */
function named(keyWords: readonly string[], active: Uint8Array, ids: Int32Array): boolean {
  return keyWords.some((word) => (active[ids[PHONE]!] !== 0 && PHONE_WORDS.all.has(word)) || (active[ids[SSN]!] !== 0 && SSN_WORDS.all.has(word)))
}

/** Five to fifteen digits, in any groups, as the whole value under a key that speaks of phones. */
function findWhole(scan: Scan, ids: Int32Array): void {
  if (scan.active[ids[PHONE]!] === 0 || !inPath(scan, PHONE_WORDS) || scan.keyWords.some((word) => OTHER_WORDS.has(word))) return
  const text = scan.text
  let from = scan.start
  let to = scan.end
  while (from < to && text[from] === 32) from++
  while (to > from && text[to - 1] === 32) to--
  if (to - from < 5 || to - from > 32) return
  let digits = 0
  let dots = 0
  let first = -1
  for (let p = from; p < to; p++) {
    const b = text[p]!
    if (isDigit(b)) {
      if (first < 0) first = p
      digits++
    } else if (b === 46) dots++
    else if (b !== 32 && b !== 40 && b !== 41 && b !== 45 && b !== 47 && (b !== 43 || p > from)) {
      if (withExtension(text, p > from && text[p - 1] === 32 ? p - 1 : p, to) !== to) return
      break
    }
  }
  if (digits < 5 || digits > 15 || !isDigit(text[to - 1]!)) return
  const groups = readGroups(text, first, to)
  if (looksLikeDate(groups) || (dots === 3 && groups === 4) || (digits === 8 && groups === 1 && realDay(text, first))) return
  scan.emit(ids[PHONE]!, from, to, 0.85)
}

/** `20240501`. */
function realDay(text: Uint8Array, at: number): boolean {
  const year = number(text, at, 4)
  const month = number(text, at + 4, 2)
  const day = number(text, at + 6, 2)
  return year >= 1900 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31
}

// ------------------------------------------------------------------------------------------------ bare numbers

function findNumber(scan: Scan, ids: Int32Array): void {
  const { text, start, end } = scan
  const count = end - start
  if (count < 5 || count > 19) return
  for (let p = start; p < end; p++) if (!isDigit(text[p]!)) return
  const words = scan.keyWords
  if (scan.active[ids[CARD]!] !== 0 && count >= 12) {
    const six = number(text, start, 6)
    // most long numbers are times: no table has them, whatever the path says
    const possible = ((cardLengths(six) | cardLengthsInContext(six)) & (1 << count)) !== 0
    const inCard = possible && inPath(scan, CARD_WORDS)
    const lengths = !possible ? 0 : inCard ? cardLengths(six) | cardLengthsInContext(six) : count >= 13 && count <= 16 ? cardLengths(six) : 0
    if ((lengths & (1 << count)) !== 0 && luhn(text, start, end) && !oneByteRepeated(text, start, end) && (inCard || !words.some((word) => OTHER_WORDS.has(word)))) {
      scan.emit(ids[CARD]!, start, end, inCard ? 0.95 : 0.75)
      return
    }
  }
  if (words.length === 0) return
  if (count === 9 && scan.active[ids[SSN]!] !== 0 && inPath(scan, SSN_WORDS) && ssnRanges(text, start, start + 3, start + 5)) {
    scan.emit(ids[SSN]!, start, end, 0.85)
  } else if (count <= 15 && scan.active[ids[PHONE]!] !== 0 && inPath(scan, PHONE_WORDS) && !words.some((word) => OTHER_WORDS.has(word))) {
    scan.emit(ids[PHONE]!, start, end, 0.85)
  }
}

/** What may stand before a first digit: no letter, digit or `_`. Continuation bytes are looked at again in `find`. */
function beforeDigits(): string {
  let out = ''
  for (let b = 0; b < 0x80; b++) if ((CLASS[b]! & WORD) === 0) out += String.fromCharCode(b)
  for (let b = 0x80; b < 0xc0; b++) out += String.fromCharCode(b)
  return out
}

export const digits: Finder = {
  detectors: [creditCard, phone, usSsn, usItin],
  // Behind `-` and `.` a 0 or 1 is a month, a day or a fraction: no card begins so, and hardly a phone number.
  // a second digit, or the joint that a North American number has behind its leading 1
  triggers: [
    { prev: beforeDigits().replace(/[-.]/g, ''), byte: '0123456789', next: '0123456789' },
    { prev: '-.', byte: '23456789', next: '0123456789' },
    { prev: ` "'(+=:;,[{<>|#`, byte: '1', next: ' -.(' },
  ],
  find,
  number: findNumber,
  named,
  whole: findWhole,
  skim: 'digits',
  passesTimes: (words) => !words.some((word) => PHONE_WORDS.all.has(word)),
}
