// Names as XML 1.0 (fifth edition) spells them, colons among them.

const ASCII = new Uint8Array(128)
const START = 1
const PART = 2
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_:') ASCII[c.charCodeAt(0)] = START | PART
for (const c of '0123456789-.') ASCII[c.charCodeAt(0)] = PART

/** Ranges of code points above ASCII that begin a name, flat. */
const STARTS = [
  0xc0, 0xd6, 0xd8, 0xf6, 0xf8, 0x2ff, 0x370, 0x37d, 0x37f, 0x1fff, 0x200c, 0x200d, 0x2070, 0x218f, 0x2c00, 0x2fef, 0x3001, 0xd7ff, 0xf900, 0xfdcf, 0xfdf0, 0xfffd, 0x10000,
  0xeffff,
]
/** Those that go on with one, beside them. */
const PARTS = [0xb7, 0xb7, 0x300, 0x36f, 0x203f, 0x2040]

function within(ranges: readonly number[], code: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) if (code >= ranges[i]! && code <= ranges[i + 1]!) return true
  return false
}

/** Where the name that begins at `from` ends (UTF-16); `from` itself where there is none. */
export function nameEnd(text: string, from: number): number {
  let at = from
  while (at < text.length) {
    const unit = text.charCodeAt(at)
    if (unit < 128) {
      if ((ASCII[unit]! & (at === from ? START : PART)) === 0) break
      at++
      continue
    }
    const code = text.codePointAt(at)!
    if (!(within(STARTS, code) || (at > from && within(PARTS, code)))) break
    at += code > 0xffff ? 2 : 1
  }
  return at
}

/** True for white space between tokens. */
export function isXmlSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09
}
