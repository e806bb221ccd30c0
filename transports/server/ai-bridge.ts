// An AI engine for masks, which are synchronous. A worker that needs one asks the main thread and sleeps until there is an answer:
//
//   worker: texts ── message ──> main thread: POST <url>/v1/detect ── answer on a port, wake ──> worker
//
// Only workers can sleep. In the main thread there is no engine.

import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { AiEngine, AiLabel, AiSpan } from '../../src/index.ts'

/** What a worker asks. */
export interface AiQuestion {
  readonly kind: 'ai'
  readonly port: MessagePort
  readonly flag: SharedArrayBuffer
  readonly url: string
  readonly texts: readonly string[]
  readonly labels: readonly AiLabel[]
}

const MOST_ANSWER = 8 << 20

/** The engine of a worker: `post` sends a question to the main thread. Throws when there is no usable answer. */
export function sleepingEngine(post: (question: AiQuestion, transfer: MessagePort[]) => void, url: () => string | undefined, timeout: number): AiEngine {
  return (texts, labels) => {
    const to = url()
    if (to === undefined) throw new Error('no engine')
    const flag = new SharedArrayBuffer(4)
    const { port1, port2 } = new MessageChannel()
    try {
      post({ kind: 'ai', port: port2, flag, url: to, texts, labels }, [port2])
      Atomics.wait(new Int32Array(flag), 0, 0, timeout + 1000)
      const answer = receiveMessageOnPort(port1) as { message: { spans?: AiSpan[][] } } | undefined
      if (answer?.message.spans === undefined) throw new Error('no answer')
      return answer.message.spans
    } finally {
      port1.close()
    }
  }
}

/** Answers a question, in the main thread. Never throws: without a usable answer there are no spans. */
export async function answerQuestion({ port, flag, url, texts, labels }: AiQuestion, timeout: number): Promise<void> {
  let spans: unknown
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}/v1/detect`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ texts, labels }),
      // where it leads is on no list
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    })
    if (response.status === 200) spans = ((await bounded(response)) as { spans?: unknown }).spans
    else await response.body?.cancel()
  } catch {
    // its words could quote the texts
  }
  port.postMessage({ spans })
  Atomics.store(new Int32Array(flag), 0, 1)
  Atomics.notify(new Int32Array(flag), 0)
  port.close()
}

async function bounded(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    total += chunk.length
    if (total > MOST_ANSWER) throw new Error('too long')
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString()) as unknown
}
