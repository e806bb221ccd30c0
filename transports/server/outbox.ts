// Short answers of one turn of the event loop go out one behind the other at its end: whoever reads them is woken once and not for
// each of them, and that is a good part of what a short answer costs. Nobody waits for longer than a quarter of a millisecond and the
// request at hand.

import type { FastifyReply } from 'fastify'

/** Milliseconds that an answer may wait for others. */
const LONGEST = 0.25

/** Answers that wait for the end of the turn. */
export class Outbox {
  #replies: FastifyReply[] = []
  #bodies: Buffer[] = []
  #since = 0
  readonly #flush = (): void => this.flush()

  /** Sends at the end of the turn, or before. */
  put(reply: FastifyReply, body: Buffer): void {
    if (this.#replies.length === 0) {
      this.#since = performance.now()
      setImmediate(this.#flush)
    }
    this.#replies.push(reply)
    this.#bodies.push(body)
  }

  /** Sends what has waited long enough; said before other work begins. */
  relieve(): void {
    if (this.#replies.length > 0 && performance.now() - this.#since > LONGEST) this.flush()
  }

  /** Sends all that wait. */
  flush(): void {
    const replies = this.#replies
    if (replies.length === 0) return
    const bodies = this.#bodies
    this.#replies = []
    this.#bodies = []
    for (let k = 0; k < replies.length; k++) {
      try {
        replies[k]!.send(bodies[k]!)
      } catch {
        // never: and if it did, the others have theirs
        replies[k]!.raw.destroy()
      }
    }
  }
}
