import type { Masker } from '../../src/index.ts'

/** Values of more are not looked at: nobody makes such URLs, but to keep a server busy. */
const MOST_PARAMETERS = 1000

/** What escapes in a query or path leave of a text; undefined where they are broken. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Escapes what would be a delimiter; brackets, as in `[REDACTED]`, stay readable. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed?.() ?? text)
    .replaceAll('%5B', '[')
    .replaceAll('%5D', ']')
    .replaceAll('%3A', ':')
    .replaceAll('%40', '@')
}

/** One named value as rules for keys see it; undefined: it goes. */
export function maskNamed(masker: Masker, name: string, value: string): string | undefined {
  const masked: unknown = masker.value({ [name]: value })
  if (typeof masked !== 'object' || masked === null || !Object.hasOwn(masked, name)) return undefined
  const out = (masked as Record<string, unknown>)[name]
  return out === value ? value : typeof out === 'string' ? out : out === null || out === undefined ? '' : JSON.stringify(out)
}

/**
 * Masks a URL, absolute or relative: values of the query as `{ name: value }`, path parameters (`params`, decoded, by name) likewise, and
 * the whole by detectors. What is not masked keeps its spelling. May throw what the masker throws.
 *
 * @example maskUrl(masker, '/users/17?email=bob%40shop.example', { id: '17' })
 */
export function maskUrl(masker: Masker, url: string, params: Readonly<Record<string, unknown>> = {}): string {
  const before = split(url)
  const scanned = masker.text(url)
  // Where the scan has put delimiters in or out, each piece is scanned by itself.
  const after = delimiters(scanned) === delimiters(url) ? split(scanned) : apart(masker, before)
  const query = before.query.map((pair, i) => {
    const rest = written(pair, after.query[i]!)
    const eq = pair.indexOf('=')
    if (eq < 0) return rest
    if (i >= MOST_PARAMETERS) return `${pair.slice(0, eq)}=[REDACTED]`
    const name = decoded(pair.slice(0, eq).replaceAll('+', ' '))
    const value = decoded(pair.slice(eq + 1).replaceAll('+', ' '))
    if (name === undefined || value === undefined || name === '' || value === '') return rest
    const masked = maskNamed(masker, name, value)
    if (masked === undefined) return undefined
    return masked === value ? rest : `${pair.slice(0, eq)}=${encoded(masked)}`
  })
  // Parameters with the same value cannot be told apart: what is masked under one name is masked under all.
  const named = new Map<string, string[]>()
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'string' && value !== '' && !value.includes('/')) named.set(value, [...(named.get(value) ?? []), name])
  }
  const path = before.path.map((segment, i) => {
    const rest = written(segment, after.path[i]!)
    const value = named.size === 0 ? undefined : decoded(segment)
    for (const name of (value === undefined ? undefined : named.get(value)) ?? []) {
      const masked = maskNamed(masker, name, value!) ?? ''
      if (masked !== value) return encoded(masked)
    }
    return rest
  })
  const kept = query.filter((pair) => pair !== undefined)
  const mark = before.query.length > 0 && (kept.length > 0 || query.length === 0) ? '?' : ''
  return `${after.origin}${path.join('/')}${mark}${kept.join('&')}${written(before.fragment, after.fragment)}`
}

function delimiters(url: string): string {
  return url.replace(/[^/?#&]+/g, '')
}

/** Each piece scanned by itself, with nothing in it that would end it. */
function apart(masker: Masker, parts: Parts): Parts {
  const scan = (piece: string): string => {
    const masked = masker.text(piece)
    return masked === piece ? piece : masked.replace(/[/?#&]/g, encodeURIComponent)
  }
  const { fragment } = parts
  return { origin: masker.text(parts.origin), path: parts.path.map(scan), query: parts.query.map(scan), fragment: fragment === '' ? '' : `#${scan(fragment.slice(1))}` }
}

/** A piece that the scan has changed, with escapes for what no URL may hold. */
function written(before: string, after: string): string {
  return before === after ? after : (after.toWellFormed?.() ?? after).replace(/[^\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+/g, encodeURIComponent)
}

interface Parts {
  /** Scheme and authority. */
  readonly origin: string
  readonly path: readonly string[]
  readonly query: readonly string[]
  readonly fragment: string
}

const ORIGIN = /^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/?#]*/i

function split(url: string): Parts {
  const origin = ORIGIN.exec(url)?.[0] ?? ''
  const rest = url.slice(origin.length)
  const hash = rest.indexOf('#')
  const before = hash < 0 ? rest : rest.slice(0, hash)
  const mark = before.indexOf('?')
  return {
    origin,
    path: (mark < 0 ? before : before.slice(0, mark)).split('/'),
    query: mark < 0 ? [] : before.slice(mark + 1).split('&'),
    fragment: hash < 0 ? '' : rest.slice(hash),
  }
}
