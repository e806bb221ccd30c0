// Several processes on one port: node:cluster hands the connections out. The first process masks nothing; it starts the others, ends them,
// and shows their metrics as one page.

import cluster, { type Worker } from 'node:cluster'
import { randomBytes } from 'node:crypto'
import { InputError, RulesetError } from '../../src/index.ts'
import { startAdmin, type Admin } from '../edge/admin.ts'
import { errorKind, type Log } from '../edge/log.ts'
import { sumMetrics } from '../edge/metrics.ts'
import type { OtlpCommand } from './command.ts'
import { createOtlpProxy } from './index.ts'
import { settle, type OtlpProxyOptions } from './options.ts'
import type { OtlpProxy } from './proxy.ts'
import { tellReady } from './ready.ts'
import { inFlags } from './spelling.ts'

type ToWorker =
  | { readonly kind: 'start'; readonly instanceId: string; readonly runSecret: string | undefined }
  | { readonly kind: 'metrics'; readonly id: number }
  | { readonly kind: 'reload' }
  | { readonly kind: 'drain'; readonly ms: number }
type FromWorker =
  | { readonly kind: 'ready'; readonly addresses: OtlpProxy['addresses'] }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'metrics'; readonly id: number; readonly metrics: object[] }

const METRICS_MS = 2000
const MOST_FD = 64
/** A worker that has ended by itself is replaced after so long. */
const RESTART_MS = 1000

/** The first process. Returns the exit code. */
export async function runWorkers(
  command: OtlpCommand,
  options: OtlpProxyOptions,
  { log, workers: count, drainMs }: { readonly log: Log; readonly workers: number; readonly drainMs: number },
): Promise<number> {
  const settings = settle(options)
  // All of them answer for the same loop, and the same value has the same pseudonym in each.
  const start: ToWorker = {
    kind: 'start',
    instanceId: randomBytes(16).toString('hex'),
    runSecret: options.runSecret === undefined ? randomBytes(32).toString('base64url') : undefined,
  }
  const ready = new Map<Worker, OtlpProxy['addresses']>()
  let started = false
  let ending = false
  let clean = true
  let admin: Admin | undefined
  let finish: (code: number) => void = () => {}
  const finished = new Promise<number>((done) => {
    finish = done
  })
  const asked = new Map<number, { readonly parts: object[][]; left: number; done(): void }>()
  let asks = 0
  const askAll = async (): Promise<object[][]> => {
    const id = asks++
    const workers = [...ready.keys()]
    const parts: object[][] = []
    await new Promise<void>((done) => {
      if (workers.length === 0) return done()
      const timer = setTimeout(done, METRICS_MS)
      asked.set(id, { parts, left: workers.length, done: () => (clearTimeout(timer), done()) })
      for (const worker of workers) worker.send({ kind: 'metrics', id } satisfies ToWorker)
    })
    asked.delete(id)
    return parts
  }
  if (settings.listenAdmin !== undefined) {
    try {
      admin = await startAdmin(settings.listenAdmin, {
        notReady: () => (ending ? 'draining' : ready.size > 0 ? undefined : 'starting'),
        metrics: async () => sumMetrics(await askAll()),
      })
    } catch (error) {
      throw new InputError('bad_option', `listenAdmin: cannot listen there (${(error as { code?: string }).code ?? errorKind(error)})`)
    }
  }

  const fork = (): void => {
    const worker = cluster.fork()
    worker.on('error', () => {})
    worker.send(start)
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'ready') {
        ready.set(worker, message.addresses)
        if (!started && ready.size === count) {
          started = true
          command.started([])
          tellReady(log, { ...message.addresses, ...(admin === undefined ? {} : { admin: admin.address }) }, { workers: count })
        }
      } else if (message.kind === 'metrics') {
        const ask = asked.get(message.id)
        if (ask === undefined) return
        ask.parts.push(message.metrics)
        if (--ask.left === 0) ask.done()
      } else if (!started && !ending) {
        ending = true
        command.write(`mask-logs: ${message.message}\n`)
        clean = false
        for (const other of Object.values(cluster.workers ?? {})) other?.process.kill('SIGKILL')
      }
    })
    worker.on('exit', (code, signal) => {
      ready.delete(worker)
      if (ending) {
        if (code !== 0) clean = false
        if (Object.keys(cluster.workers ?? {}).length === 0) finish(clean ? 0 : started ? 1 : 2)
        return
      }
      log('error', 'a worker has ended by itself', { worker: worker.id, code: code ?? undefined, signal: signal ?? undefined })
      if (!started) {
        ending = true
        clean = false
        for (const other of Object.values(cluster.workers ?? {})) other?.process.kill('SIGKILL')
        if (Object.keys(cluster.workers ?? {}).length === 0) finish(1)
        return
      }
      setTimeout(() => {
        if (!ending) fork()
      }, RESTART_MS)
    })
  }
  const tell = (message: ToWorker): void => {
    for (const worker of Object.values(cluster.workers ?? {})) if (worker?.isConnected()) worker.send(message)
  }
  let asking = false
  const off = command.onSignal(['SIGTERM', 'SIGINT', 'SIGHUP'], (signal) => {
    if (signal === 'SIGHUP') return tell({ kind: 'reload' })
    if (asking) {
      for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL')
      return finish(1)
    }
    asking = true
    ending = true
    log('info', 'ending: what was accepted is answered', { signal })
    if (Object.keys(cluster.workers ?? {}).length === 0) return finish(0)
    tell({ kind: 'drain', ms: drainMs })
    // The workers end by themselves; one that does not is ended.
    setTimeout(() => {
      clean = false
      for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL')
    }, drainMs + 5000).unref()
  })
  // a descriptor of ours is theirs only when it is handed on
  const { findings: fd } = options
  if (typeof fd === 'number' && fd > 2) {
    if (fd > MOST_FD) throw new InputError('bad_option', `findings: with workers, a descriptor up to ${MOST_FD}`)
    const stdio = Array.from({ length: fd + 1 }, (_, k): 'inherit' | 'ignore' | number => (k <= 2 ? 'inherit' : k === fd ? fd : 'ignore'))
    cluster.setupPrimary({ stdio: [...stdio, 'ipc'] })
  }
  for (let i = 0; i < count; i++) fork()
  const code = await finished
  off()
  await admin?.close()
  if (started) log(code === 0 ? 'info' : 'error', code === 0 ? 'ended' : 'ended in the time that was left: requests were dropped')
  return code
}

