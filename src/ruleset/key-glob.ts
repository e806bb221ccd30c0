// Key globs: a key matches at any depth, whatever its case and its `-`, `_` and spaces; `*` is any run of characters.
// Exact globs are looked up in a Set; the others are matched piece by piece, leftmost first, in linear time.

const IGNORED = /[-_ ]+/g

/** Both sides of a comparison: lower case without `-`, `_` and spaces. */
export function normalKey(key: string): string {
  if (key === lastKey) return lastNormal
  const normal = key.toLowerCase().replace(IGNORED, '')
  if (key.length <= LONGEST_KEPT) {
    lastKey = key
    lastNormal = normal
  }
  return normal
}

/** Many rules are asked about one key, one after the other: the last answer is kept. */
const LONGEST_KEPT = 256
let lastKey = ''
let lastNormal = ''

/** What is wrong with a key glob, or undefined. */
export function checkKeyGlob(glob: string): { readonly message: string; readonly at: number } | undefined {
  if (glob === '') return { message: 'a key glob cannot be empty', at: 0 }
  if (glob.length > 256) return { message: 'a key glob has at most 256 characters', at: 256 }
  const control = glob.search(/[\u0000-\u001f\u007f]/)
  if (control !== -1) return { message: 'a key glob holds no control characters', at: control }
  if (normalKey(glob) === '') return { message: "'-', '_' and spaces do not count in a key glob: nothing is left", at: 0 }
  return undefined
}

interface WildGlob {
  readonly first: string
  readonly middle: readonly string[]
  readonly last: string
  readonly length: number
}

function matchesWild(glob: WildGlob, key: string): boolean {
  if (key.length < glob.length || !key.startsWith(glob.first) || !key.endsWith(glob.last)) return false
  let at = glob.first.length
  const end = key.length - glob.last.length
  for (const piece of glob.middle) {
    const found = key.indexOf(piece, at)
    if (found === -1 || found + piece.length > end) return false
    at = found + piece.length
  }
  return true
}

/** Globs of one kind (with or without dots) compiled together. */
class GlobSet {
  readonly exact = new Map<string, number>()
  readonly wild: { readonly glob: WildGlob; readonly index: number }[] = []

  add(normal: string, index: number): void {
    if (!normal.includes('*')) {
      if (!this.exact.has(normal)) this.exact.set(normal, index)
      return
    }
    const pieces = normal.split('*')
    const first = pieces[0] ?? ''
    const last = pieces[pieces.length - 1] ?? ''
    const middle = pieces.slice(1, -1).filter((piece) => piece !== '')
    this.wild.push({ glob: { first, middle, last, length: pieces.join('').length }, index })
  }

  collect(key: string, found: Set<number>, same: readonly (readonly number[])[]): void {
    const exact = this.exact.get(key)
    if (exact !== undefined) for (const index of same[exact] ?? [exact]) found.add(index)
    for (const { glob, index } of this.wild) if (matchesWild(glob, key)) found.add(index)
  }

  has(key: string): boolean {
    if (this.exact.has(key)) return true
    for (const { glob } of this.wild) if (matchesWild(glob, key)) return true
    return false
  }
}

export interface KeyGlobs {
  /** True when any glob matches the key. */
  matches(key: string): boolean
  /** Indexes of every glob that matches, ascending. */
  all(key: string): readonly number[]
}

/**
 * Compiles key globs.
 * @example compileKeyGlobs(['*token']).matches('x-csrf-token') // true
 */
export function compileKeyGlobs(globs: readonly string[]): KeyGlobs {
  const withDots = new GlobSet()
  const withoutDots = new GlobSet()
  const firstOf = new Map<string, number>()
  const same: number[][] = []
  for (const [index, glob] of globs.entries()) {
    const normal = normalKey(glob)
    const first = firstOf.get(normal)
    same.push([index])
    if (first !== undefined) {
      same[first]?.push(index)
      if (!normal.includes('*')) continue
    } else firstOf.set(normal, index)
    ;(normal.includes('.') ? withDots : withoutDots).add(normal, index)
  }
  const lastPart = (normal: string): string | undefined => {
    const dot = normal.lastIndexOf('.')
    return dot === -1 || dot === normal.length - 1 ? undefined : normal.slice(dot + 1)
  }
  return {
    matches(key) {
      const normal = normalKey(key)
      if (withoutDots.has(normal) || withDots.has(normal)) return true
      const last = lastPart(normal)
      return last !== undefined && withoutDots.has(last)
    },
    all(key) {
      const normal = normalKey(key)
      const found = new Set<number>()
      withDots.collect(normal, found, same)
      withoutDots.collect(normal, found, same)
      const last = lastPart(normal)
      if (last !== undefined) withoutDots.collect(last, found, same)
      return [...found].sort((a, b) => a - b)
    },
  }
}
