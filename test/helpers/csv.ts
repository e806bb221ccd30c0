// CSV the slow and obvious way, for tests.

/** One cell: what it says, and the text that says it. */
export interface Cell {
  readonly text: string
  readonly raw: string
}

/** One row with its line end. */
export interface Row {
  readonly cells: readonly Cell[]
  readonly end: string
}

/** Reads CSV that is well-formed, character by character. Empty lines are rows without cells. */
export function parseCsv(text: string, delimiter = ','): Row[] {
  const rows: Row[] = []
  let cells: Cell[] = []
  let i = 0
  const lineEnd = (): string => /^(\r\n|\n|\r)?/.exec(text.slice(i, i + 2))![0]
  while (i < text.length) {
    if (cells.length === 0 && lineEnd() !== '') {
      rows.push({ cells: [], end: lineEnd() })
      i += lineEnd().length
      continue
    }
    const from = i
    let value = ''
    if (text[i] === '"') {
      for (i++; !(text[i] === '"' && text[i + 1] !== '"'); i++) {
        if (i >= text.length) throw new Error('a quote is open')
        if (text[i] === '"') i++
        value += text[i]
      }
      i++
      while (text[i] !== delimiter && (text[i] === ' ' || text[i] === '\t')) i++
    } else for (; i < text.length && text[i] !== delimiter && lineEnd() === ''; i++) value += text[i]
    cells.push({ text: value, raw: text.slice(from, i) })
    if (text[i] === delimiter) {
      i++
      if (i < text.length) continue
      cells.push({ text: '', raw: '' })
    }
    rows.push({ cells, end: lineEnd() })
    i += lineEnd().length
    cells = []
  }
  return rows
}
