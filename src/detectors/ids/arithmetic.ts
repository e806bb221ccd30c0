// Arithmetic that several identifiers share. Pure; every function takes any string and answers without throwing.

/** Value of the digit at `i`. */
export function digitAt(id: string, i: number): number {
  return id.charCodeAt(i) - 0x30
}

/** Letters A to Z as 1 to 26. */
export function letterAt(id: string, i: number): number {
  return id.charCodeAt(i) - 0x40
}

/** The number that the digits from `from` to before `to` write. */
export function numberAt(id: string, from: number, to: number): number {
  return Number(id.slice(from, to))
}

/** True when all characters are the same. */
export function oneRepeated(id: string): boolean {
  for (let i = 1; i < id.length; i++) if (id.charCodeAt(i) !== id.charCodeAt(0)) return false
  return true
}

/** A day of the Gregorian calendar. */
export function realDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  if (month === 2) return day <= (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28)
  return day <= (month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31)
}

/** `YYMMDD` at `at`. The century, where unknown, is the one in which 29 February of year 00 exists. */
export function yymmdd(id: string, at: number, century = 2000): boolean {
  return realDate(century + numberAt(id, at, at + 2), numberAt(id, at + 2, at + 4), numberAt(id, at + 4, at + 6))
}

/** `DDMMYY` at `at`. */
export function ddmmyy(id: string, at: number, century = 2000): boolean {
  return realDate(century + numberAt(id, at + 4, at + 6), numberAt(id, at + 2, at + 4), numberAt(id, at, at + 2))
}

/** ISO 7064 mod 11,10: the digit after the others. */
export function mod1110Digit(digits: string): number {
  let product = 10
  for (let i = 0; i < digits.length; i++) product = (((product + digitAt(digits, i)) % 10 || 10) * 2) % 11
  return (11 - product) % 10
}

/** Sum of the decimal digits of every digit times its weight. */
export function digitSums(digits: string, weights: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < weights.length; i++) {
    const product = digitAt(digits, i) * weights[i]!
    sum += (product % 10) + Math.floor(product / 10)
  }
  return sum
}

/** `11 - r`, as most mod 11 ids count: 10 and 11 become 0. */
export function elevenLess(rest: number): number {
  return rest < 2 ? 0 : 11 - rest
}
