// Decimal numbers by their digits. Pure.

export interface Decimal {
  readonly negative: boolean
  /** Digits without leading zeros; `0` for zero. */
  readonly integer: string
  /** Digits after the point, as spelled. */
  readonly fraction: string
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/

/** Reads `12`, `-4.50`, `.5`, `1e3`; white space around is allowed. Undefined for anything else, or beyond 4,096 digits. */
export function readDecimal(text: string): Decimal | undefined {
  if (text.length > 4096) return undefined
  const match = NUMBER.exec(text.trim())
  if (match === null) return undefined
  let integer = match[2]!
  let fraction = match[3] ?? ''
  if (integer === '' && fraction === '') return undefined
  const exponent = Number(match[4] ?? 0)
  if (Math.abs(exponent) > 4096) return undefined
  if (exponent > 0) {
    integer += fraction.slice(0, exponent).padEnd(exponent, '0')
    fraction = fraction.slice(exponent)
  } else if (exponent < 0) {
    const padded = integer.padStart(-exponent, '0')
    fraction = padded.slice(padded.length + exponent) + fraction
    integer = padded.slice(0, padded.length + exponent)
  }
  let zeros = 0
  while (zeros < integer.length - 1 && integer.charCodeAt(zeros) === 0x30) zeros++
  return { negative: match[1] === '-', integer: integer.slice(zeros) || '0', fraction }
}

/** The decimal as JSON spells it: sign, digits, point and fraction if any. */
export function writeDecimal({ negative, integer, fraction }: Decimal): string {
  return `${negative ? '-' : ''}${integer}${fraction === '' ? '' : `.${fraction}`}`
}

/** The decimal times 10^places, rounded down or up: an exact integer. */
export function scaled(decimal: Decimal, places: number, direction: 'floor' | 'ceil'): bigint {
  const digits = decimal.integer + decimal.fraction.slice(0, places).padEnd(places, '0')
  const whole = /^0*$/.test(decimal.fraction.slice(places))
  const size = BigInt(digits)
  if (decimal.negative) return direction === 'floor' && !whole ? -size - 1n : -size
  return direction === 'ceil' && !whole ? size + 1n : size
}

/** An integer divided by 10^places, with exactly that many digits after the point. */
export function unscaled(number: bigint, places: number): string {
  const sign = number < 0n ? '-' : ''
  const digits = (number < 0n ? -number : number).toString().padStart(places + 1, '0')
  return places === 0 ? sign + digits : `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`
}

/** The decimal of a JavaScript number, by its shortest digits. */
export function decimalOf(number: number): Decimal {
  return readDecimal(String(number)) ?? { negative: false, integer: '0', fraction: '' }
}
