// createServer: reads the settings, puts the parts together, listens.

import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { Keyring, openFindings } from '../../src/index.ts'
import type { FindingEvent, FindingsSink } from '../../src/index.ts'
import { createApp } from './app.ts'
import { packageFolder } from './assets.ts'
import { Auth, tokenKeys } from './auth.ts'
import { isLoopback, readSettings } from './config.ts'
import type { Environment } from './config.ts'
import type { LiveLines } from './live.ts'
import { openLogs } from './log.ts'
import { Maskers } from './maskers.ts'
import type { answerMask } from './masking.ts'
import { Metrics } from './metrics.ts'
import { Compiler } from './plans.ts'
import { Pool, workerFile } from './pool.ts'
import { Seeds } from './seeds.ts'
import { PlanStore } from './store.ts'
import { createUsersFile, UsersFile } from './users.ts'
import { SettingsError } from './yaml-file.ts'

/** Options of createServer. */
export interface ServerOptions {
  /** Path of a settings file, or its content as an object. docs/server.md lists the settings. */
  readonly config?: string | object | undefined
  /** Settings that count above the file, and secrets (default: the environment of the process). */
  readonly env?: Environment | undefined
  /** What relative paths start from (default: the working directory). */
  readonly cwd?: string | undefined
  /** Where the access log goes (default: standard output). */
  readonly stdout?: Writable | undefined
  /** Where the server's own log goes (default: standard error). */
  readonly stderr?: Writable | undefined
  /** Lines that pass through the process, for the page's Live tab: masked ones only. Closed with the server. */
  readonly live?: LiveLines | undefined
  /** The clock, for the life of tokens: milliseconds since the epoch. */
  readonly now?: (() => number) | undefined
}

/** In the place of a plan's name, which it cannot be: lines that pass through. */
const STDIN = '(stdin)'

/** A server that listens. */
export interface MaskServer {
  /** Where it listens: `http://127.0.0.1:8080`. */
  readonly url: string
  readonly port: number
  /** Looks for changed plans, and users, now. */
  rescan(): Promise<void>
  /** No more requests are taken, those that run are finished. False: not all of them were, in the time that the settings give. */
  drain(): Promise<boolean>
  /** Ends it at once. */
  close(): Promise<void>
}

/**
 * Starts the server. Throws SettingsError with every problem of its settings, users file and keys, before it listens.
 *
 * @example const server = await createServer({ config: './mask-logs-server.yaml' })
 */
export function createServer(options: ServerOptions = {}): Promise<MaskServer> {
  return startServer(options)
}

