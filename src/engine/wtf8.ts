// JavaScript strings may hold lone surrogates, which UTF-8 cannot: they are carried as WTF-8 (three bytes each), so that
// text around a masked value comes out as it went in.

import { decode } from './scanner.ts'

/** Bytes of a text: UTF-8, or WTF-8 where it has lone surrogates. */
export function encodeText(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text)
  const out = Buffer.allocUnsafe(text.length * 3)
  let n = 0
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c < 0xd800 || c > 0xdfff) continue
    if (c < 0xdc00 && i + 1 < text.length && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      i++
      continue
    }
    n += out.write(text.slice(from, i), n)
    out[n++] = 0xe0 | (c >> 12)
    out[n++] = 0x80 | ((c >> 6) & 63)
    out[n++] = 0x80 | (c & 63)
    from = i + 1
  }
  n += out.write(text.slice(from), n)
  return out.subarray(0, n)
}

/** Text of bytes that encodeText made; `wellFormed` as it was for the whole text. */
export function decodeText(bytes: Uint8Array, start: number, end: number, wellFormed: boolean): string {
  if (wellFormed) return decode(bytes, start, end)
  let out = ''
  let from = start
  for (let i = start; i + 2 < end; i++) {
    if (bytes[i] !== 0xed || bytes[i + 1]! < 0xa0 || bytes[i + 1]! > 0xbf) continue
    out += decode(bytes, from, i) + String.fromCharCode(0xd000 | ((bytes[i + 1]! & 63) << 6) | (bytes[i + 2]! & 63))
    from = i + 3
    i += 2
  }
  return out + decode(bytes, from, end)
}
