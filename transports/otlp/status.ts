// google.rpc.Status, written and read by hand: it is the body of every HTTP error and, over gRPC, the trailer that carries RetryInfo.
//
//   Status    code 1 (varint), message 2 (string), details 3 (repeated Any)
//   Any       type_url 1 (string), value 2 (bytes)
//   RetryInfo retry_delay 1 (Duration: seconds 1, nanos 2)

import type { Encoding } from './types.ts'

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo'

/** Codes of gRPC that the proxy uses or acts upon. */
export const GRPC = {
  ok: 0,
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
} as const

export interface Status {
  readonly code: number
  readonly message: string
  /** Adds a RetryInfo. */
  readonly retryMs?: number | undefined
}

/** The status as a body in the encoding of the request. */
export function encodeStatus(status: Status, encoding: Encoding): Buffer {
  const { code, message, retryMs } = status
  if (encoding === 'json') {
    const details = retryMs === undefined ? {} : { details: [{ '@type': RETRY_INFO, retryDelay: `${retryMs / 1000}s` }] }
    return Buffer.from(JSON.stringify({ code, message, ...details }))
  }
  const parts = [Buffer.concat([Buffer.from([0x08]), varint(code)]), field(2, Buffer.from(message))]
  if (retryMs !== undefined) {
    const seconds = Math.floor(retryMs / 1000)
    const nanos = Math.round((retryMs - seconds * 1000) * 1e6)
    const duration = Buffer.concat([...(seconds > 0 ? [Buffer.from([0x08]), varint(seconds)] : []), ...(nanos > 0 ? [Buffer.from([0x10]), varint(nanos)] : [])])
    parts.push(field(3, Buffer.concat([field(1, Buffer.from(RETRY_INFO)), field(2, field(1, duration))])))
  }
  return Buffer.concat(parts)
}

/** The delay of the RetryInfo in a serialised status, in milliseconds; undefined where there is none, or where it cannot be read. */
export function retryInfoOf(status: Buffer): number | undefined {
  try {
    for (const detail of submessages(status, 3)) {
      const [url] = submessages(detail, 1)
      if (url === undefined || !url.toString('latin1').endsWith('/google.rpc.RetryInfo')) continue
      const [value] = submessages(detail, 2)
      const [delay] = submessages(value ?? Buffer.alloc(0), 1)
      if (delay === undefined) return 0
      let ms = 0
      for (const { number, int } of fields(delay)) {
        if (number === 1) ms += Number(int) * 1000
        if (number === 2) ms += Number(int) / 1e6
      }
      return ms >= 0 && ms < 1e12 ? ms : undefined
    }
  } catch {
    // not a status
  }
  return undefined
}

/** `Retry-After` as milliseconds from now: seconds, or a date (RFC 9110, 10.2.3). Undefined where it is neither. */
export function retryAfterMs(header: string | undefined, now: number = Date.now()): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  if (!/^[A-Z][a-z]{2,8}, /.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

function varint(value: number): Buffer {
  const out: number[] = []
  let rest = value
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  out.push(rest)
  return Buffer.from(out)
}

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes])
}

interface Field {
  readonly number: number
  readonly int: bigint
  readonly bytes: Buffer | undefined
}

function submessages(message: Buffer, wanted: number): Buffer[] {
  return [...fields(message)].flatMap(({ number, bytes }) => (number === wanted && bytes !== undefined ? [bytes] : []))
}

/** The fields of a message, in order. Throws RangeError where it is broken. */
function* fields(message: Buffer): Generator<Field> {
  let at = 0
  const read = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message.readUInt8(at++)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, value)
    }
    throw new RangeError('varint')
  }
  while (at < message.length) {
    const tag = Number(read())
    const number = tag >>> 3
    const kind = tag & 7
    if (kind === 0) yield { number, int: read(), bytes: undefined }
    else {
      const length = kind === 1 ? 8 : kind === 5 ? 4 : kind === 2 ? Number(read()) : -1
      if (length < 0 || at + length > message.length) throw new RangeError('length')
      yield { number, int: 0n, bytes: kind === 2 ? message.subarray(at, at + length) : undefined }
      at += length
    }
  }
}
