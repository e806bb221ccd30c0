// Server-sent events (the HTML standard, section 9.2): blocks of lines, each block an event, ended by an empty line.

import { HttpMaskError } from './failure.ts'
import { Store } from './store.ts'

const LF = 10
const CR = 13
const NONE = Buffer.alloc(0)

/** How the parts of an event are masked. */
export interface EventMasks {
  /** A value of `data`: JSON where it is JSON. Undefined: the event is dropped. */
  data(text: string): string | undefined
  /** Everything else. */
  text(text: string): string
}

/**
 * Masks a stream of events, cut anywhere. What comes out for a chunk are whole events; nothing but their masked parts differs. An LF
 * that belongs to a CR seen before goes out as it comes, so that no event waits for it.
 */
export class EventFeed {
  readonly #masks: EventMasks
  readonly #max: number
  readonly #held = new Store()
  /** The line at hand is empty so far. */
  #empty = true
  /** The last byte was a CR: an LF after it belongs to it. */
  #cr = false
  #first = true

  constructor(masks: EventMasks, maxEventBytes: number) {
    this.#masks = masks
    this.#max = maxEventBytes
  }

  push(chunk: Buffer): Buffer {
    const out: Buffer[] = []
    let from = 0
    let empty = this.#empty
    let cr = this.#cr
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk[i]!
      if (c === LF && cr) {
        cr = false
        if (this.#held.size === 0 && i === from) {
          // The event before it is out.
          out.push(chunk.subarray(i, i + 1))
          from = i + 1
        }
        continue
      }
      cr = c === CR
      if (c !== LF && !cr) {
        empty = false
        continue
      }
      if (!empty) {
        empty = true
        continue
      }
      let end = i + 1
      if (cr && chunk[end] === LF) {
        cr = false
        end++
        i++
      }
      out.push(this.#event(chunk.subarray(from, end)))
      from = end
    }
    this.#empty = empty
    this.#cr = cr
    if (from < chunk.length) this.#hold(chunk.subarray(from))
    return out.length === 0 ? NONE : out.length === 1 ? out[0]! : Buffer.concat(out)
  }

  end(): Buffer {
    return this.#held.size === 0 ? NONE : this.#event(NONE)
  }

  #hold(part: Buffer): void {
    if (this.#held.size + part.length > this.#max) throw new HttpMaskError('oversize')
    this.#held.add(part)
  }

  #event(last: Buffer): Buffer {
    let block = last
    if (this.#held.size > 0) {
      this.#held.add(last)
      block = this.#held.take()
    }
    if (block.length > this.#max) throw new HttpMaskError('oversize')
    const bom = this.#first && block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf
    this.#first = false
    if (block.length <= 2) return block
    const text = block.toString('utf8', bom ? 3 : 0)
    const masked = maskEvent(text, this.#masks)
    if (masked === text) return block
    return Buffer.from(bom ? `\ufeff${masked}` : masked)
  }
}

interface Line {
  /** The field, its colon and the space behind it. */
  readonly head: string
  readonly value: string
  readonly end: string
}

const LINE = /([^\r\n]*)(\r\n|\r|\n|$)/y

function maskEvent(text: string, masks: EventMasks): string {
  const lines: Line[] = []
  const data: string[] = []
  let at = 0
  while (at < text.length) {
    LINE.lastIndex = at
    const [whole, content, end] = LINE.exec(text) as unknown as [string, string, string]
    at += whole.length
    const head = /^data(?:: ?|$)|^(?:id|event|retry)(?:: ?|$)|^: ?/.exec(content)?.[0] ?? ''
    const value = content.slice(head.length)
    lines.push({ head, value, end })
    if (head.startsWith('data')) data.push(value)
  }
  const before = data.join('\n')
  const after = before === '' ? before : masks.data(before)
  if (after === undefined) return ''
  const values = after === before ? data : after.split(/\r\n|\r|\n/)
  let out = ''
  let next = 0
  let left = data.length
  for (const { head, value, end } of lines) {
    if (head.startsWith('data')) {
      left--
      // Lines that the masked value has more stand behind its last one; lines that it has less of go.
      const many = left === 0 ? values.length - next : 1
      for (let k = 0; k < many && next < values.length; k++) {
        const one = values[next++]!
        // What had no colon, or no space, is written so that the value is read as it is.
        const lead = one === value ? head : head === 'data' ? 'data: ' : head === 'data:' && one.startsWith(' ') ? 'data: ' : head
        out += `${lead}${one}${k < many - 1 && end === '' ? '\n' : end}`
      }
      continue
    }
    const kept = value === '' || (head.startsWith('retry') && /^\d+$/.test(value))
    out += `${head}${kept ? value : oneLine(masks.text(value))}${end}`
  }
  return out
}

/** A replacement with line ends would become fields of its own. */
function oneLine(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, ' ') : text
}
