// Check digits of text made of ASCII digits (or letters, where said). Pure; shared by the masks.

/** Value of the digit at `i`. */
function at(digits: string, i: number): number {
  return digits.charCodeAt(i) - 0x30
}

/** The check digit that Luhn wants after `digits`. */
export function luhnDigit(digits: string): number {
  let sum = 0
  for (let i = digits.length - 1, double = true; i >= 0; i--, double = !double) {
    const d = at(digits, i)
    sum += double ? (d > 4 ? 2 * d - 9 : 2 * d) : d
  }
  return (10 - (sum % 10)) % 10
}

/** True when the last digit is the Luhn check digit of the others. */
export function luhnValid(digits: string): boolean {
  return digits.length > 1 && at(digits, digits.length - 1) === luhnDigit(digits.slice(0, -1))
}

/** ISO 7064 mod 97 of upper-case letters and digits, letters counting 10 to 35. */
export function mod97(text: string): number {
  let rest = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    rest = c <= 0x39 ? (rest * 10 + c - 0x30) % 97 : (rest * 100 + c - 0x37) % 97
  }
  return rest
}

/** The two check digits of an IBAN from its country and account part (upper case). */
export function ibanDigits(country: string, account: string): string {
  return String(98 - mod97(`${account}${country}00`)).padStart(2, '0')
}

/** Sum of digits times weights, as many as there are weights. A letter counts its ASCII code less 48. */
export function weighted(digits: string, weights: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < weights.length; i++) sum += at(digits, i) * weights[i]!
  return sum
}

/** NHS number: the digit after nine, undefined where none exists. */
export function nhsDigit(nine: string): number | undefined {
  const check = (11 - (weighted(nine, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11
  return check === 10 ? undefined : check
}

/** ABA routing number: the digit after eight. */
export function abaDigit(eight: string): number {
  return (10 - (weighted(eight, [3, 7, 1, 3, 7, 1, 3, 7]) % 10)) % 10
}

/** Brazilian CPF: the two digits after nine. */
export function cpfDigits(nine: string): string {
  const first = ((weighted(nine, [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10
  const second = ((weighted(nine + first, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10
  return `${first}${second}`
}

/** New Zealand IRD number: the digit after seven or eight, undefined where none exists. */
export function nzIrdDigit(base: string): number | undefined {
  const eight = base.padStart(8, '0')
  for (const weights of [
    [3, 2, 7, 6, 5, 4, 3, 2],
    [7, 4, 3, 2, 5, 2, 7, 6],
  ]) {
    const check = (11 - (weighted(eight, weights) % 11)) % 11
    if (check < 10) return check
  }
  return undefined
}

/** EAN-8, EAN-13 and GTIN-14: the digit after the others. */
export function eanDigit(digits: string): number {
  let sum = 0
  for (let i = digits.length - 1, weight = 3; i >= 0; i--, weight = 4 - weight) sum += at(digits, i) * weight
  return (10 - (sum % 10)) % 10
}

// The dihedral group of order 10: rotations are 0-4, reflections 5-9.
function turn(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b - 5) % 5)
  return b < 5 ? 5 + ((a - 5 - b + 5) % 5) : (a - b + 5) % 5
}

const VERHOEFF = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

/** Verhoeff: the digit after the others. */
export function verhoeffDigit(digits: string): number {
  let check = 0
  for (let i = digits.length - 1, place = 1; i >= 0; i--, place++) {
    let d = at(digits, i)
    for (let turns = place % 8; turns > 0; turns--) d = VERHOEFF[d]!
    check = turn(check, d)
  }
  // The inverse: rotations negate, reflections are their own.
  return check < 5 ? (5 - check) % 5 : check
}
