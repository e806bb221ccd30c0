import { createHash } from 'node:crypto'

// What the makers of seed files share: an order and numbers that depend on nothing but the text.

/** A fixed order that mixes locales and letters: neighbours have nothing in common. */
function rank(list: string, text: string): string {
  return createHash('sha256').update(`mask-logs seeds 1\n${list}\n${text}`).digest('hex')
}

export function inOrder<T>(list: string, items: readonly T[], text: (item: T) => string): T[] {
  const ranked = items.map((item) => [rank(list, text(item)), item] as const)
  ranked.sort((a, b) => (a[0] < b[0] ? -1 : 1))
  return ranked.map((entry) => entry[1])
}

/** Numbers below `n`, the same for the same list and text. 48 bits of a hash each: the bias of the remainder is below 1 in 10^9. */
export function numbers(list: string, text: string): (n: number) => number {
  let count = 0
  return (n) => {
    count += 1
    return Number.parseInt(rank(`${list} ${count}`, text).slice(0, 12), 16) % n
  }
}

export function pick<T>(items: readonly T[], draw: (n: number) => number): T {
  return items[draw(items.length)]!
}

export function csv(rows: readonly (readonly string[])[]): string {
  // No cell may need quotes: names are words, and the other lists are ours.
  if (rows.some((row) => row.some((cell) => /[",\r\n]/.test(cell)))) throw new Error('a cell would need quotes')
  return rows.map((row) => `${row.join(',')}\n`).join('')
}

/** A list of one column. */
export function single(header: string, items: readonly string[]): string {
  return csv([[header], ...inOrder(header, items, (item) => item).map((item) => [item])])
}
