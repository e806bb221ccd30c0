// Threads for large bodies, one request each at a time. A thread that takes too long is ended, and another one takes its place.

import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { MaskedCount } from '../../src/index.ts'
import { answerQuestion } from './ai-bridge.ts'
import type { AiQuestion } from './ai-bridge.ts'
import { refuse, Refusal } from './errors.ts'
import type { Log } from './log.ts'
import type { MaskAnswer } from './masking.ts'
import type { Plan } from './plans.ts'
import type { ToWorker, WorkerPlan, WorkerSettings } from './worker.ts'

interface Job {
  readonly plan: Plan
  readonly body: Buffer
  readonly done: (answer: MaskAnswer) => void
  readonly failed: (error: Error) => void
}

type FromWorker =
  | AiQuestion
  | { readonly kind: 'done'; readonly id: number; readonly answer: Omit<MaskAnswer, 'body'> & { readonly body: Uint8Array }; readonly counted: readonly Counted[] }
  | {
      readonly kind: 'failed'
      readonly id: number
      readonly refusal: Pick<Refusal, 'status' | 'body' | 'headers'> | undefined
      readonly what: string
      readonly counted: readonly Counted[]
    }

interface Counted {
  readonly plan: string
  readonly counts: readonly MaskedCount[]
}

interface Thread {
  readonly worker: Worker
  job: Job | undefined
  timer: NodeJS.Timeout | undefined
}

/** Where the worker's code is, in a build. */
export const workerFile = (): string => join(import.meta.dirname, 'worker.cjs')

export class Pool {
  readonly #size: number
  readonly #settings: WorkerSettings
  readonly #timeout: number
  readonly #log: Log
  readonly #report: (plan: string, counts: readonly MaskedCount[]) => void
  readonly #file: string
  readonly #threads: Thread[] = []
  readonly #queue: Job[] = []
  #ids = 0
  #closed = false

  constructor(size: number, settings: WorkerSettings, timeout: number, log: Log, report: (plan: string, counts: readonly MaskedCount[]) => void, file = workerFile()) {
    this.#size = size
    this.#settings = settings
    this.#timeout = timeout
    this.#log = log
    this.#report = report
    this.#file = file
  }

  /** Masks a body in a thread. Takes its memory. Throws Refusal. */
  mask(plan: Plan, body: Buffer): Promise<MaskAnswer> {
    return new Promise((done, failed) => {
      this.#queue.push({ plan, body, done, failed })
      this.#next()
    })
  }

  /** Plans whose seed files have changed are compiled again. */
  drop(name: string): void {
    for (const { worker } of this.#threads) worker.postMessage({ kind: 'drop', name } satisfies ToWorker)
  }

  #next(): void {
    while (this.#queue.length > 0) {
      let thread = this.#threads.find(({ job }) => job === undefined)
      // threads are made when they are needed
      if (thread === undefined && this.#threads.length < this.#size) thread = this.#start()
      if (thread === undefined) return
      this.#give(thread, this.#queue.shift()!)
    }
  }

  #give(thread: Thread, job: Job): void {
    thread.job = job
    const { name, serial, options, schema, schema_mode, ruleset_yaml } = job.plan
    const plan: WorkerPlan = { name, serial, options, schema, schema_mode, ruleset_yaml }
    // memory that others have a part of cannot be given away
    const body = job.body.buffer.byteLength === job.body.length ? job.body : Uint8Array.prototype.slice.call(job.body)
    const message: ToWorker = { kind: 'mask', id: ++this.#ids, plan, body }
    thread.worker.postMessage(message, [body.buffer as ArrayBuffer])
    thread.timer = setTimeout(() => {
      this.#log('error', 'masking took too long: its thread was ended', { plan: name })
      this.#end(thread)
      job.failed(refuse(503, 'Masking took too long.', { 'Retry-After': '1' }))
      this.#next()
    }, this.#timeout)
  }

  #start(): Thread {
    const worker = new Worker(this.#file, { workerData: this.#settings, stdout: false, stderr: false })
    worker.unref()
    const thread: Thread = { worker, job: undefined, timer: undefined }
    this.#threads.push(thread)
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'ai') return void answerQuestion(message, this.#settings.aiEngine.timeout)
      for (const { plan, counts } of message.counted) this.#report(plan, counts)
      const { job } = thread
      clearTimeout(thread.timer)
      thread.job = undefined
      if (message.kind === 'done') {
        const { body, ...rest } = message.answer
        job?.done({ ...rest, body: Buffer.from(body.buffer, body.byteOffset, body.length) })
      } else if (message.refusal !== undefined) job?.failed(new Refusal(message.refusal.status, message.refusal.body, message.refusal.headers))
      else {
        this.#log('error', 'masking failed in a thread', { error: message.what })
        job?.failed(new Error('masking failed in a thread'))
      }
      this.#next()
    })
    const lost = (): void => {
      if (!this.#threads.includes(thread)) return
      this.#end(thread)
      if (!this.#closed) this.#log('error', 'a masking thread has ended unexpectedly')
      thread.job?.failed(new Error('a masking thread has ended'))
      this.#next()
    }
    worker.on('error', lost)
    worker.on('exit', lost)
    return thread
  }

  #end(thread: Thread): void {
    clearTimeout(thread.timer)
    const at = this.#threads.indexOf(thread)
    if (at >= 0) this.#threads.splice(at, 1)
    void thread.worker.terminate()
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(
      this.#threads.splice(0).map(({ worker, timer }) => {
        clearTimeout(timer)
        return worker.terminate()
      }),
    )
  }
}
