// Addresses of wallets: Bitcoin (base58check and bech32), Ethereum (EIP-55) and Monero. All but a lower-case Ethereum address
// carry a checksum, or are longer than anything else that is written so.

import { sha256 } from '../engine/sha256.ts'
import type { DetectorInfo, Finder, Scan } from '../engine/types.ts'
import { ALNUM, CLASS, HEX, LOWER, UPPER, classesOf, contextWords, fewerDistinct, inContext, runEnd, runStart, wordAfter, wordBefore } from './bytes.ts'
import { keccak256 } from './keccak.ts'

const bitcoin: DetectorInfo = {
  name: 'btc_address',
  group: 'pii',
  tier: 0,
  priority: 41,
  checks: ['check:sum'],
  summary: 'Bitcoin address: base58check of version 0 or 5 with its double SHA-256, or bech32 and bech32m (`bc1q`, `bc1p`, `tb1q`, `tb1p`) with their checksum.',
  examples: [
    'sent to «16L5yRNPTuciSgXGHqYwn9N6NeoKqopAu», ok',
    'to=«3Qa4Ju1Pf9R4eFg85ofrZZVZhuDjX7Dk1n»',
    'pay «BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4» now',
    '"«tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7»"',
    '(«bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0»)',
  ],
  counterExamples: [
    '16L5yRNPTuciSgXGHqYwn9N6NeoKqopAv',
    'x16L5yRNPTuciSgXGHqYwn9N6NeoKqopAu',
    '16L5yRNPTuciSgXGHqYwn9N6NeoKqopAux',
    '1aB3dE5fG7aB3dE5fG7aB3dE5fG7',
    'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5',
    'bc1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4',
    'bc1',
  ],
}
const ethereum: DetectorInfo = {
  name: 'eth_address',
  group: 'pii',
  tier: 0,
  priority: 42,
  summary: 'Ethereum address: `0x` and 40 hexadecimal digits, with the capitals of EIP-55; in one case only beside a word such as wallet, address or eth.',
  examples: ['from «0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed»', 'owner=«0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359».', 'wallet «0x52908400098527886e0f7030069857d2e4169ee7»'],
  counterExamples: [
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD',
    'commit 0x52908400098527886e0f7030069857d2e4169ee7',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed00',
    'tx 0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b',
    'at 0x7ffd5e2b',
    'wallet 0x0000000000000000000000000000000000000000',
  ],
}
const EXAMPLE_TAIL = 'AcLg3bF9K2mN5pQ8rT1vW4xY7zB6dE'.repeat(4).slice(0, 93)
const monero: DetectorInfo = {
  name: 'monero_address',
  group: 'pii',
  tier: 0,
  priority: 42,
  summary: 'Monero address: `4`, a digit, `A` or `B`, and 93 base58 characters.',
  examples: [`to «4A${EXAMPLE_TAIL}»`, `"«48${EXAMPLE_TAIL}»"`],
  counterExamples: [`x4A${EXAMPLE_TAIL}`, `4A${EXAMPLE_TAIL}x`, `4C${EXAMPLE_TAIL}`, `4A${'1'.repeat(93)}`, `4A${EXAMPLE_TAIL.slice(1)}0`],
}

/** Shorter addresses are not in use. */
const LEAST = 26

const BTC = 0
const ETH = 1
const XMR = 2

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
/** Values of base58 digits, -1 for other bytes. */
const VALUES = new Int8Array(256).fill(-1)
for (let i = 0; i < 58; i++) VALUES[BASE58.charCodeAt(i)] = i
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

const ETH_WORDS = contextWords('eth', 'ethereum', 'ether', 'wallet', 'address', 'addr', 'contract', 'erc', 'metamask', 'polygon', 'bsc', 'beneficiary', 'payee', 'recipient')

function find(scan: Scan, at: number, ids: Int32Array): number {
  const { text } = scan
  const b = text[at]!
  const before = at > scan.start ? text[at - 1]! : 32
  if (b === 120 && before === 48) return findEthereum(scan, at - 1, ids[ETH]!)
  if (before === 49 && at - 3 >= scan.start && ((b | 32) === 113 || (b | 32) === 112)) {
    const human = ((text[at - 3]! | 32) << 8) | text[at - 2]! | 32
    if (human === 0x6263 || human === 0x7462) return findBech32(scan, at - 3, ids[BTC]!)
  }
  return findBase58(scan, at, ids)
}

