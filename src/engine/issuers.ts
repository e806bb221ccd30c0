// Payment card networks: their issuer prefixes and the lengths of their numbers. Pure: the credit_card mask writes such numbers
// and keeps their network; the card detector adds what is only recognised.

interface Issuer {
  readonly network: string
  /** Written when a new number starts afresh. */
  readonly first: string
  /** Ranges of prefixes of equal length, both ends included. */
  readonly ranges: readonly (readonly [number, number])[]
  readonly lengths: readonly number[]
}

function span(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

/** Every network that the credit_card mask knows. */
export const issuers: readonly Issuer[] = [
  { network: 'visa', first: '4', ranges: [[4, 4]], lengths: [13, 16, 19] },
  {
    network: 'mastercard',
    first: '51',
    ranges: [
      [51, 55],
      [2221, 2720],
    ],
    lengths: [16],
  },
  {
    network: 'american_express',
    first: '34',
    ranges: [
      [34, 34],
      [37, 37],
    ],
    lengths: [15],
  },
  {
    network: 'discover',
    first: '6011',
    ranges: [
      [6011, 6011],
      [644, 649],
      [65, 65],
    ],
    lengths: span(16, 19),
  },
  { network: 'jcb', first: '3528', ranges: [[3528, 3589]], lengths: span(16, 19) },
  {
    network: 'diners',
    first: '300',
    ranges: [
      [300, 305],
      [36, 36],
      [38, 38],
      [39, 39],
    ],
    lengths: span(14, 19),
  },
  { network: 'unionpay', first: '62', ranges: [[62, 62]], lengths: span(16, 19) },
  {
    network: 'maestro',
    first: '5018',
    ranges: [
      [5018, 5018],
      [5020, 5020],
      [5038, 5038],
      [5893, 5893],
      [6304, 6304],
      [6759, 6759],
      [6761, 6763],
    ],
    lengths: span(12, 19),
  },
  { network: 'mir', first: '2200', ranges: [[2200, 2204]], lengths: span(16, 19) },
]

// By prefix; prefixes have 1 to 4 digits and none begins another of the same number length.
let byPrefix: Map<number, Issuer> | undefined

function readPrefixes(): Map<number, Issuer> {
  const map = new Map<number, Issuer>()
  for (const issuer of issuers) {
    for (const [from, to] of issuer.ranges) for (let prefix = from; prefix <= to; prefix++) map.set(prefix, issuer)
  }
  return map
}

/** The network of a card number and how many digits its prefix has; undefined when no network issues such a number. */
export function issuerOf(digits: string): { readonly issuer: Issuer; readonly prefixLength: number } | undefined {
  byPrefix ??= readPrefixes()
  for (let prefixLength = 4; prefixLength >= 1; prefixLength--) {
    const issuer = byPrefix.get(Number(digits.slice(0, prefixLength)))
    // `0512` is not `512`: a prefix never starts with 0.
    if (issuer !== undefined && digits.charCodeAt(0) !== 0x30 && issuer.lengths.includes(digits.length)) return { issuer, prefixLength }
  }
  return undefined
}
