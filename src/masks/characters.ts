// Words of a text: runs of letters, digits, marks and `_`, in any script.

export const WORD = 1
export const SPACE = 2
export const OTHER = 3

/** By UTF-16 unit, read when first met; halves of pairs are never looked up. */
const kinds = new Uint8Array(0x10000)

/** Kind of the character at `i`. */
export function kindAt(text: string, i: number): number {
  const unit = text.charCodeAt(i)
  if ((unit & 0xf800) === 0xd800) return kindOf(String.fromCodePoint(text.codePointAt(i)!))
  return kinds[unit] || (kinds[unit] = kindOf(text[i]!))
}

function kindOf(character: string): number {
  return /^[\p{L}\p{M}\p{N}_]/u.test(character) ? WORD : /^\s/.test(character) ? SPACE : OTHER
}

/** UTF-16 units of the character at `i`. */
export function widthAt(text: string, i: number): number {
  return text.codePointAt(i)! > 0xffff ? 2 : 1
}

/** End of the run of characters of one kind at `i`. */
export function runEnd(text: string, i: number, kind: number): number {
  let end = i + widthAt(text, i)
  while (end < text.length && kindAt(text, end) === kind) end += widthAt(text, end)
  return end
}

/** Where the text stands `count` characters (code points) before `from`. */
export function stepBack(text: string, from: number, count: number): number {
  let at = from
  for (; count > 0 && at > 0; count--) at -= at > 1 && (text.charCodeAt(at - 1) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 2) & 0xfc00) === 0xd800 ? 2 : 1
  return at
}

/** Where it stands `count` characters after. */
export function stepOn(text: string, from: number, count: number): number {
  let at = from
  for (; count > 0 && at < text.length; count--) at += widthAt(text, at)
  return at
}