// ------------------------------------------------------------------------------------------------ base58

/** The candidate is in the first characters of a run, or in the middle of one. */
function findBase58(scan: Scan, at: number, ids: Int32Array): number {
  const { text, start, end } = scan
  // shared loops over letters and digits: what stops here is nearly always a token of another kind
  const from = runStart(text, at, start, ALNUM, 96)
  const to = runEnd(text, at, end, ALNUM, end - at)
  const length = to - from
  const first = text[from]!
  if (length < LEAST || (length > 35 && length !== 95) || first < 49 || first > 52 || first === 50) return to
  if (wordBefore(text, start, from) || wordAfter(text, end, to) || !isBase58(text, from + 2, to)) return to
  if (length === 95) {
    const second = text[from + 1]!
    if (first === 52 && scan.active[ids[XMR]!] !== 0 && ((second >= 48 && second <= 57) || second === 65 || second === 66) && !fewerDistinct(text, from, to, 12))
      scan.emit(ids[XMR]!, from, to, 0.95)
    return to
  }
  if ((first === 49 || first === 51) && VALUES[text[from + 1]!]! >= 0 && scan.active[ids[BTC]!] !== 0) {
    if (isAddress(text, from, to)) scan.emit(ids[BTC]!, from, to, 0.95)
    else scan.reject?.(ids[BTC]!, from, to, 'failed:sum')
  }
  return to
}

function isBase58(text: Uint8Array, from: number, to: number): boolean {
  for (let p = from; p < to; p++) if (VALUES[text[p]!]! < 0) return false
  return true
}

const number = new Uint8Array(25)

/** Version 0 or 5, twenty bytes, and the first four of SHA-256 of SHA-256 of them. */
function isAddress(text: Uint8Array, from: number, to: number): boolean {
  number.fill(0)
  for (let p = from; p < to; p++) {
    let carry = VALUES[text[p]!]!
    for (let i = 24; i >= 0; i--) {
      carry += number[i]! * 58
      number[i] = carry & 255
      carry >>= 8
    }
    if (carry !== 0) return false
  }
  // as many leading zeros as bytes of zero, or another number would be written the same
  let zeros = 0
  while (zeros < 25 && number[zeros] === 0) zeros++
  let ones = 0
  while (from + ones < to && text[from + ones] === 49) ones++
  if (zeros !== ones || (number[0] !== 0 && number[0] !== 5)) return false
  const check = sha256(sha256(number.slice(0, 21)))
  return check[0] === number[21] && check[1] === number[22] && check[2] === number[23] && check[3] === number[24]
}

// ------------------------------------------------------------------------------------------------ bech32

const BECH32_VALUES = new Int8Array(256).fill(-1)
for (let i = 0; i < 32; i++) {
  BECH32_VALUES[BECH32.charCodeAt(i)] = i
  if (BECH32.charCodeAt(i) >= 97) BECH32_VALUES[BECH32.charCodeAt(i) - 32] = i
}

function findBech32(scan: Scan, from: number, id: number): number {
  const { text, start, end } = scan
  const body = from + 3
  let to = body
  const high = end - body > 88 ? body + 88 : end
  while (to < high && BECH32_VALUES[text[to]!]! >= 0) to++
  const data = to - body
  if (from < start || data < LEAST - 3 || data > 87 || text[from + 2] !== 49 || scan.active[id] === 0) return body
  const version = BECH32_VALUES[text[body]!]!
  if (version > 1 || (version === 0 && data !== 39 && data !== 59)) return to
  const bits = classesOf(text, from, to)
  if ((bits & UPPER) !== 0 && (bits & LOWER) !== 0) return to
  if (wordBefore(text, start, from) || wordAfter(text, end, to)) return to
  // the human-readable part counts with the high bits of its characters, a zero, and the low bits
  let check = 1
  check = polymod(polymod(check, 3), 3)
  check = polymod(check, 0)
  check = polymod(polymod(check, text[from]! & 31), text[from + 1]! & 31)
  for (let p = body; p < to; p++) check = polymod(check, BECH32_VALUES[text[p]!]!)
  if (check === (version === 0 ? 1 : 0x2bc830a3)) scan.emit(id, from, to, 0.95)
  else scan.reject?.(id, from, to, 'failed:sum')
  return to
}

