import type { TraceStateLike } from './types.ts'

/** W3C Trace Context, level 2: length of a whole `tracestate`. */
const MOST = 512
const KEY = /^[a-z0-9][a-z0-9_\-*/@]{0,255}$/
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/**
 * The members of a `tracestate`, for the view: text for one, a list for several, so that each is read by itself. Undefined for none.
 */
export function membersOf(state: TraceStateLike | undefined): string | readonly string[] | undefined {
  const text = state?.serialize()
  if (typeof text !== 'string' || text === '') return undefined
  return text.includes(',') ? text.split(',').map((member) => member.trim()) : text
}

/**
 * A `tracestate` of what became of the members. One that is no longer valid goes, and so do the last ones when all of them together are too
 * long. Undefined when none is left. `maskedValue` tells what becomes of the value of a member by itself: a rule that replaces a whole member
 * means its value.
 */
export function traceStateOf(
  before: string | readonly string[] | undefined,
  after: unknown,
  maskedValue: (key: string, value: string) => string | undefined,
): TraceStateLike | undefined {
  if (before === undefined) return undefined
  const were = typeof before === 'string' ? [before] : before
  const texts = (Array.isArray(after) ? (after as readonly unknown[]) : [after]).map((text, i, all) => {
    if (typeof text !== 'string' || text.includes('=') || all.length !== were.length) return text
    const [key, value] = parted(were[i]!)
    const masked = key === '' ? undefined : maskedValue(key, value)
    return masked === undefined ? undefined : `${key}=${masked}`
  })
  const entries = new Map<string, string>()
  let length = 0
  for (const text of texts) {
    if (typeof text !== 'string') continue
    const [key, value] = parted(text)
    // as it came: whoever set it answers for its form
    if (key === '' || entries.has(key) || !(were.includes(text) || (KEY.test(key) && VALUE.test(value)))) continue
    length += text.length + (entries.size > 0 ? 1 : 0)
    if (length > MOST && !same(were, texts)) break
    entries.set(key, value)
  }
  return entries.size === 0 ? undefined : new MaskedTraceState(entries)
}

/** Key and value of a member; no key: it is none. */
function parted(member: string): [string, string] {
  const at = member.indexOf('=')
  return at < 0 ? ['', member] : [member.slice(0, at), member.slice(at + 1)]
}

function same(a: readonly string[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i])
}

/** Immutable, newest member first, as the API asks for. */
class MaskedTraceState implements TraceStateLike {
  readonly #entries: ReadonlyMap<string, string>

  constructor(entries: ReadonlyMap<string, string>) {
    this.#entries = entries
  }

  get(key: string): string | undefined {
    return this.#entries.get(key)
  }

  set(key: string, value: string): TraceStateLike {
    const rest = [...this.#entries].filter(([name]) => name !== key)
    return new MaskedTraceState(new Map([[key, value], ...rest]))
  }

  unset(key: string): TraceStateLike {
    return new MaskedTraceState(new Map([...this.#entries].filter(([name]) => name !== key)))
  }

  serialize(): string {
    return [...this.#entries].map(([key, value]) => `${key}=${value}`).join(',')
  }
}
