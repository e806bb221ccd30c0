// One body at a time: bytes in, cut anywhere, masked bytes out. Knows shapes of bodies, not where they come from.

import type { Feed, Masker } from '../../src/index.ts'
import { failureOf, HttpMaskError, type HttpFailureCode } from './failure.ts'
import type { BodyKind, MediaType } from './kinds.ts'
import { EventFeed } from './sse.ts'
import { Store } from './store.ts'

/** Masks one body. Throws HttpMaskError; afterwards it must not be used. */
export interface BodyMask {
  /** Nothing comes out before the end. */
  readonly collects: boolean
  /** Takes a chunk, which may be used again afterwards, and returns what is ready; that is the caller's. */
  push(chunk: Buffer): Buffer
  /** The rest. */
  end(): Buffer
  /** After the end of one that collects: false when what came out is what went in. */
  readonly changed: boolean
}

/** Kinds of bodies that are masked. */
export type MaskedKind = Exclude<BodyKind, 'pass' | 'refuse'>

const NONE = Buffer.alloc(0)
/** Charsets whose bytes are UTF-8. */
const UTF8: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii'])

/** True for a body whose text must be decoded before it is masked. */
export function isForeign(kind: MaskedKind, charset: string | undefined): boolean {
  if (charset === undefined || UTF8.has(charset)) return false
  return kind === 'json' || kind === 'ndjson' ? charset.startsWith('utf-16') : kind !== 'sse'
}

/** What masks a body of a kind. Throws HttpMaskError for a charset that cannot be decoded. */
export function createBodyMask(masker: Masker, kind: MaskedKind, { charset, headless }: Pick<MediaType, 'charset' | 'headless'>, maxBytes: number): BodyMask {
  const most = Math.min(maxBytes, masker.policy.max_record_bytes)
  const body = bodyMask(masker, kind, most, headless)
  return isForeign(kind, charset) ? new Decoded(body, charset!) : body
}

function bodyMask(masker: Masker, kind: MaskedKind, most: number, headless: boolean): BodyMask {
  switch (kind) {
    case 'json':
      return new Collected(most, (bytes) => maskDocument(masker, bytes, most))
    case 'scan':
      return new Collected(most, (bytes) => scan(masker, bytes, most))
    case 'sse':
      return new Events(masker, most)
    default:
      return new Records(masker, kind, most, headless)
  }
}

/** Failures of the masker that mean that a record as a whole was not masked as what it is. Values that failed are replaced by themselves. */
const FATAL = ['not_json', 'not_csv', 'oversize', 'too_deep', 'internal'] as const satisfies readonly HttpFailureCode[]

type Now = Masker['now']

/** Runs a masking and throws when a record of it was not masked as what it is. */
function checked<T>(nows: readonly Now[], run: () => T): T {
  const before = nows.map(({ errors }) => FATAL.map((code) => errors.get(code)))
  let result: T
  try {
    result = run()
  } catch (error) {
    throw failureOf(error)
  }
  nows.forEach(({ errors }, k) => {
    for (let i = 0; i < FATAL.length; i++) if (errors.get(FATAL[i]!) !== before[k]![i]) throw new HttpMaskError(FATAL[i]!)
  })
  return result
}

/** Masks one JSON document. Text stays text. */
export function maskDocument<T extends string | Buffer>(masker: Masker, document: T, maxBytes: number): T {
  const length = typeof document === 'string' ? Buffer.byteLength(document) : document.length
  if (length > Math.min(maxBytes, masker.policy.max_record_bytes)) throw new HttpMaskError('oversize')
  const { now } = masker
  const { textLines } = now
  const masked = checked<string | Buffer>([now], () => (typeof document === 'string' ? masker.json(document) : asBuffer(masker.json(document))))
  // It was masked, but as text: rules for keys and paths did not reach it.
  if (now.textLines > textLines && !isBlank(document)) throw new HttpMaskError('not_json')
  if (masked.length === 0 && length > 0) throw new HttpMaskError('dropped')
  return masked as T
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function isBlank(document: string | Buffer): boolean {
  return (typeof document === 'string' ? document : document.toString('latin1')).trim() === ''
}

/** A body of a type that says nothing: masked where it is text, refused where it is not. */
function scan(masker: Masker, bytes: Buffer, most: number): Buffer {
  if (!isText(bytes)) throw new HttpMaskError('type')
  let at = 0
  while (at < bytes.length && (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09)) at++
  if (bytes[at] === 0x7b || bytes[at] === 0x5b) {
    try {
      return maskDocument(masker, bytes, most)
    } catch (error) {
      if (!(error instanceof HttpMaskError) || error.code !== 'not_json') throw error
    }
  }
  const records = new Records(masker, 'text', most)
  const first = records.push(bytes)
  const rest = records.end()
  const masked = rest.length === 0 ? first : Buffer.concat([first, rest])
  return masked.equals(bytes) ? bytes : masked
}

/** Bytes that no text has are C0 controls other than white space and ESC. */
function isText(bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i]!
    if (c < 0x20 && (c < 9 || c > 13) && c !== 0x1b) return false
  }
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

class Collected implements BodyMask {
  readonly collects = true
  changed = false
  readonly #most: number
  readonly #mask: (bytes: Buffer) => Buffer
  readonly #store = new Store()

