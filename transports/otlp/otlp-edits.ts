// Changes of protobuf bytes: ranges and what takes their place, in order. The length prefix of everything around a change is a change too:
// its place is taken before the first change inside, and filled in when the message is closed and its new length is known.

/** Ranges up to this are copied in a loop: a call costs more. */
const SHORT = 100

/** Bytes of a varint. */
export function varintSize(n: number): number {
  return n < 0x80 ? 1 : n < 0x4000 ? 2 : n < 0x20_0000 ? 3 : n < 0x1000_0000 ? 4 : 5
}

export function writeVarint(out: Uint8Array, at: number, n: number): number {
  while (n >= 0x80) {
    out[at++] = (n & 0x7f) | 0x80
    n >>>= 7
  }
  out[at++] = n
  return at
}

export class Edits {
  count = 0
  /** Bytes that the changes so far add. */
  delta = 0
  starts = new Int32Array(1024)
  ends = new Int32Array(1024)
  /** A number that is written as a varint before `outs`; -1: none. */
  numbers = new Int32Array(1024)
  outs: (Uint8Array | undefined)[] = []

  // open messages
  depth = 0
  private prefixes = new Int32Array(64)
  private contents = new Int32Array(64)
  private deltas = new Int32Array(64)
  private places = new Int32Array(64)
  /** So many of the open messages have a place among the changes; they are always the outer ones. */
  private placed = 0

  reset(): void {
    this.count = this.delta = this.depth = this.placed = 0
    if (this.outs.length > 65536) {
      this.outs = []
      this.starts = new Int32Array(1024)
      this.ends = new Int32Array(1024)
      this.numbers = new Int32Array(1024)
    }
  }

  /** A message begins: where its length stands, and its content. */
  open(prefix: number, content: number): void {
    const d = this.depth++
    if (d === this.prefixes.length) this.growFrames()
    this.prefixes[d] = prefix
    this.contents[d] = content
    this.deltas[d] = this.delta
  }

  /** It ends at `end`. */
  close(end: number): void {
    const d = --this.depth
    if (d >= this.placed) return
    this.placed = d
    const change = this.delta - this.deltas[d]!
    const at = this.places[d]!
    if (change === 0) {
      // an over-long prefix stays too
      this.ends[at] = this.starts[at]!
      return
    }
    const length = end - this.contents[d]! + change
    this.numbers[at] = length
    this.delta += varintSize(length) - (this.contents[d]! - this.prefixes[d]!)
  }

  /** [start, end) becomes `number` as a varint, if it is none below 0, and `out`. */
  add(start: number, end: number, out: Uint8Array | undefined, number: number): void {
    while (this.placed < this.depth) {
      const d = this.placed++
      this.places[d] = this.count
      this.push(this.prefixes[d]!, this.contents[d]!, undefined, -1)
    }
    this.push(start, end, out, number)
    this.delta += (number < 0 ? 0 : varintSize(number)) + (out === undefined ? 0 : out.length) - (end - start)
  }

  private push(start: number, end: number, out: Uint8Array | undefined, number: number): void {
    const n = this.count++
    if (n === this.starts.length) this.grow()
    this.starts[n] = start
    this.ends[n] = end
    this.numbers[n] = number
    this.outs[n] = out
  }

  /** Forgets what came after `count` changes that added `delta` bytes, with `depth` messages open. */
  rollback(count: number, delta: number, depth: number): void {
    this.count = count
    this.delta = delta
    this.depth = depth
    if (this.placed > depth) this.placed = depth
    while (this.placed > 0 && this.places[this.placed - 1]! >= count) this.placed--
  }

  private grow(): void {
    const bigger = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(from.length * 2)
      to.set(from)
      return to
    }
    this.starts = bigger(this.starts)
    this.ends = bigger(this.ends)
    this.numbers = bigger(this.numbers)
  }

  private growFrames(): void {
    const bigger = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(from.length * 2)
      to.set(from)
      return to
    }
    this.prefixes = bigger(this.prefixes)
    this.contents = bigger(this.contents)
    this.deltas = bigger(this.deltas)
    this.places = bigger(this.places)
  }

  /** [start, end) of the bytes with the changes from `from` to before `to`, whose messages are closed. */
  render(bytes: Buffer, start: number, end: number, from = 0, to = this.count): Buffer {
    const { starts, ends, numbers, outs } = this
    let size = end - start
    for (let k = from; k < to; k++) size += (numbers[k]! < 0 ? 0 : varintSize(numbers[k]!)) + (outs[k]?.length ?? 0) - (ends[k]! - starts[k]!)
    const out = Buffer.allocUnsafeSlow(size)
    let at = 0
    let copied = start
    for (let k = from; k < to; k++) {
      const stop = starts[k]!
      if (stop - copied < SHORT) while (copied < stop) out[at++] = bytes[copied++]!
      else {
        bytes.copy(out, at, copied, stop)
        at += stop - copied
      }
      if (numbers[k]! >= 0) at = writeVarint(out, at, numbers[k]!)
      const put = outs[k]
      if (put !== undefined) {
        const n = put.length
        if (n < SHORT) for (let i = 0; i < n; i++) out[at++] = put[i]!
        else {
          out.set(put, at)
          at += n
        }
      }
      copied = ends[k]!
    }
    bytes.copy(out, at, copied, end)
    return out
  }
}
