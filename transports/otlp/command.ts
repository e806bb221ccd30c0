// `mask-logs otlp`: the options of the command line made into those of createOtlpProxy, and the life of the process around the proxy.

import { readFileSync } from 'node:fs'
import cluster from 'node:cluster'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { InputError } from '../../src/index.ts'
import type { Issue, MaskerOptions, RulesetInput } from '../../src/index.ts'
import { createLog, type Log } from '../edge/log.ts'
import { createOtlpProxy } from './index.ts'
import type { OtlpProxyOptions } from './options.ts'
import { tellReady } from './ready.ts'
import { inFlags } from './spelling.ts'
import { runWorker, runWorkers } from './workers.ts'

/** What the command line hands over. */
export interface OtlpCommand {
  /** By option name, without dashes; switches hold an empty list. */
  readonly flags: ReadonlyMap<string, readonly string[]>
  readonly cwd: string
  readonly ruleset: RulesetInput | readonly RulesetInput[] | undefined
  readonly masking: MaskerOptions
  /** Writes to stderr. */
  readonly write: (line: string) => void
  readonly onSignal: (signals: readonly NodeJS.Signals[], handler: (signal: NodeJS.Signals) => void) => () => void
  /** Checks the ruleset and tells its warnings. Throws what createMasker throws. */
  readonly check: () => Promise<void>
  /** The proxy listens; told of the warnings of the ruleset where `check` has not told them. */
  readonly started: (warnings: readonly Issue[]) => void
}

/** Runs the proxy until a signal ends it. Returns the exit code: 0 when all that was accepted has been answered. */
export async function runOtlp(command: OtlpCommand): Promise<number> {
  try {
    const { options, workers, drainMs } = optionsOf(command)
    const log = createLog(command.write)
    if (cluster.isWorker) return await runWorker(command, { ...options, log: withField(log, 'worker', cluster.worker?.id ?? 0) })
    if (workers > 1) {
      await command.check()
      return await runWorkers(command, options, { log, workers, drainMs })
    }
    return await runAlone(command, { ...options, log }, drainMs)
  } catch (error) {
    throw inFlags(error)
  }
}

async function runAlone(command: OtlpCommand, options: OtlpProxyOptions & { readonly log: Log }, drainMs: number): Promise<number> {
  const { log } = options
  const proxy = await createOtlpProxy(options)
  command.started(proxy.warnings)
  tellReady(log, proxy.addresses)
  return new Promise((done) => {
    let ending = false
    const off = command.onSignal(['SIGTERM', 'SIGINT', 'SIGHUP'], (signal) => {
      if (signal === 'SIGHUP') return void proxy.reload().catch(() => {})
      if (ending) {
        proxy.close()
        return finish(1)
      }
      ending = true
      log('info', 'ending: what was accepted is answered', { signal })
      proxy.drain(drainMs).then((clean) => {
        log(clean ? 'info' : 'error', clean ? 'ended' : 'ended in the time that was left: requests were dropped')
        finish(clean ? 0 : 1)
      })
    })
    const finish = (code: number): void => {
      off()
      done(code)
    }
  })
}

function withField(log: Log, name: string, value: number): Log {
  return (level, msg, fields) => log(level, msg, { [name]: value, ...fields })
}

function optionsOf({ flags, cwd, ruleset, masking }: OtlpCommand): { readonly options: OtlpProxyOptions; readonly workers: number; readonly drainMs: number } {
  const one = (name: string): string | undefined => flags.get(name)?.at(-1)
  const file = (name: string): string | undefined => {
    const path = one(name)
    return path === undefined ? undefined : resolve(cwd, path)
  }
  const bad = (message: string): InputError => new InputError('bad_option', message)
  const size = (name: string): number | undefined => {
    const text = one(name)
    if (text === undefined) return undefined
    const match = /^(\d{1,12})\s*(?:(k|m|g)(?:i?b)?|b)?$/i.exec(text)
    if (match === null) throw bad(`--${name} takes a size: 67108864, 64MiB`)
    return Number(match[1]) * { '': 1, k: 1 << 10, m: 1 << 20, g: 1 << 30 }[(match[2] ?? '').toLowerCase() as '' | 'k' | 'm' | 'g']
  }
  const time = (name: string): number | undefined => {
    const text = one(name)
    if (text === undefined) return undefined
    const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m)?$/.exec(text)
    if (match === null) throw bad(`--${name} takes a time: 4s, 250ms, 1m`)
    return Math.round(Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[(match[2] ?? 's') as 'ms' | 's' | 'm'])
  }
  const whole = (name: string): number | undefined => {
    const text = one(name)
    if (text !== undefined && !/^\d{1,9}$/.test(text)) throw bad(`--${name} takes a whole number`)
    return text === undefined ? undefined : Number(text)
  }
  const workers = one('workers') === 'auto' ? availableParallelism() : (whole('workers') ?? 1)
  if (!(workers >= 1 && workers <= 256)) throw bad('--workers takes a number from 1 to 256, or auto')
  const drainMs = time('drain-timeout') ?? 25_000
  const tls = { cert: file('tls-cert'), key: file('tls-key'), ca: file('tls-client-ca') }
  const forwardTls = { cert: file('forward-cert'), key: file('forward-key'), ca: file('forward-ca') }
  const headers = file('upstream-headers-file')
  const options: OtlpProxyOptions = {
    ...masking,
    ruleset,
    watch: flags.has('watch'),
    listenHttp: one('listen-http'),
    listenGrpc: one('listen-grpc'),
    listenAdmin: one('listen-admin'),
    forward: one('forward'),
    forwardHttp: one('forward-http'),
    forwardGrpc: one('forward-grpc'),
    tls: Object.values(tls).some((path) => path !== undefined) ? tls : undefined,
    forwardTls,
    forwardHeaders: flags.get('forward-header'),
    headers: headers === undefined ? undefined : readHeaders(headers, one('upstream-headers-file') as string),
    compression: flags.has('forward-gzip') ? 'gzip' : 'none',
    corsOrigins: flags.get('cors-origin'),
    unknownFields: one('unknown-fields') as 'drop' | 'keep' | undefined,
    repairUtf8: flags.has('repair-utf8'),
    stampResource: flags.has('stamp-resource'),
    findings: findingsOf(one('findings'), cwd),
    findingsWait: flags.has('findings-wait'),
    maxBodyBytes: size('max-body-bytes'),
    maxInFlightBytes: size('max-in-flight-bytes'),
    waitMs: time('wait'),
    timeoutMs: time('timeout'),
    bodyTimeoutMs: time('body-timeout'),
    maxConcurrent: whole('max-concurrent'),
  }
  return { options, workers, drainMs }
}

/** A descriptor, or a path. */
function findingsOf(given: string | undefined, cwd: string): string | number | undefined {
  if (given === undefined) return undefined
  return /^\d{1,5}$/.test(given) ? Number(given) : resolve(cwd, given)
}

/** A file of lines `name: value`: keys of vendors do not belong on a command line, which every user of the machine can read. */
function readHeaders(path: string, given: string): Record<string, string> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as { code?: unknown }
    throw new InputError('bad_option', `cannot read the headers from ${given} (${typeof code === 'string' ? code : 'error'})`)
  }
  const out: Record<string, string> = {}
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === '' || line.startsWith('#')) return
    const match = /^([^\s:]+):[ \t]*(.*?)[ \t]*$/.exec(line)
    if (match === null) throw new InputError('bad_option', `${given}:${i + 1}: a header is written 'name: value'`)
    out[match[1] as string] = match[2] as string
  })
  return out
}
