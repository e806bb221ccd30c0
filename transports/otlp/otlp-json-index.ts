// A first pass over a JSON body: strict (RFC 8259), iterative, and it notes where each object and list ends, so that the walker can step over any value.
import { invalid } from './otlp-record.ts'

/** Ends the scan of a string: quote, backslash, control characters. */
const STOP = new Uint8Array(256)
for (let c = 0; c < 0x20; c++) STOP[c] = 1
STOP[0x22] = STOP[0x5c] = 1

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const BAD = 'the body is not JSON'

/** One member of an object. */
export interface Member {
  readonly key: string
  /** From the opening quote of the key on. */
  readonly entry: number
  readonly start: number
  readonly end: number
}

/** Where the containers of a JSON text begin and end. */
export class JsonIndex {
  readonly bytes: Buffer
  private starts = new Int32Array(1024)
  private ends = new Int32Array(1024)
  private count = 0
  /** Of the value of the text. */
  readonly start: number

  constructor(bytes: Buffer) {
    this.bytes = bytes
    this.start = this.blank(0)
    this.scan()
  }

  /** The first byte at or after i that is no white space. */
  blank(i: number): number {
    const { bytes } = this
    for (;;) {
      const c = bytes[i]
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return i
      i++
    }
  }

  private scan(): void {
    const { bytes } = this
    const n = bytes.length
    /** Numbers of the open containers. */
    let open = new Int32Array(64)
    let depth = 0
    let i = this.start
    for (;;) {
      // a value
      const c = bytes[i]
      if (c === 0x7b || c === 0x5b) {
        if (depth === open.length) {
          const more = new Int32Array(2 * depth)
          more.set(open)
          open = more
        }
        if (this.count === this.starts.length) this.grow()
        this.starts[this.count] = i
        open[depth++] = this.count++
        const object = c === 0x7b
        i = this.blank(i + 1)
        if (bytes[i] !== (object ? 0x7d : 0x5d)) {
          if (object) i = this.colon(i)
          continue
        }
      } else {
        i = this.scalar(i)
        i = this.blank(i)
        if (depth === 0) break
      }
      // a value is complete, or a container is empty
      let ended = false
      for (;;) {
        const container = open[depth - 1]!
        const object = bytes[this.starts[container]!] === 0x7b
        const d = bytes[i]
        if (d === 0x2c) {
          i = this.blank(i + 1)
          if (object) i = this.colon(i)
          break
        }
        if (d !== (object ? 0x7d : 0x5d)) throw invalid(BAD)
        this.ends[container] = ++i
        i = this.blank(i)
        if (--depth === 0) {
          ended = true
          break
        }
      }
      if (ended) break
    }
    if (i < n) throw invalid(BAD)
  }

  /** A key and its colon; returns where the value begins. */
  private colon(i: number): number {
    if (this.bytes[i] !== 0x22) throw invalid(BAD)
    i = this.blank(this.string(i))
    if (this.bytes[i] !== 0x3a) throw invalid(BAD)
    return this.blank(i + 1)
  }

  private string(i: number): number {
    const { bytes } = this
    for (i++; ; ) {
      let c = bytes[i]
      while (c !== undefined && STOP[c] === 0) c = bytes[++i]
      if (c === 0x22) return i + 1
      if (c !== 0x5c) throw invalid(BAD)
      const e = bytes[i + 1]
      if (e === 0x75) {
        for (let k = 2; k < 6; k++) if (!isHex(bytes[i + k])) throw invalid(BAD)
        i += 6
      } else if (e === 0x22 || e === 0x5c || e === 0x2f || e === 0x62 || e === 0x66 || e === 0x6e || e === 0x72 || e === 0x74) i += 2
      else throw invalid(BAD)
    }
  }

  private scalar(i: number): number {
    const { bytes } = this
    if (bytes[i] === 0x22) return this.string(i)
    const end = this.lexeme(i)
    const text = bytes.toString('latin1', i, end)
    if (text !== 'true' && text !== 'false' && text !== 'null' && !NUMBER.test(text)) throw invalid(BAD)
    return end
  }

  private lexeme(i: number): number {
    const { bytes } = this
    for (;;) {
      const c = bytes[i]
      if (c === undefined || !((c >= 0x30 && c <= 0x39) || (c >= 0x61 && c <= 0x7a) || c === 0x2d || c === 0x2b || c === 0x2e || c === 0x45)) return i
      i++
    }
  }

  private grow(): void {
    const starts = new Int32Array(this.starts.length * 2)
    starts.set(this.starts)
    this.starts = starts
    const ends = new Int32Array(this.ends.length * 2)
    ends.set(this.ends)
    this.ends = ends
  }

  /** The end of the value at i. */
  end(i: number): number {
    const { bytes } = this
    const c = bytes[i]
    if (c === 0x22) {
      for (i++; ; i++) {
        const d = bytes[i]!
        if (d === 0x22) return i + 1
        if (d === 0x5c) i++
      }
    }
    if (c !== 0x7b && c !== 0x5b) return this.lexeme(i)
    // the containers are noted in the order of their starts
    let low = 0
    let high = this.count - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.starts[middle]! < i) low = middle + 1
      else high = middle
    }
    return this.ends[low]!
  }

  /** The members of the object at i. */
  members(i: number): Member[] {
    const { bytes } = this
    const out: Member[] = []
    i = this.blank(i + 1)
    while (bytes[i] === 0x22) {
      const entry = i
      const keyEnd = this.end(i)
      const start = this.blank(this.blank(keyEnd) + 1)
      const end = this.end(start)
      out.push({ key: this.text(entry, keyEnd), entry, start, end })
      i = this.blank(end)
      if (bytes[i] === 0x2c) i = this.blank(i + 1)
    }
    return out
  }

  /** The first item of the list at i; -1: it is empty. */
  first(i: number): number {
    i = this.blank(i + 1)
    return this.bytes[i] === 0x5d ? -1 : i
  }

  /** The item behind one that ends at `end`; -1: there is none. */
  after(end: number): number {
    const i = this.blank(end)
    return this.bytes[i] === 0x2c ? this.blank(i + 1) : -1
  }

  /** The string token in [start, end) as text. */
  text(start: number, end: number): string {
    const { bytes } = this
    for (let i = start + 1; i < end - 1; i++) if (bytes[i] === 0x5c) return JSON.parse(bytes.toString('utf8', start, end)) as string
    return bytes.toString('utf8', start + 1, end - 1)
  }
}

function isHex(c: number | undefined): boolean {
  return c !== undefined && ((c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66))
}
