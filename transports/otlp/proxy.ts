import { createLiveMasker, InputError, openFindings } from '../../src/index.ts'
import type { FindingsSink, Issue, LiveMasker, ReloadEvent } from '../../src/index.ts'
import type { Address } from '../edge/address.ts'
import { startAdmin, type Admin } from '../edge/admin.ts'
import { createLog, errorKind, type Log } from '../edge/log.ts'
import { ownRules, rulesetWarnings, seriesWarning } from '../edge/otlp-warnings.ts'
import { createEngine, type MakeRewriter } from './engine.ts'
import { createHttpUpstream } from './forward-http.ts'
import { createGrpcUpstream, listenGrpc, loadGrpc } from './grpc.ts'
import { listenHttp, type Listener } from './http.ts'
import { remarks, settle, type OtlpProxyOptions } from './options.ts'

/** A proxy that listens. */
export interface OtlpProxy {
  /** Where it listens: with the ports that were chosen for port 0. */
  readonly addresses: { readonly http?: Address; readonly grpc?: Address; readonly admin?: Address }
  /** Warnings of the ruleset. */
  readonly warnings: readonly Issue[]
  /** Reads the ruleset again. A ruleset that cannot be used leaves the one in force. */
  reload(): Promise<ReloadEvent>
  /** The metrics, as on the admin port: one object for each, in the form of prom-client. */
  metrics(): Promise<object[]>
  /**
   * Accepts no more, answers what has been accepted, and closes. After `ms` (default 25000) what is left is dropped: then it settles with
   * false. `/readyz` says 503 from the start on.
   */
  drain(ms?: number): Promise<boolean>
  /** Drops everything at once. */
  close(): void
}

/** For createOtlpProxy. */
export async function startProxy(options: OtlpProxyOptions, makeRewriter: MakeRewriter): Promise<OtlpProxy> {
  const settings = settle(options)
  const log: Log = options.log ?? createLog((line) => void process.stderr.write(line))
  const { ruleset = 'mask-logs:otel', watch, runSecret, instanceSecret, masks, detectors, plugins, seedDirs, policy, knownSecrets, memoSize } = options
  const onReload = (event: ReloadEvent): void => {
    if (event.ok) {
      log('info', 'ruleset reloaded', { ruleset: event.name, serial: event.serial, trigger: event.trigger })
      warnOfRules(live, log)
    } else log('error', 'the ruleset was not reloaded: the one in force stays', { ruleset: event.name, serial: event.serial, code: event.code, reason: event.message })
  }
  const grpc = settings.listenGrpc === undefined ? undefined : await loadGrpc()
  const live: LiveMasker = createLiveMasker(ruleset as never, { watch, onReload, runSecret, instanceSecret, masks, detectors, plugins, seedDirs, policy, knownSecrets, memoSize })
  const closers: (() => void)[] = [() => live.close()]
  const findings = options.findings === undefined ? undefined : openSink(options, live)
  if (findings !== undefined)
    closers.unshift(() => {
      findings.close()
      if (findings.dropped > 0) log('warn', 'findings were lost', { dropped: findings.dropped, reason: findings.failure ?? 'their reader was too slow' })
    })
  const listeners: Listener[] = []
  let admin: Admin | undefined
  let ready = false
  const closeAll = (): void => {
    for (const listener of listeners) listener.close()
    for (const close of closers.splice(0).reverse()) close()
    void admin?.close()
  }
  try {
    const at: { http?: Address; grpc?: Address; admin?: Address } = {}
    const engine = createEngine(settings, live, {
      log,
      makeRewriter,
      id: options.instanceId,
      unknownFields: options.unknownFields,
      repairUtf8: options.repairUtf8,
      stampResource: options.stampResource,
      onFinding: findings?.write ?? options.onFinding,
      findings,
    })
    if (settings.listenAdmin !== undefined) {
      admin = await startAdmin(settings.listenAdmin, {
        notReady: () => (engine.draining ? 'draining' : ready ? undefined : 'starting'),
        metrics: () => engine.metrics.page(),
      }).catch(listening('listenAdmin'))
      at.admin = admin.address
    }
    if (settings.listenHttp !== undefined && settings.forwardHttp !== undefined) {
      const upstream = createHttpUpstream(settings.forwardHttp, engine)
      closers.push(() => upstream.close())
      const listener = await listenHttp(settings.listenHttp, engine, upstream).catch(listening('listenHttp'))
      listeners.push(listener)
      at.http = listener.address
    }
    if (settings.listenGrpc !== undefined && settings.forwardGrpc !== undefined && grpc !== undefined) {
      const upstream = createGrpcUpstream(settings.forwardGrpc, engine, grpc)
      closers.push(() => upstream.close())
      const listener = await listenGrpc(settings.listenGrpc, engine, grpc, upstream).catch(listening('listenGrpc'))
      listeners.push(listener)
      at.grpc = listener.address
    }
    ready = true
    for (const remark of remarks(settings)) log('warn', remark)
    warnOfRules(live, log)
    let ending: Promise<boolean> | undefined
    const drain = async (ms: number): Promise<boolean> => {
      engine.draining = true
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<boolean>((done) => {
        timer = setTimeout(done, ms, false)
      })
      const clean = await Promise.race([Promise.all(listeners.map((listener) => listener.drain())).then(() => true), late])
      clearTimeout(timer)
      await findings?.flush()
      closeAll()
      return clean
    }
    return {
      addresses: at,
      warnings: live.warnings,
      reload: () => live.reloadSettled(),
      metrics: () => engine.metrics.json(),
      drain: (ms = 25_000) => (ending ??= drain(ms)),
      close: closeAll,
    }
  } catch (error) {
    closeAll()
    throw error
  }
}

/** Opens the stream of findings. */
function openSink({ findings, findingsWait }: OtlpProxyOptions, live: LiveMasker): FindingsSink {
  try {
    return openFindings(findings!, { onFull: findingsWait === true ? 'wait' : 'drop' })
  } catch (error) {
    live.close()
    throw error
  }
}

/** Says which rules can do less here than they seem to. */
function warnOfRules({ outline }: LiveMasker, log: Log): void {
  for (const text of rulesetWarnings(outline)) log('warn', text)
  const series = seriesWarning(ownRules(outline), 'that can make two series of one metric alike, which a proxy cannot merge. It counts them in mask_logs_series_collisions_total')
  if (series !== undefined) log('warn', series)
}

/** What is wrong with an address: taken, forbidden, not of this machine. */
function listening(option: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof InputError) throw error
    const { code } = error as { code?: unknown }
    throw new InputError('bad_option', `${option}: cannot listen there (${typeof code === 'string' ? code : errorKind(error)})`)
  }
}