const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]

function polymod(check: number, value: number): number {
  const top = check >>> 25
  let next = ((check & 0x1ffffff) << 5) ^ value
  for (let i = 0; i < 5; i++) if (((top >>> i) & 1) === 1) next ^= GENERATOR[i]!
  return next
}

// ------------------------------------------------------------------------------------------------ Ethereum

function findEthereum(scan: Scan, from: number, id: number): number {
  const { text, start, end } = scan
  const body = from + 2
  const to = runEnd(text, body, end, HEX, 41)
  if (from < start || to - body !== 40 || scan.active[id] === 0 || wordBefore(text, start, from) || wordAfter(text, end, to)) return to
  const bits = classesOf(text, body, to)
  if (fewerDistinct(text, body, to, 3)) return to
  if ((bits & UPPER) !== 0 && (bits & LOWER) !== 0) {
    if (hasCapitals(text, body)) {
      scan.why?.('check:eip55')
      scan.emit(id, from, to, 0.95)
    } else scan.reject?.(id, from, to, 'failed:eip55')
  } else if (inContext(scan, from, ETH_WORDS)) scan.emit(id, from, to, 0.85)
  else scan.reject?.(id, from, to, 'no-context')
  return to
}

/** EIP-55: a letter is a capital where the digit of the hash of the lower-case address is 8 or more. */
function hasCapitals(text: Uint8Array, body: number): boolean {
  const lower = new Uint8Array(40)
  for (let i = 0; i < 40; i++) lower[i] = (CLASS[text[body + i]!]! & UPPER) !== 0 ? text[body + i]! + 32 : text[body + i]!
  const hash = keccak256(lower)
  for (let i = 0; i < 40; i++) {
    const bits = CLASS[text[body + i]!]!
    if ((bits & (UPPER | LOWER)) === 0) continue
    const digit = (hash[i >> 1]! >> ((i & 1) === 0 ? 4 : 0)) & 15
    if (digit >= 8 !== ((bits & UPPER) !== 0)) return false
  }
  return true
}

/**
 * Pairs of base58 characters that are rare in logs, by their first: one in eight of all there are, so that one address in 50 has
 * none. What they are found in is mostly encoded data.
 */
export const RARE_PAIRS =
  '1JPWquvwx 2Jqrtvw 3KPWqtvxy 4qrtw 5KLruvx 6Pz 7Mrtxz 8Wr 9FGHJKLMPquz Aqv Bbcjkmnprsx CZcdimpqvz DRbmruvxy Ecegkmtu FVbfghmptvyz GTUagjknqr H7Vbcprwy JRWYbcdfkoty K1QTanoz Lbknptvw Mfgmqv N9VYdfhw PZckqtwx QCEXYghrsu RPXgijqrvwyz Ssz TDGKWnquvxz UAHJhju VLgijknsuv WBKUbdgjnqyz XUqwz YKLno ZCGHPQnw aCKW bBHMPqv cDEFGHJNPq dBDEvx eGJ fAJKW gCDEGHPR hACDJLwxy iBGV jBRSmnz kKLPVq mAEFGJZ nBCLNWYZ oBPUZ pBGLUVZz q1239CEFGJRVwy rGNQWYZ s68BDFPXYZxz t9Njz u79AFLZyz vGPRSXjk w27BFGPQUVfjqw x3SWZgn yDGHV z34689CDFJLPTWZouv'
    .split(' ')
    .map(([first, ...seconds]) => seconds.map((second) => first! + second).join(''))
    .join('')

export const walletsFinder: Finder = {
  detectors: [bitcoin, ethereum, monero],
  triggers: [
    { prev: '0', byte: 'x', next: '0123456789abcdefABCDEF' },
    // `bc1q`, `tb1p`: the versions 0 and 1 are the ones there are
    { prev: '1', byte: 'qpQP' },
    { byte: '', pairs: RARE_PAIRS, next: BASE58 },
  ],
  find,
  skim: 'wallet',
  least: LEAST,
}