/** createServer; `answer` answers mask requests, for the benchmark. */
export async function startServer(options: ServerOptions, answer?: typeof answerMask): Promise<MaskServer> {
  const { env = process.env, cwd = process.cwd(), stdout = process.stdout, stderr = process.stderr } = options
  const settings = readSettings(options.config, env, cwd)
  const logs = openLogs(settings.logLevel, settings.accessLog, stdout, stderr)
  const { log } = logs
  try {
    mkdirSync(settings.dataDir, { recursive: true })
  } catch {
    // read-only: what is needed of it is looked for below
  }
  const state = { ready: false, draining: false }

  let users: UsersFile | undefined
  let auth: Auth | undefined
  const metrics: Metrics = new Metrics(() => {
    maskers.collect()
    const news = options.live?.news()
    if (news === undefined) return
    metrics.records(STDIN, news.records, news.errors)
    metrics.masked(STDIN, news.masked)
  })
  if (settings.auth !== 'none') {
    const { usersFile, usersFileGiven, jwtKeyFiles, jwtKeyGiven } = settings.auth
    if (!usersFileGiven && !existsSync(usersFile)) {
      const password = await createUsersFile(usersFile, settings.adminPassword)
      if (password !== undefined) stderr.write(`mask-logs: made ${usersFile} with the user 'admin' and the password ${password}\nmask-logs: it is not shown again\n`)
    }
    const file = new UsersFile(usersFile, log)
    users = file
    auth = new Auth(
      tokenKeys(jwtKeyFiles, jwtKeyGiven, settings.jwtKey),
      () => file.current,
      () => metrics.authFailure(),
      options.now,
    )
    file.watch()
  }
  if (!isLoopback(settings.host) && settings.tls === undefined)
    log('warn', 'the server listens without TLS on an address that others reach: passwords, tokens and records pass in the clear')

  const seedDirs = [join(settings.dataDir, 'seeds'), ...settings.seedDirs]
  const findings = settings.findings === undefined ? undefined : { sink: openSink(settings.findings), found: [] as FindingEvent[] }
  // in this thread nobody can wait for an engine
  const noEngine = (): never => {
    throw new Error('no engine')
  }
  const compiler = new Compiler(seedDirs, noEngine, findings === undefined ? undefined : (finding) => void findings.found.push(finding))
  if (findings !== undefined) metrics.findings(findings.sink)
  const maskers = new Maskers(
    (yaml) => compiler.compile(yaml),
    (plan, counts) => metrics.masked(plan, counts),
  )
  const keyring = new Keyring(settings.instanceSecret)
  const maskSettings = { maxRecords: settings.maxRecords, runSecret: settings.runSecret, allowedUrls: settings.aiEngine.allowedUrls }
  const pool =
    settings.workers > 0 && existsSync(workerFile())
      ? new Pool(
          settings.workers,
          { ...maskSettings, seedDirs, instanceSecret: settings.instanceSecret, findings: findings !== undefined, aiEngine: settings.aiEngine },
          settings.timeouts.masking,
          log,
          (plan, counts) => metrics.masked(plan, counts),
        )
      : undefined
  const store = new PlanStore(settings.dataDir, compiler, log, {
    changed(name, plan, _before, masker) {
      metrics.serial(name, plan?.serial)
      if (plan === undefined) {
        maskers.drop(name)
        pool?.drop(name)
      } else if (masker !== undefined) maskers.put(plan, masker)
    },
    reloaded: (result) => metrics.reload(result),
  })
  const seeds = new Seeds(
    settings.dataDir,
    join(packageFolder(), 'rulesets/seeds'),
    log,
    () => store.all,
    (plans) => {
      for (const name of plans) {
        maskers.drop(name)
        pool?.drop(name)
      }
    },
  )
  let app: Awaited<ReturnType<typeof createApp>>
  try {
    await store.start()
    app = await createApp({ settings, logs, metrics, auth, store, seeds, compiler, maskers, keyring, setAiEngine: () => {}, pool, live: options.live, state, answer, findings })
  } catch (error) {
    store.close()
    users?.close()
    findings?.sink.close()
    throw error
  }
  let closed: Promise<void> | undefined
  const close = (): Promise<void> =>
    (closed ??= (async () => {
      state.draining = true
      options.live?.close()
      store.close()
      users?.close()
      app.server.closeAllConnections()
      await app.close()
      await pool?.close()
      maskers.close()
      keyring.close()
      if (findings !== undefined) {
        const { sink } = findings
        await sink.flush()
        sink.close()
        if (sink.dropped > 0) log('warn', 'findings were lost', { dropped: sink.dropped, reason: sink.failure ?? 'their reader was too slow' })
      }
      metrics.close()
      logs.close()
    })())
  try {
    await app.listen({ host: settings.host, port: settings.port, listenTextResolver: () => '' })
  } catch (error) {
    await close()
    const { code } = error as { code?: string }
    throw new SettingsError(`listen: ${code === 'EADDRINUSE' ? 'the port is in use' : `the address cannot be listened on (${code ?? 'unknown'})`}`)
  }
  state.ready = true
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : settings.port
  const url = `${settings.tls === undefined ? 'http' : 'https'}://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`
  log('info', 'listening', { url, plans: store.size, workers: pool === undefined ? 0 : settings.workers })
  return {
    url,
    port,
    async rescan() {
      users?.reload()
      await store.rescan()
    },
    async drain() {
      state.draining = true
      if (settings.drainDelay > 0) await new Promise((done) => setTimeout(done, settings.drainDelay))
      // they would be open for ever
      options.live?.close()
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<false>((done) => {
        timer = setTimeout(() => done(false), settings.shutdownTimeout)
      })
      // the listener closes, connections without a request too; those with one end after their answer
      const done = await Promise.race([app.close().then(() => true as const), late])
      clearTimeout(timer)
      await close()
      return done
    },
    close,
  }
}

/** Opens the stream of findings. */
function openSink(to: string | number): FindingsSink {
  try {
    return openFindings(to)
  } catch (error) {
    throw new SettingsError(`findings: ${(error as Error).message}`)
  }
}
