import { InputError } from '../../src/index.ts'

/** What is done with a body: masked as one of these shapes, looked at first (`scan`), passed, or refused. */
export type BodyKind = 'json' | 'ndjson' | 'sse' | 'csv' | 'tsv' | 'text' | 'scan' | 'pass' | 'refuse'

const KINDS: ReadonlySet<string> = new Set<BodyKind>(['json', 'ndjson', 'sse', 'csv', 'tsv', 'text', 'scan', 'pass', 'refuse'])

const BUILT_IN: Readonly<Record<string, BodyKind>> = {
  'application/json': 'json',
  'text/json': 'json',
  '*/*+json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'application/x-jsonlines': 'ndjson',
  'application/stream+json': 'ndjson',
  'application/x-json-stream': 'ndjson',
  'text/event-stream': 'sse',
  'text/csv': 'csv',
  'text/tab-separated-values': 'tsv',
  'text/*': 'text',
  'application/xml': 'text',
  '*/*+xml': 'text',
  'application/javascript': 'text',
  'application/ecmascript': 'text',
  'application/yaml': 'text',
  'application/x-yaml': 'text',
  'application/toml': 'text',
  'application/sql': 'text',
  'application/graphql': 'text',
  'application/x-www-form-urlencoded': 'text',
  'application/x-sh': 'text',
  'image/*': 'pass',
  'audio/*': 'pass',
  'video/*': 'pass',
  'font/*': 'pass',
  'application/wasm': 'pass',
  'application/font-woff': 'pass',
  'application/vnd.ms-fontobject': 'pass',
}

/** Results kept; a server has few content types, and a handler that makes new ones must not fill the memory. */
const REMEMBERED = 256
const PATTERN = /^(?:\*\/\*(?:\+[\w.-]+)?|[\w!#$&^.+-]+\/(?:\*|[\w!#$&^.+-]+))$/

/** The essence of a media type (RFC 9110, 8.3.1) and its charset, in lower case. */
export interface MediaType {
  readonly type: string
  readonly charset: string | undefined
  /** `header=absent` (RFC 4180): a table without a row of names. */
  readonly headless: boolean
}

/** Takes a `Content-Type` apart; what is no media type has the type ''. */
export function mediaType(value: string): MediaType {
  const end = value.indexOf(';')
  const type = (end < 0 ? value : value.slice(0, end)).trim().toLowerCase()
  const parameters = end < 0 ? '' : value.slice(end)
  const charset = end < 0 ? undefined : /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(parameters)
  return {
    type: /^[^\s/,]+\/[^\s/,]+$/.test(type) ? type : '',
    charset: (charset?.[1] ?? charset?.[2])?.trim().toLowerCase(),
    headless: /;\s*header\s*=\s*"?absent\b/i.test(parameters),
  }
}

/** The kind of every media type, under own patterns and the built-in ones. Throws InputError for a pattern or kind that is none. */
export function compileKinds(own: Readonly<Record<string, BodyKind>>, unknown: 'scan' | 'refuse'): (type: string) => BodyKind {
  const mine = new Map<string, BodyKind>()
  for (const [pattern, kind] of Object.entries(own)) {
    const key = pattern.trim().toLowerCase()
    if (!PATTERN.test(key)) throw new InputError('bad_option', "a key of 'types' is a media type, 'type/*', '*/*+suffix' or '*/*'")
    if (!KINDS.has(kind)) throw new InputError('bad_option', `a value of 'types' is one of ${[...KINDS].join(', ')}`)
    mine.set(key, kind)
  }
  const builtIn = new Map(Object.entries(BUILT_IN))
  const seen = new Map<string, BodyKind>()
  return (type) => {
    let kind = seen.get(type)
    if (kind === undefined) {
      kind = find(mine, type) ?? find(builtIn, type) ?? mine.get('*/*') ?? unknown
      if (seen.size < REMEMBERED) seen.set(type, kind)
    }
    return kind
  }
}

function find(table: ReadonlyMap<string, BodyKind>, type: string): BodyKind | undefined {
  if (type === '') return undefined
  const slash = type.indexOf('/')
  const plus = type.lastIndexOf('+')
  return table.get(type) ?? (plus > slash ? table.get(`*/*${type.slice(plus)}`) : undefined) ?? table.get(`${type.slice(0, slash)}/*`)
}