/** One of the processes that mask. Returns the exit code. */
export async function runWorker(command: OtlpCommand, options: OtlpProxyOptions & { readonly log: Log }): Promise<number> {
  const send = (message: FromWorker): void => void process.send?.(message)
  // Of a terminal every process gets the signal: the first one decides what comes of it.
  command.onSignal(['SIGTERM', 'SIGINT', 'SIGHUP'], () => {})
  let proxy: OtlpProxy | undefined
  return new Promise((done) => {
    const end = (ms: number, code: number): void => {
      if (proxy === undefined) done(code)
      else proxy.drain(ms).then((clean) => done(clean ? code : 1))
    }
    // Without the first process nobody would end this one.
    process.on('disconnect', () => end(5000, 1))
    process.on('message', (message: ToWorker) => {
      if (message.kind === 'metrics') {
        const { id } = message
        proxy?.metrics().then((metrics) => send({ kind: 'metrics', id, metrics }))
      } else if (message.kind === 'reload') void proxy?.reload().catch(() => {})
      else if (message.kind === 'drain') end(message.ms, 0)
      else {
        const { instanceId, runSecret } = message
        createOtlpProxy({ ...options, listenAdmin: undefined, instanceId, ...(runSecret === undefined ? {} : { runSecret }) }).then(
          (made) => {
            proxy = made
            send({ kind: 'ready', addresses: made.addresses })
          },
          (thrown: unknown) => {
            const error = inFlags(thrown)
            send({ kind: 'failed', message: error instanceof InputError || error instanceof RulesetError ? error.message : `internal error (${errorKind(error)})` })
          },
        )
      }
    })
  })
}
