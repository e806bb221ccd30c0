// Names of tables and columns as SQL writes them, and file names made of them.

/** The parts of a name: `"OPS"."ACCOUNT"` has two. Quotes are `"`, backticks or brackets, doubled to stand for themselves. */
export function sqlParts(name: string): string[] {
  const parts: string[] = []
  let part = ''
  let i = 0
  const spaces = (): void => {
    while (name[i] === ' ') i++
  }
  for (;;) {
    spaces()
    const open = name[i]
    const close = open === '[' ? ']' : open
    if (open === '"' || open === '`' || open === '[') {
      for (i++; ; i++) {
        const end = name.indexOf(close as string, i)
        // Not closed: it is no SQL name.
        if (end === -1) return [name]
        part += name.slice(i, end)
        i = end
        if (name[i + 1] !== close) break
        part += close
        i++
      }
      i++
      spaces()
    } else {
      const end = name.indexOf('.', i)
      part = name.slice(i, end === -1 ? undefined : end).trimEnd()
      i = end === -1 ? name.length : end
    }
    if (part === '' || (i < name.length && name[i] !== '.')) return [name]
    parts.push(part)
    part = ''
    if (i >= name.length) return parts
    i++
  }
}

/** True when two names can mean one table: they agree as far as both go, from the end. */
export function sameTable(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return false
  return agree(sqlParts(a), sqlParts(b))
}

function agree(a: readonly string[], b: readonly string[]): boolean {
  for (let i = 1; i <= Math.min(a.length, b.length); i++) if (a[a.length - i]?.toLowerCase() !== b[b.length - i]?.toLowerCase()) return false
  return true
}

/**
 * The keys under which a column stands in a record. A name with the table's own in front is the column's name; with another's,
 * the column is not of this table (`foreign`) unless dots belong to its name: both are possible.
 */
export function columnOf(name: string, table: string | undefined): { readonly names: readonly string[]; readonly foreign: boolean } {
  const parts = sqlParts(name)
  if (parts.length === 1) return { names: parts, foreign: false }
  const last = parts[parts.length - 1] as string
  const own = table !== undefined && agree(parts.slice(0, -1), sqlParts(table))
  return own ? { names: [last], foreign: false } : { names: [last, parts.join('.')], foreign: true }
}

/** Names that Windows keeps for devices. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i
const MOST_BYTES = 200

/** A file name of letters, digits, `.`, `_` and `-`, which begins with none of the last two marks nor a dot; empty if nothing is left. */
function safe(text: string): string {
  let name = ''
  let bytes = 0
  for (const char of text
    .slice(0, 1000)
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '_')) {
    bytes += Buffer.byteLength(char)
    if (bytes > MOST_BYTES) break
    name += char
  }
  const trimmed = name.replace(/^[._-]+/, '').replace(/[._-]+$/, '')
  return DEVICE.test(trimmed) ? `table_${trimmed}` : trimmed
}

/** File names for rulesets: of the table, else of the file, else of the kind; no two are alike on any file system. */
export function fileNames(rulesets: readonly { readonly table: string | undefined; readonly file: string | undefined; readonly kind: 'table' | 'file' }[]): string[] {
  const taken = new Set<string>()
  const next = new Map<string, number>()
  return rulesets.map(({ table, file, kind }) => {
    const base = safe(table === undefined ? (file ?? '').replace(/^.*\//, '').replace(/\.[A-Za-z0-9]+$/, '') : sqlParts(table).join('.')) || kind
    // Case makes no difference on some file systems.
    const key = base.toLowerCase()
    let name = base
    for (let n = next.get(key) ?? 2; taken.has(name.toLowerCase()); n++) {
      name = `${base}-${n}`
      next.set(key, n + 1)
    }
    taken.add(name.toLowerCase())
    return `${name}.yaml`
  })
}
