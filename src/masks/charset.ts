// Groups of characters, written like `A-Z` or `a-z0-9_`. Pure; shared by `imitate_unique` and `from_format_string`.

/** The code points of a set, in the order written; ranges ascend. Undefined for a range that descends or an empty set. */
export function parseCharset(text: string): number[] | undefined {
  const points = [...text].map((character) => character.codePointAt(0)!)
  const set: number[] = []
  for (let i = 0; i < points.length; i++) {
    const from = points[i]!
    if (points[i + 1] === 0x2d && i + 2 < points.length) {
      const to = points[i + 2]!
      if (to < from || set.length + to - from >= 70_000) return undefined
      for (let point = from; point <= to; point++) set.push(point)
      i += 2
    } else set.push(from)
  }
  return set.length === 0 ? undefined : set
}