  constructor(most: number, mask: (bytes: Buffer) => Buffer) {
    this.#most = most
    this.#mask = mask
  }

  push(chunk: Buffer): Buffer {
    if (this.#store.size + chunk.length > this.#most) {
      this.#store.clear()
      throw new HttpMaskError('oversize')
    }
    this.#store.add(chunk)
    return NONE
  }

  end(): Buffer {
    const bytes = this.#store.take()
    if (bytes.length === 0) return bytes
    const masked = this.#mask(bytes)
    this.changed = masked !== bytes
    return masked
  }
}

/** Text of UTF-16 or UTF-32 that does not say so: browsers would tell it by its first bytes, and rules and detectors see nothing in it. */
function refuseWide(chunk: Buffer): void {
  if (chunk.includes(0)) throw new HttpMaskError('charset')
}

/** Lines of JSON or text, rows of CSV. */
class Records implements BodyMask {
  readonly collects = false
  readonly changed = true
  readonly #masker: Masker
  readonly #feed: Feed
  readonly #most: number
  readonly #lines: boolean
  /** Bytes since the last line end: rows and lines are bounded, and the feed bounds lines by policy alone. */
  #open = 0
  /** Of every version of the ruleset that was in force since the body began. */
  readonly #seen: Now[] = []

  constructor(masker: Masker, kind: 'ndjson' | 'csv' | 'tsv' | 'text', most: number, headless = false) {
    this.#masker = masker
    this.#most = most
    this.#lines = kind === 'ndjson' || kind === 'text'
    this.#seen.push(masker.now)
    this.#feed = masker.feed(kind === 'ndjson' ? { format: 'json' } : kind === 'text' ? { format: 'auto' } : { format: kind, header: !headless })
  }

  push(chunk: Buffer): Buffer {
    refuseWide(chunk)
    if (this.#lines) this.#bound(chunk)
    return this.#take(this.#feed.push(chunk))
  }

  end(): Buffer {
    const out = this.#take(this.#feed.end())
    if (this.#feed.remarks.some(({ code }) => code === 'not_csv')) throw new HttpMaskError('not_csv')
    return out
  }

  /** A ruleset that is reloaded comes into force between two lines, at a place that the feed knows. */
  #nows(): readonly Now[] {
    const { now } = this.#masker
    if (!this.#seen.includes(now)) this.#seen.push(now)
    return this.#seen
  }

  #bound(chunk: Buffer): void {
    let at = 0
    for (;;) {
      const lf = chunk.indexOf(10, at)
      this.#open += (lf < 0 ? chunk.length : lf) - at
      if (this.#open > this.#most + 1) throw new HttpMaskError('oversize')
      if (lf < 0) return
      this.#open = 0
      at = lf + 1
    }
  }

  #take(pieces: ReturnType<Feed['push']>): Buffer {
    const out: Buffer[] = []
    checked(this.#nows(), () => {
      // Pieces last until the next ones are asked for.
      for (const list of pieces) for (const piece of list) out.push(Buffer.from(piece))
    })
    return out.length === 0 ? NONE : out.length === 1 ? out[0]! : Buffer.concat(out)
  }
}

class Events implements BodyMask {
  readonly collects = false
  readonly changed = true
  readonly #masker: Masker
  readonly #feed: EventFeed

  constructor(masker: Masker, most: number) {
    this.#masker = masker
    this.#feed = new EventFeed({ data: (text) => this.#data(text), text: (text) => masker.text(text) }, most)
  }

  #data(text: string): string | undefined {
    const masked = this.#masker.json(text)
    return masked === '' ? undefined : masked
  }

  push(chunk: Buffer): Buffer {
    refuseWide(chunk)
    return this.#take(() => this.#feed.push(chunk), chunk)
  }

  end(): Buffer {
    return this.#take(() => this.#feed.end(), undefined)
  }

  #take(run: () => Buffer, chunk: Buffer | undefined): Buffer {
    // An event is masked by the ruleset in force when it is complete.
    const out = checked([this.#masker.now], run)
    return chunk !== undefined && out.buffer === chunk.buffer ? Buffer.from(out) : out
  }
}

/** Text of another charset becomes UTF-8 before it is masked. */
class Decoded implements BodyMask {
  readonly collects: boolean
  readonly changed = true
  readonly #body: BodyMask
  readonly #decoder: InstanceType<typeof TextDecoder>

  constructor(body: BodyMask, charset: string) {
    this.#body = body
    this.collects = body.collects
    try {
      this.#decoder = new TextDecoder(charset, { fatal: true })
    } catch {
      throw new HttpMaskError('charset')
    }
  }

  push(chunk: Buffer): Buffer {
    return this.#body.push(Buffer.from(this.#decode(chunk)))
  }

  end(): Buffer {
    const rest = this.#body.push(Buffer.from(this.#decode(undefined)))
    const last = this.#body.end()
    return rest.length === 0 ? last : Buffer.concat([rest, last])
  }

  #decode(chunk: Buffer | undefined): string {
    try {
      return chunk === undefined ? this.#decoder.decode() : this.#decoder.decode(chunk, { stream: true })
    } catch {
      throw new HttpMaskError('charset')
    }
  }
}
