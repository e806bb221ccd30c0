// mask-logs on the command line: run(argv, io) returns the exit code and touches nothing but io.
//
//   flags (what is said) -> setup (masker, secrets) -> input -> LineFeed -> engine -> output
//
// Rulesets, secrets and options are checked before a byte of data is read. Data is never part of a message.

import { closeSync, fstatSync, lstatSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { InputError, MaskError, RulesetError } from './errors.ts'
import { COMMANDS, FLAGS, formatOfName, helpText, parseCommandLine, readingOf, suggest, UsageError, type CommandLine, type Reading } from './cli/flags.ts'
import { openFile, openStdin, sniffed, streamSource, type Source } from './cli/input.ts'
import { describeCrash, milliseconds, type CliIo } from './cli/io.ts'
import { findingLine, issueLines, Notes, printable, Progress, statsText, systemWords, testLines } from './cli/messages.ts'
import { createOutputFile, OutputError, stdoutSink, streamSink, type FileOutput, type Sink } from './cli/output.ts'
import { LineFeed, type Feed } from './lines.ts'
import type { Finding, FindingEvent, Masker, MaskerOptions, QuarantineNote, RulesetInput } from './masker.ts'
import type { FindingsSink, LiveMasker, PinoRedact, ReloadEvent } from './index.ts'

export type { CliIo } from './cli/io.ts'

/** A pipe that has brought more than this is masked as a file is. */
const BULK = 16 << 20
const NO_SECRET = 'mask-logs: no run secret set; masked values are consistent only within this process'

/** Runs one command line (without node and script) and returns its exit code; docs/cli.md lists them. */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  const notes = new Notes(() => io.stderr)
  let code: number
  try {
    code = await dispatch(parseCommandLine(argv), io, notes)
  } catch (error) {
    code = report(error, notes)
  }
  await notes.flush()
  return code
}

async function dispatch(line: CommandLine, io: CliIo, notes: Notes): Promise<number> {
  if (line.options.has('help')) return print(io, helpText(line.command))
  if (line.options.has('version')) return print(io, `${(await import('./cli/assets.ts')).packageVersion()}\n`)
  switch (line.command) {
    case 'mask':
      return line.options.has('check') ? check(line, io, notes, []) : mask(line, io, notes)
    case 'run':
      return runCommand(line, io, notes)
    case 'explain':
      return explain(line, io, notes)
    case 'discover':
      return discover(line, io, notes)
    case 'otlp':
      return otlp(line, io, notes)
    case 'check':
      return check(line, io, notes, line.operands)
    case 'convert':
      return convert(line, io, notes)
    case 'rulesets':
      return print(io, (await import('./cli/assets.ts')).builtinRulesets(line.operands[0]))
    case 'schema':
      return print(io, `${JSON.stringify((await io.load()).rulesetJsonSchema(), undefined, 2)}\n`)
    case 'new-secret':
      return print(io, `${newSecret()}\n`)
    case 'serve':
      return serve(line, io, notes)
    case 'hash-password':
    case 'new-token':
      return (await import('../transports/server/index.ts')).runServer(line.command, io)
    case 'init':
      return init(line.operands[0] ?? 'mask-logs.yaml', io)
  }
}

/** 256 random bits in letters that no shell and no YAML quotes. */
function newSecret(): string {
  return Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
}

/** What stopped the program before data was read, or a defect. */
function report(error: unknown, notes: Notes): number {
  if (error instanceof UsageError) {
    notes.line(`mask-logs: ${printable(error.message)}${error.inWords ? "\nTry 'mask-logs --help'." : ''}`)
    return 2
  }
  if (error instanceof RulesetError) {
    notes.line(issueLines(error.issues, new Map()))
    return 3
  }
  if (error instanceof InputError) {
    notes.line(`mask-logs: ${printable(error.message)}`)
    // The one file that is read before the data and is not named by an option of ours is a ruleset.
    return error.code === 'file_unreadable' ? 3 : 2
  }
  if (error instanceof OutputError) {
    notes.line(`mask-logs: ${error.message}`)
    return 1
  }
  notes.line(`mask-logs: internal error (${describeCrash(error)})`)
  return 70
}

async function print(io: CliIo, text: string): Promise<number> {
  const sink = stdoutSink(io.stdoutFd, () => io.stdout)
  await sink.write([Buffer.from(text)])
  await sink.flush()
  return 0
}

// ------------------------------------------------------------------------------------------------ setup

interface Setup {
  readonly masker: Pick<Masker, 'feed' | 'lines' | 'stats' | 'close'>
  readonly reading: Reading
  /** Where findings go, if they are wanted. */
  readonly events?: Events | undefined
  /** Reads the rulesets again; undefined: signals end the reading. */
  readonly reload?: (() => void) | undefined
  /** Writes what has been noted for quarantine. */
  flushQuarantine(): void
  close(): Promise<void>
}

/** The findings stream of a command. */
interface Events {
  readonly sink: FindingsSink
  /** The callback for an engine; `source` is asked with each finding. */
  to(source: () => string): (event: FindingEvent) => void
  /** Waits for what can still be written, and says what was lost. */
  end(notes: Notes): Promise<void>
}

async function eventsOf({ options }: CommandLine, io: CliIo): Promise<Events | undefined> {
  const given = options.get('findings')?.[0]
  const wait = options.has('findings-wait')
  if (given === undefined) {
    if (wait) throw new UsageError('--findings-wait goes with --findings FILE')
    return undefined
  }
  const { openFindings } = await io.load()
  const fd = /^\d{1,5}$/.test(given) ? Number(given) : undefined
  if (fd === 0 || fd === 1) throw new UsageError('--findings takes a file, or a descriptor from 2 on')
  let sink: FindingsSink
  try {
    sink = openFindings(fd ?? resolve(io.cwd, given), { onFull: wait ? 'wait' : 'drop' })
  } catch (error) {
    const code = error instanceof InputError ? /\((\w+)\)$/.exec(error.message)?.[1] : undefined
    throw new UsageError(`cannot write ${given}: ${systemWords({ code })}`, false)
  }
  return {
    sink,
    to: (source) => (event) => sink.write(event, source()),
    async end(notes) {
      await sink.flush()
      sink.close()
      if (sink.dropped > 0) notes.line(`mask-logs: ${sink.dropped} findings were lost${sink.failure === undefined ? ': their reader was too slow' : ` (${sink.failure})`}`)
    },
  }
}

/** Where counters are to be read while the command runs. */
interface Metrics {
  close(): Promise<void>
}

async function metricsOf({ options }: CommandLine, io: CliIo, notes: Notes, masker: Masker, events: Events | undefined): Promise<Metrics | undefined> {
  const listen = options.get('metrics-listen')?.[0]
  const file = options.get('metrics-file')?.[0]
  if (listen === undefined && file === undefined) return undefined
  const { prometheusText } = await io.load()
  const { serveMetrics, writeMetrics } = await import('./cli/metrics.ts')
  const text = (): string => prometheusText(masker.stats(), events === undefined ? {} : { findings: events.sink })
  const writing = file === undefined ? undefined : writeMetrics(resolve(io.cwd, file), file, text, notes)
  try {
    const serving = listen === undefined ? undefined : await serveMetrics(listen, text, notes)
    return {
      async close() {
        writing?.close()
        await serving?.close()
      },
    }
  } catch (error) {
    writing?.close()
    throw error
  }
}

/** A file of records as they came is for its owner alone. */
function openQuarantine(path: string, name: string, raw: boolean): number {
  let fd: number
  try {
    fd = openSync(path, 'a', 0o600)
  } catch (error) {
    throw new UsageError(`cannot write ${name}: ${systemWords(error)}`, false)
  }
  const stats = fstatSync(fd)
  if (raw && stats.isFile() && (stats.mode & 0o077) !== 0) {
    closeSync(fd)
    throw new UsageError(`cannot write ${name}: it would hold lines as they are, and others may read it: chmod 600`, false)
  }
  return fd
}

/** Everything that can be wrong is found here, before data is read. */
async function setUp(line: CommandLine, io: CliIo, notes: Notes): Promise<Setup> {
  const { options } = line
  const reading = readingOf(line)
  const quiet = options.has('quiet')
  const settings = maskingOf(line, io, notes)
  const limit = options.get('max-record-bytes')?.[0]
  if (limit !== undefined) settings.policy = { max_record_bytes: byteCount(limit) }

  let noted = ''
  const quarantineName = options.get('quarantine')?.[0]
  if (quarantineName !== undefined)
    settings.quarantine = (note: QuarantineNote, bytes?: Uint8Array) => {
      const more = bytes === undefined ? {} : { raw: Buffer.from(bytes).toString('base64') }
      noted += `${JSON.stringify({ time: new Date().toISOString(), ...note, ...more })}\n`
    }

  const raw = options.has('quarantine-raw')
  if (raw && quarantineName === undefined) throw new UsageError('--quarantine-raw goes with --quarantine FILE')
  if (raw) settings.quarantineRaw = true
  if (options.has('stamp')) settings.stamp = true

  const { given, input } = rulesetsOf(options.get('ruleset') ?? [], io)
  const live = options.has('watch') || options.has('reload')
  const masker = await createChecked(io, input, settings, given, notes, quiet, live ? { watch: options.has('watch') } : undefined)
  let quarantineFd: number | undefined
  let events: Events | undefined
  let metrics: Metrics | undefined
  try {
    if (quarantineName !== undefined) quarantineFd = openQuarantine(resolve(io.cwd, quarantineName), quarantineName, raw)
    events = await eventsOf(line, io)
    metrics = await metricsOf(line, io, notes, masker, events)
  } catch (error) {
    if (quarantineFd !== undefined) closeSync(quarantineFd)
    events?.sink.close()
    masker.close()
    throw error
  }
  if (settings.runSecret === undefined && !quiet && line.command !== 'explain') notes.line(NO_SECRET)
  return {
    masker,
    reading,
    events,
    ...(live ? { reload: () => void (masker as LiveMasker).reloadSettled().catch(() => {}) } : {}),
    flushQuarantine() {
      if (noted === '' || quarantineFd === undefined) return
      const text = Buffer.from(noted)
      noted = ''
      try {
        for (let at = 0; at < text.length; ) at += writeSync(quarantineFd, text, at)
      } catch (error) {
        // A line that is neither put out nor noted would be lost unseen.
        throw new OutputError(String((error as { code?: unknown }).code))
      }
    },
    async close() {
      if (quarantineFd !== undefined) closeSync(quarantineFd)
      quarantineFd = undefined
      await events?.end(notes)
      await metrics?.close()
      masker.close()
    },
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** What the line and the environment say of masking, the ruleset apart. */
function maskingOf(line: CommandLine, io: CliIo, notes: Notes): Mutable<MaskerOptions> {
  const { options } = line
  const runSecret = secretOf('run secret', options.get('run-secret-file')?.[0] ?? io.env.MASK_LOGS_RUN_SECRET_FILE, io.env.MASK_LOGS_RUN_SECRET, io)
  const instanceSecret = secretOf('instance secret', io.env.MASK_LOGS_INSTANCE_SECRET_FILE, io.env.MASK_LOGS_INSTANCE_SECRET, io)
  const settings: Mutable<MaskerOptions> = { ...pluginOptions(line, io) }
  if (runSecret !== undefined) settings.runSecret = runSecret
  if (instanceSecret !== undefined) settings.instanceSecret = instanceSecret
  const known = knownSecretsOf(line, io, notes)
  if (known.length > 0) settings.knownSecrets = known
  return settings
}

async function createChecked(
  io: CliIo,
  input: RulesetInput[] | undefined,
  settings: MaskerOptions,
  given: ReadonlyMap<string, string>,
  notes: Notes,
  quiet: boolean,
  live?: { readonly watch: boolean },
): Promise<Masker> {
  const { createMasker, createLiveMasker } = await io.load()
  try {
    const masker =
      live === undefined ? createMasker(input, settings) : createLiveMasker(input, { ...settings, ...live, onReload: (event) => tellReload(event, given, notes, quiet) })
    if (!quiet && masker.warnings.length > 0) notes.line(issueLines(masker.warnings, given))
    return masker
  } catch (error) {
    throw asGiven(error, given)
  }
}

/** The error with files under the names that the user wrote. */
function asGiven(error: unknown, given: ReadonlyMap<string, string>): unknown {
  if (error instanceof InputError && error.code === 'file_unreadable') {
    // Only a file of `given` can be the one.
    const [path] = [...given].find(([absolute]) => error.message.includes(`'${absolute}'`)) ?? []
    if (path !== undefined) return new InputError('file_unreadable', error.message.replace(`'${path}'`, `'${given.get(path) ?? path}'`))
  }
  if (!(error instanceof RulesetError)) return error
  return new RulesetError(error.issues.map((issue) => ({ ...issue, source: given.get(issue.source) ?? issue.source })))
}

/** What became of a reload. A ruleset that cannot be used is told also when nothing else is. */
function tellReload({ ok, name, serial, issues, message }: ReloadEvent, given: ReadonlyMap<string, string>, notes: Notes, quiet: boolean): void {
  const force = `${printable(name)} (serial ${serial})`
  if (ok) {
    if (quiet) return
    if (issues.length > 0) notes.line(issueLines(issues, given))
    notes.line(`mask-logs: reloaded the ruleset: ${force}`)
    return
  }
  if (issues.length > 0) notes.line(issueLines(issues, given))
  else {
    let words = message ?? ''
    for (const [path, written] of given) words = words.replace(`'${path}'`, `'${written}'`)
    notes.line(`mask-logs: ${printable(words)}`)
  }
  notes.line(`mask-logs: the ruleset was not reloaded; ${force} stays in force`)
}

/** Rulesets by name; `given` leads from the absolute path back to what the user wrote. */
function rulesetsOf(names: readonly string[], io: CliIo): { given: Map<string, string>; input: RulesetInput[] | undefined } {
  const given = new Map<string, string>()
  const fromEnv = io.env.MASK_LOGS_RULESET
  const all = names.length > 0 || fromEnv === undefined || fromEnv === '' ? names : [fromEnv]
  const input = all.map((name) => {
    // YAML text has a newline; only the environment can bring it.
    if (name.startsWith('mask-logs:') || name.includes('\n')) return name
    const path = resolve(io.cwd, name)
    given.set(path, name)
    return path
  })
  return { given, input: input.length > 0 ? input : undefined }
}

function pluginOptions(line: CommandLine, io: CliIo): { plugins?: string[] } {
  const plugins = line.options.get('plugin')
  if (plugins === undefined) return {}
  return { plugins: plugins.map((name) => (name.startsWith('.') || isAbsolute(name) || /\.[cm]?js$/.test(name) ? resolve(io.cwd, name) : name)) }
}

/** A secret from its file, else from the environment. One trailing newline of the file does not count. */
function secretOf(what: string, file: string | undefined, text: string | undefined, io: CliIo): string | undefined {
  if (file === undefined || file === '') return text
  try {
    return readFileSync(resolve(io.cwd, file), 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    throw new UsageError(`cannot read the ${what} from ${file}: ${systemWords(error)}`, false)
  }
}

/** Values that must never appear, from files and from the environment; their names say where they come from. */
function knownSecretsOf({ options }: CommandLine, io: CliIo, notes: Notes): { name: string; value: string }[] {
  const out: { name: string; value: string }[] = []
  for (const file of options.get('known-secrets-file') ?? []) {
    let text: string
    try {
      text = readFileSync(resolve(io.cwd, file), 'utf8')
    } catch (error) {
      throw new UsageError(`cannot read the known secrets from ${file}: ${systemWords(error)}`, false)
    }
    text
      .replace(/^\ufeff/, '')
      .split(/\r?\n/)
      .forEach((value, i) => {
        if (value.trim() !== '') out.push({ name: `${printable(file)}:${i + 1}`, value: value.trim() })
      })
  }
  for (const glob of options.get('known-secrets-env') ?? []) {
    const pattern = new RegExp(
      `^${glob
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replace(/\*+/g, '.*')
        .replaceAll('?', '.')}$`,
    )
    let set = 0
    for (const [name, value] of Object.entries(io.env)) {
      if (value === undefined || value.trim() === '' || !pattern.test(name)) continue
      set++
      out.push({ name: printable(name), value: value.trim() })
    }
    if (set === 0 && !options.has('quiet')) notes.line(`mask-logs: no environment variable matches ${printable(glob)}: no known secret comes from it`)
  }
  return out
}

function byteCount(text: string): number {
  const match = /^(\d{1,12})\s*(?:(k|m)(?:i?b)?|b)?$/i.exec(text)
  const unit = match?.[2]?.toLowerCase()
  const count = match === null ? Number.NaN : Number(match[1]) * (unit === 'k' ? 1024 : unit === 'm' ? 1048576 : 1)
  if (!(count >= 1024 && count <= 256 * 1048576)) throw new UsageError('--max-record-bytes needs a size from 1KiB to 256MiB')
  return count
}

// ------------------------------------------------------------------------------------------------ masking

/** Collects findings as text between two writes. */
class Findings {
  readonly #json: boolean
  readonly #keeps: boolean
  #text: string[] = []

  constructor(line: CommandLine, keeps: boolean) {
    this.#json = line.options.has('json-findings')
    this.#keeps = keeps
  }

  /** The callback for an engine; `stream` says which output of a command it reads. */
  to(stream?: string): (finding: Finding) => void {
    return (finding) => {
      if (finding.decision === 'keep' && !this.#keeps) return
      this.#text.push(this.#json ? JSON.stringify(stream === undefined ? finding : { stream, ...finding }) : findingLine(finding, stream))
    }
  }

  take(): string | undefined {
    if (this.#text.length === 0) return undefined
    const text = `${this.#text.join('\n')}\n`
    this.#text = []
    return text
  }
}

/** Signals that end the reading. */
interface Interruption {
  signal: NodeJS.Signals | undefined
  /** What to do when one comes. */
  stop: () => void
  /** Settles with the second one: it does not wait for a reader that never comes back. */
  readonly twice: Promise<void>
  /** Signals do what they do by default again. */
  end(): void
}

function listenForSignals(io: CliIo, reload?: () => void): Interruption {
  let leave: () => void = () => {}
  const off = io.onSignal(['SIGINT', 'SIGTERM', 'SIGHUP'], (name) => {
    if (name === 'SIGHUP' && reload !== undefined) return reload()
    if (interruption.signal !== undefined) leave()
    interruption.signal = name
    interruption.stop()
  })
  const interruption: Interruption = {
    signal: undefined,
    stop: () => {},
    twice: new Promise<void>((done) => {
      leave = done
    }),
    end: off,
  }
  return interruption
}

/** Formats of lines, as the library calls them. */
const lineFormat = (format: string): 'auto' | 'json' | 'text' => (format === 'ndjson' ? 'json' : format === 'text' ? 'text' : 'auto')

/** Who takes the bytes of inputs in one format. */
interface Route {
  readonly feed: Feed
  /** The inputs that it took. */
  readonly files: string[]
  /** How many of its remarks have been passed on. */
  told: number
  buffers(size: number): readonly [Buffer, Buffer] | undefined
}

/** Feeds by format, made when there is something for them; they count lines together. */
function routes({ masker, reading, events }: Setup, findings: Findings | undefined, source: () => string): (format: string) => Route {
  const made = new Map<string, Route>()
  const options = {
    counter: { line: 0 },
    ...(findings === undefined ? {} : { explain: findings.to() }),
    ...(events === undefined ? {} : { onFinding: events.to(source) }),
  }
  const { delimiter, header } = reading
  return (format) => {
    let route = made.get(format)
    if (route === undefined) {
      if (format === 'csv' || format === 'tsv') {
        const feed = masker.feed({ ...options, format, header, ...(delimiter === undefined ? {} : { delimiter }) })
        route = { feed, files: [], told: 0, buffers: () => undefined }
      } else if (format === 'json-document') route = { feed: masker.feed({ ...options, format }), files: [], told: 0, buffers: () => undefined }
      else {
        const engine = masker.lines({ ...options, format: lineFormat(format) })
        route = { feed: new LineFeed(engine), files: [], told: 0, buffers: (size) => engine.buffers?.(size) }
      }
      made.set(format, route)
    }
    return route
  }
}

/** Reads files one after the other (standard input when there are none) through the engine into the sink. False when one could not be read. */
async function readAll(
  line: CommandLine,
  io: CliIo,
  notes: Notes,
  setup: Setup,
  sink: Sink,
  findings: Findings | undefined,
  say: (text: string) => Promise<void>,
  interruption: Interruption,
): Promise<boolean> {
  const files = line.operands.length > 0 ? line.operands : ['-']
  const { format } = setup.reading
  /** The input that is masked. */
  let masking = ''
  const routeOf = routes(setup, findings, () => masking)
  /** The route that has bytes of the input at hand. */
  let active: Route | undefined
  const progress = progressOf(files, line, io, notes)
  let failed = false
  let current: Source | undefined
  let done = 0
  interruption.stop = () => current?.stop()

  const pass = async (pieces: Iterable<readonly Buffer[]>): Promise<void> => {
    try {
      for (const list of pieces) {
        const written = sink.write(list)
        if (written !== undefined) await written
        if (findings !== undefined) await tell()
        if (sink.gone) return
      }
    } finally {
      // Also when a line failed: what came before it is complete.
      await sink.flush()
      if (findings !== undefined) await tell()
      setup.flushQuarantine()
    }
  }
  const tell = async (): Promise<void> => {
    const text = findings?.take()
    if (text !== undefined) await say(text)
  }

  const tellRemarks = (route: Route): void => {
    for (const { input, code } of route.feed.remarks.slice(route.told)) {
      const name = nameOf(route.files[input - 1] ?? '')
      progress?.clear()
      if (code !== 'one_column') {
        failed = true
        notes.line(`mask-logs: ${name} is not ${code === 'not_csv' ? 'CSV' : 'JSON'}: what could not be read is hidden or masked as text`)
      } else if (!line.options.has('quiet')) notes.line(`mask-logs: ${name} has one column: is there another character between its cells? (--delimiter)`)
    }
    route.told = route.feed.remarks.length
  }

  const work = async (): Promise<void> => {
    for (const file of files) {
      if (interruption.signal !== undefined || sink.gone) break
      let fed = false
      try {
        const kind = format !== 'auto' || file === '-' ? format : formatOfName(file)
        let route = routeOf(kind === 'json-file' ? 'auto' : kind)
        // what reads a document wants that memory for its records
        const buffers = kind === 'json-file' ? undefined : route.buffers
        current = file === '-' ? await openStdin(io.stdinFd, () => io.stdin, io.stdinIsTTY === true, buffers) : await openFile(resolve(io.cwd, file), buffers)
        let bulk = current.rereadable
        io.onData?.(bulk)
        if (kind === 'json-file') {
          const { lines, source } = await sniffed(current)
          current = source
          if (!lines) route = routeOf('json-document')
        }
        const { feed } = route
        feed.border()
        route.files.push(file)
        for (;;) {
          if (interruption.signal !== undefined) current.stop()
          const chunk = await current.next()
          if (chunk === undefined) break
          try {
            if (active !== undefined && (active !== route || (!fed && setup.events !== undefined && active.feed.cut))) {
              await pass(active.feed.end(true))
              tellRemarks(active)
            }
            masking = file === '-' ? 'stdin' : file
            active = route
            fed = true
            await pass(feed.push(chunk))
            tellRemarks(route)
          } catch (error) {
            if (error instanceof InputError && error.code === 'encoding') throw error
            throw new Passed(error)
          }
          progress?.update(done + current.consumed)
          if (!bulk && current.consumed > BULK) io.onData?.((bulk = true))
          if (sink.gone) break
        }
        done += current.consumed
      } catch (error) {
        if (error instanceof Passed) throw error.cause
        failed = true
        progress?.clear()
        // A word that is no file may be a command with a typing error.
        const meant =
          files.length === 1 && (error as { code?: unknown }).code === 'ENOENT'
            ? suggest(
                file,
                COMMANDS.slice(1).map((c) => c.name),
              )
            : ''
        notes.line(`mask-logs: cannot read ${nameOf(file)}: ${error instanceof InputError ? error.message : systemWords(error)}${meant}`)
      } finally {
        // Half a line of a file is worth nothing when the reading was broken off; of a pipe it is all there is.
        if (interruption.signal !== undefined && current?.rereadable === true && fed) active?.feed.dropCut()
        current?.close()
        current = undefined
      }
    }
    if (!sink.gone && active !== undefined) await pass(active.feed.end())
    if (active !== undefined && interruption.signal === undefined) tellRemarks(active)
  }

  try {
    await Promise.race([work(), interruption.twice])
  } finally {
    progress?.clear()
  }
  return !failed
}

const nameOf = (file: string): string => (file === '-' ? 'standard input' : printable(file))

/** Carries a failure of masking or writing past the handler of failures to read. */
class Passed extends Error {
  override readonly cause: unknown
  constructor(cause: unknown) {
    super('')
    this.cause = cause
  }
}

function progressOf(files: readonly string[], line: CommandLine, io: CliIo, notes: Notes): Progress | undefined {
  if (line.command !== 'mask' || io.stderrIsTTY !== true || line.options.has('quiet') || line.options.has('explain')) return undefined
  // A bar between the lines of the output would be in the way.
  if (io.stdoutIsTTY === true && !line.options.has('output')) return undefined
  let total = 0
  for (const file of files) {
    const stats = file === '-' ? undefined : statSync(resolve(io.cwd, file), { throwIfNoEntry: false })
    if (stats?.isFile() === true) total += stats.size
  }
  return total > 0 ? new Progress(notes, total, io.columns ?? 80) : undefined
}

const signalCode = (signal: NodeJS.Signals): number => 128 + (process.getBuiltinModule('node:os').constants.signals[signal] ?? 0)

/** Failures while data is under way: they end in exit code 1 with a note. Others are defects and go up. */
function noteFailure(error: unknown, notes: Notes): void {
  if (error instanceof MaskError) {
    const where = [
      error.rule === undefined ? undefined : `rule ${printable(error.rule)}`,
      error.path === undefined ? undefined : `path ${printable(error.path)}`,
      error.code,
    ].filter((part) => part !== undefined)
    notes.line(`mask-logs: stopped: ${printable(error.message)} (${where.join(', ')})`)
  } else if (error instanceof InputError || error instanceof OutputError) {
    notes.line(`mask-logs: ${printable(error.message)}`)
  } else {
    throw error
  }
}

async function mask(line: CommandLine, io: CliIo, notes: Notes): Promise<number> {
  const setup = await setUp(line, io, notes)
  const begun = milliseconds()
  // Before there is an output file that a signal could leave behind.
  const interruption = listenForSignals(io, setup.reload)
  const name = line.options.get('output')?.[0]
  let output: FileOutput | undefined
  let allRead = false
  let complete = false
  try {
    output = name === undefined || name === '-' ? undefined : openOutput(resolve(io.cwd, name), name)
    const sink = output?.sink ?? stdoutSink(io.stdoutFd, () => io.stdout)
    const findings = line.options.has('explain') || line.options.has('json-findings') ? new Findings(line, false) : undefined
    allRead = await readAll(
      line,
      io,
      notes,
      setup,
      sink,
      findings,
      (text) => {
        notes.write(text)
        return notes.flush()
      },
      interruption,
    )
    if (interruption.signal === undefined) {
      commit(output)
      complete = true
    }
  } catch (error) {
    noteFailure(error, notes)
  } finally {
    if (!complete) output?.abandon()
    interruption.end()
    if (line.options.has('stats')) notes.write(statsText(setup.masker.stats(), (milliseconds() - begun) / 1000))
    await setup.close()
  }
  if (interruption.signal !== undefined) return signalCode(interruption.signal)
  return allRead && complete ? 0 : 1
}

function openOutput(path: string, name: string): FileOutput {
  try {
    return createOutputFile(path)
  } catch (error) {
    throw new UsageError(`cannot write ${name}: ${systemWords(error)}`, false)
  }
}

function commit(output: FileOutput | undefined): void {
  try {
    output?.commit()
  } catch (error) {
    throw new OutputError(systemWords(error))
  }
}

async function explain(line: CommandLine, io: CliIo, notes: Notes): Promise<number> {
  const setup = await setUp(line, io, notes)
  const interruption = listenForSignals(io)
  const out = stdoutSink(io.stdoutFd, () => io.stdout)
  // The masked output itself is not wanted, only that somebody still reads the findings.
  const nowhere: Sink = {
    write: () => undefined,
    flush: () => undefined,
    get gone() {
      return out.gone
    },
    bytes: 0,
  }
  let allRead = false
  try {
    allRead = await readAll(
      line,
      io,
      notes,
      setup,
      nowhere,
      new Findings(line, true),
      async (text) => {
        await out.write([Buffer.from(text)])
        await out.flush()
      },
      interruption,
    )
  } catch (error) {
    noteFailure(error, notes)
  } finally {
    interruption.end()
    await setup.close()
  }
  if (interruption.signal !== undefined) return signalCode(interruption.signal)
  return allRead ? 0 : 1
}

// ------------------------------------------------------------------------------------------------ discover

/** Anything of that name, also a link that leads nowhere. Where one may not look, opening it will say so. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

/** Looks at a sample; tells what is where, and writes a ruleset for it. */
async function discover(line: CommandLine, io: CliIo, notes: Notes): Promise<number> {
  const { options } = line
  const reading = readingOf(line)
  const limit = options.get('max-record-bytes')?.[0]
  const most = options.get('max-lines')?.[0]
  if (most !== undefined && !/^[1-9]\d{0,14}$/.test(most)) throw new UsageError('--max-lines needs a number from 1')
  const given = options.get('output')?.[0]
  const name = given === '-' ? undefined : given
  if (name !== undefined && !options.has('force') && isThere(resolve(io.cwd, name))) throw new UsageError(`cannot write ${name}: it exists already; --force replaces it`, false)
  const { createDiscovery } = await io.load()
  const discovery = createDiscovery({
    ...pluginOptions(line, io),
    ...(limit === undefined ? {} : { policy: { max_record_bytes: byteCount(limit) } }),
    ...(most === undefined ? {} : { maxLines: Number(most) }),
  })
  const interruption = listenForSignals(io)
  // what the masker gives is of no use here; the reading ends with the last line that is looked at
  const nowhere: Sink = {
    write: () => undefined,
    flush: () => undefined,
    get gone() {
      return discovery.full
    },
    bytes: 0,
  }
  let output: FileOutput | undefined
  let complete = false
  let written = false
  try {
    output = name === undefined ? undefined : openOutput(resolve(io.cwd, name), name)
    const setup: Setup = { masker: discovery.masker, reading, flushQuarantine: () => {}, close: () => Promise.resolve(discovery.masker.close()) }
    complete = await readAll(line, io, notes, setup, nowhere, undefined, () => Promise.resolve(), interruption)
    const report = discovery.report()
    const { reportLines } = await import('./cli/discovered.ts')
    if (given === '-') await print(io, discovery.ruleset())
    else if (options.has('json')) await print(io, `${JSON.stringify(report, undefined, 2)}\n`)
    else
      await print(
        io,
        reportLines(report, name === undefined)
          .map((text) => `${printable(text)}\n`)
          .join(''),
      )
    // a ruleset from nothing at all would only look like one
    if (output !== undefined && interruption.signal === undefined && (complete || report.records + report.lines > 0)) {
      await output.sink.write([Buffer.from(discovery.ruleset())])
      await output.sink.flush()
      commit(output)
      written = true
      if (!options.has('quiet')) notes.line(`mask-logs: wrote ${printable(name ?? '')}; check it with: mask-logs check ${printable(name ?? '')}`)
    }
  } catch (error) {
    complete = false
    noteFailure(error, notes)
  } finally {
    if (!written) output?.abandon()
    interruption.end()
    discovery.masker.close()
  }
  if (interruption.signal !== undefined) return signalCode(interruption.signal)
  return complete ? 0 : 1
}

// ------------------------------------------------------------------------------------------------ run -- COMMAND

/** Signals a command gets when we get them. */
const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']

/** Starts a command, masks both of its outputs line by line and ends as it ends. */
async function runCommand(line: CommandLine, io: CliIo, notes: Notes): Promise<number> {
  const [command, ...rest] = line.operands
  if (command === undefined) throw new UsageError("'run' needs a command: mask-logs run -- COMMAND")
  const setup = await setUp(line, io, notes)
  const begun = milliseconds()
  const { spawn } = await import('node:child_process')
  // Whoever may read the keys could undo nothing, but could test guesses: the command does not get them.
  const { MASK_LOGS_RUN_SECRET: _run, MASK_LOGS_INSTANCE_SECRET: _instance, ...env } = io.env
  const findings = line.options.has('explain') || line.options.has('json-findings') ? new Findings(line, false) : undefined

  let ended = false
  let signals = 0
  let leave: () => void = () => {}
  const impatient = new Promise<void>((done) => {
    leave = done
  })
  const sources: Source[] = []
  let child: import('node:child_process').ChildProcess | undefined
  const off = io.onSignal(FORWARDED, (signal) => {
    if (signal === 'SIGHUP' && setup.reload !== undefined) setup.reload()
    else if (ended) {
      // Something the command left behind still holds its outputs, or nobody reads ours.
      for (const source of sources) source.stop()
      if (signals++ > 0) leave()
    } else if ((signal !== 'SIGINT' && signal !== 'SIGQUIT') || io.stdinIsTTY !== true) {
      // Ctrl-C in a terminal reaches the command by itself, and many take a second one as "at once".
      child?.kill(signal)
    }
  })
  let failed = false
  try {
    const running = (child = spawn(command, rest, { stdio: ['inherit', 'pipe', 'pipe'], cwd: io.cwd, env: env as NodeJS.ProcessEnv, windowsHide: true }))
    const exit = new Promise<number>((done) => {
      running.once('error', (error: NodeJS.ErrnoException) => {
        ended = true
        if (running.pid !== undefined) return
        notes.line(`mask-logs: cannot run ${printable(command)}: ${error.code === 'ENOENT' ? 'command not found' : systemWords(error)}`)
        done(error.code === 'ENOENT' ? 127 : 126)
      })
      running.once('exit', (code, signal) => {
        ended = true
        done(code ?? (signal === null ? 1 : signalCode(signal)))
      })
    })
    const pump = async (name: string, source: Source, sink: Sink): Promise<void> => {
      sources.push(source)
      const { events, masker, reading } = setup
      const engine = masker.lines({
        format: lineFormat(reading.format),
        ...(findings === undefined ? {} : { explain: findings.to(name) }),
        ...(events === undefined ? {} : { onFinding: events.to(() => name) }),
      })
      const feed = new LineFeed(engine)
      const pass = async (pieces: Iterable<readonly Buffer[]>): Promise<void> => {
        try {
          for (const list of pieces) {
            const written = sink.write(list)
            if (written !== undefined) await written
          }
        } finally {
          await sink.flush()
          const text = findings?.take()
          if (text !== undefined) {
            notes.write(text)
            await notes.flush()
          }
          setup.flushQuarantine()
        }
      }
      try {
        for (let chunk = await source.next(); chunk !== undefined && !sink.gone; chunk = await source.next()) await pass(feed.push(chunk))
        if (!sink.gone) await pass(feed.end())
      } catch (error) {
        failed = true
        // The command must not go on unseen.
        running.kill('SIGTERM')
        noteFailure(error, notes)
      } finally {
        source.close()
      }
    }
    const pumps =
      running.stdout === null || running.stderr === null
        ? []
        : [
            pump(
              'stdout',
              streamSource(running.stdout),
              stdoutSink(io.stdoutFd, () => io.stdout),
            ),
            pump('stderr', streamSource(running.stderr), streamSink(io.stderr)),
          ]
    const pumped = Promise.all(pumps)
    io.onData?.(false)
    // A failure is taken up below, when the command has ended.
    pumped.catch(() => {})
    const code = await exit
    if (running.pid !== undefined) await Promise.race([pumped, impatient])
    return failed ? 1 : code
  } finally {
    off()
    if (line.options.has('stats')) notes.write(statsText(setup.masker.stats(), (milliseconds() - begun) / 1000))
    await setup.close()
  }
}

// ------------------------------------------------------------------------------------------------ otlp

/** The proxy; its code is a bundle of its own, and so is what it shares with no other command. */
async function otlp(line: CommandLine, io: CliIo, notes: Notes): Promise<number> {
  const masking = maskingOf(line, io, notes)
  const { given, input } = rulesetsOf(line.options.get('ruleset') ?? [], io)
  const ruleset = input ?? ['mask-logs:otel']
  const quiet = line.options.has('quiet')
  // first, so that the bundle of the proxy takes the library that is loaded already
  await io.load()
  const { runOtlp } = await import('../transports/otlp/command.ts')
  try {
    return await runOtlp({
      flags: line.options,
      cwd: io.cwd,
      ruleset,
      masking,
      write: (text) => void io.stderr.write(text),
      onSignal: (signals, handler) => io.onSignal(signals, handler),
      check: async () => (await createChecked(io, ruleset, masking, given, notes, quiet)).close(),
      started: (warnings) => {
        if (quiet) return
        if (warnings.length > 0) notes.line(issueLines(warnings, given))
        if (masking.runSecret === undefined) notes.line(NO_SECRET)
      },
    })
  } catch (error) {
    throw asGiven(error, given)
  }
}

// ------------------------------------------------------------------------------------------------ serve

/** The server; with --tail, lines of standard input pass through it on their way to standard output, and are shown on its page. */
async function serve(line: CommandLine, io: CliIo, notes: Notes): Promise<number> {
  const { options } = line
  const config = options.get('config')?.[0]
  const server = await import('../transports/server/index.ts')
  if (!options.has('tail')) {
    for (const { name } of FLAGS) if (options.has(name) && name !== 'config') throw new UsageError(`--${name} goes with --tail`)
    return server.runServer('serve', io, config)
  }
  const setup = await setUp(line, io, notes)
  const live = new server.LiveLines({ stats: () => setup.masker.stats() })
  let source: Source | undefined
  let stopped = false

  const pump = async (): Promise<'ended' | 'gone' | 'failed'> => {
    const sink = stdoutSink(io.stdoutFd, () => io.stdout)
    const { events, masker, reading } = setup
    let found: Finding[] = []
    const explain = (finding: Finding): void => {
      if (finding.decision === 'mask') found.push(finding)
    }
    const engine = masker.lines({ format: lineFormat(reading.format), explain, ...(events === undefined ? {} : { onFinding: events.to(() => 'stdin') }) })
    const feed = new LineFeed(engine)
    // line by line, so that what was found is known to be of this one
    const pass = async (pieces: Iterable<readonly Buffer[]>, whole: boolean): Promise<void> => {
      const out: Buffer[] = []
      try {
        for (const list of pieces) {
          // their memory is used again
          for (const piece of list) out.push(Buffer.from(piece))
          const written = sink.write(list)
          if (written !== undefined) await written
          if (sink.gone) return
        }
      } finally {
        if (out.length > 0) live.add(withoutEnd(Buffer.concat(out)), found)
        else if (whole) live.add(undefined, found)
        if (out.length > 0 || whole) found = []
      }
    }
    try {
      source = await openStdin(io.stdinFd, () => io.stdin, io.stdinIsTTY === true)
      if (stopped) source.stop()
      io.onData?.(false)
      for (let chunk = await source.next(); chunk !== undefined && !sink.gone; chunk = await source.next()) {
        try {
          for (let at = 0; at < chunk.length && !sink.gone; ) {
            const lf = chunk.indexOf(0x0a, at)
            const to = lf < 0 ? chunk.length : lf + 1
            await pass(feed.push(chunk.subarray(at, to)), lf >= 0)
            at = to
          }
        } finally {
          await sink.flush()
          setup.flushQuarantine()
        }
      }
      if (!sink.gone) await pass(feed.end(), false)
      await sink.flush()
      setup.flushQuarantine()
      return sink.gone ? 'gone' : 'ended'
    } catch (error) {
      noteFailure(error, notes)
      return 'failed'
    } finally {
      source?.close()
    }
  }

  try {
    return await server.runServer('serve', io, config, {
      live,
      run: () => pump().catch((error: unknown) => (notes.line(`mask-logs: internal error (${describeCrash(error)})`), 'failed' as const)),
      stop() {
        stopped = true
        source?.stop()
      },
      reload: () => setup.reload?.(),
    })
  } finally {
    await setup.close()
  }
}

/** A line without its terminator. */
function withoutEnd(line: Buffer): Buffer {
  const end = line.at(-1) === 0x0a ? (line.at(-2) === 0x0d ? 2 : 1) : 0
  return line.subarray(0, line.length - end)
}

// ------------------------------------------------------------------------------------------------ check, init

/** Checks each ruleset given as an operand by itself, those of -r together. */
async function check(line: CommandLine, io: CliIo, notes: Notes, operands: readonly string[]): Promise<number> {
  const testing = line.options.has('test')
  const secretFile = line.command === 'check' ? line.options.get('run-secret-file')?.[0] : undefined
  if (secretFile !== undefined && !testing) throw new UsageError("--run-secret-file needs --test with 'check'")
  if (line.options.has('show-values') && !testing) throw new UsageError('--show-values needs --test')
  // Of the environment nothing is taken: what a test gives shall not depend on who runs it.
  const runSecret = secretOf('run secret', secretFile, undefined, io)
  const flags = line.options.get('ruleset') ?? []
  const quiet = line.options.has('quiet')
  const groups: (readonly string[])[] = operands.map((name) => [name])
  if (flags.length > 0 || operands.length === 0) groups.unshift(flags)
  let code = 0
  for (const names of groups) {
    const { given, input } = rulesetsOf(names, io)
    const title = input === undefined ? 'mask-logs:default' : names.length > 0 ? names.join(' + ') : 'MASK_LOGS_RULESET'
    try {
      const masker = await createChecked(io, input, { ...pluginOptions(line, io), quarantine: () => {} }, given, notes, quiet)
      masker.close()
      if (!quiet) await print(io, `${printable(title)}: ok\n`)
      if (testing && !(await runTests(line, io, title, input, { ...pluginOptions(line, io), runSecret }, given))) code = Math.max(code, 1)
    } catch (error) {
      if (error instanceof RulesetError) notes.line(issueLines(error.issues, given))
      else if (error instanceof InputError && error.code === 'file_unreadable') notes.line(`mask-logs: ${printable(error.message)}`)
      else throw error
      code = 3
    }
  }
  return code
}

/** Runs the tests of one group of rulesets. False when one fails. */
async function runTests(
  line: CommandLine,
  io: CliIo,
  title: string,
  input: RulesetInput[] | undefined,
  settings: MaskerOptions,
  given: ReadonlyMap<string, string>,
): Promise<boolean> {
  const { testRuleset } = await io.load()
  const results = testRuleset(input ?? 'mask-logs:default', settings)
  const failed = results.filter((result) => !result.ok).length
  const shown = results.filter((result) => !result.ok || !line.options.has('quiet'))
  const lines = shown.map((result) => testLines({ ...result, source: given.get(result.source) ?? result.source }, line.options.has('show-values')))
  if (failed > 0 || !line.options.has('quiet'))
    lines.push(`${printable(title)}: ${results.length === 0 ? 'no tests' : `${results.length - failed} of ${results.length} tests passed`}\n`)
  await print(io, lines.join(''))
  return failed === 0
}

/** Makes in-flight rulesets of a database or file ruleset. One goes to standard output unless there is a directory for it. */
async function convert(line: CommandLine, io: CliIo, notes: Notes): Promise<number> {
  const [name] = line.operands
  const redact = line.options.get('pino')?.[0]
  if (redact !== undefined) return convertPino(redact, line, io)
  if (name === undefined) throw new UsageError("'convert' needs a ruleset: mask-logs convert RULESET")
  const wanted = line.options.get('task')?.[0]
  if (wanted !== undefined && !/^[1-9]\d{0,5}$/.test(wanted)) throw new UsageError('--task needs a number from 1')
  const output = line.options.get('output')?.[0]
  const { convertRuleset } = await io.load()
  const path = resolve(io.cwd, name)
  const converted = convertRuleset(path, { ...pluginOptions(line, io), source: name, directory: output === undefined ? undefined : resolve(io.cwd, output) })
  const { rulesets } = converted
  const chosen = wanted === undefined ? rulesets : rulesets.filter((ruleset) => ruleset.task === Number(wanted))
  if (wanted !== undefined && chosen.length === 0) {
    const there = rulesets.slice(0, 20).map((ruleset) => `${ruleset.task} (${ruleset.name.replace(/\.yaml$/, '')})`)
    if (rulesets.length > there.length) there.push('...')
    throw new UsageError(`no ruleset comes from task ${wanted}${there.length === 0 ? '' : `; there are: ${there.join(', ')}`}`, false)
  }
  const [only] = chosen
  if (output === undefined && chosen.length === 1 && only !== undefined) await print(io, only.text)
  else await writeRulesets(resolve(io.cwd, output ?? '.'), output, chosen, line.options.has('force'), io)
  const report = wanted === undefined ? converted.report : chosen.flatMap((ruleset) => ruleset.report)
  if (report.length === 0) return 0
  notes.line(report.map(printable).join('\n'))
  return 1
}

/** A ruleset of pino's `redact`, to standard output or into a directory. */
async function convertPino(json: string, line: CommandLine, io: CliIo): Promise<number> {
  if (line.operands.length > 0 || line.options.has('task')) throw new UsageError('--pino takes the place of a ruleset and of --task')
  let redact: PinoRedact
  try {
    redact = JSON.parse(json) as PinoRedact
  } catch {
    throw new UsageError(`--pino needs JSON: --pino '["req.headers.cookie"]'`)
  }
  const { convertPinoRedact } = await io.load()
  const text = convertPinoRedact(redact)
  const output = line.options.get('output')?.[0]
  if (output === undefined) await print(io, text)
  else await writeRulesets(resolve(io.cwd, output), output, [{ name: 'pino-redact.yaml', text }], line.options.has('force'), io)
  return 0
}

/** Nothing is written when one of the files would replace another unasked. */
async function writeRulesets(folder: string, given: string | undefined, rulesets: readonly { name: string; text: string }[], force: boolean, io: CliIo): Promise<void> {
  const shown = (name: string): string => (given === undefined ? name : join(given, name))
  let there: string | undefined
  try {
    if (rulesets.length > 0) mkdirSync(folder, { recursive: true })
    there = force ? undefined : rulesets.find(({ name }) => lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined)?.name
  } catch (error) {
    throw new UsageError(`cannot write to ${given ?? folder}: ${systemWords(error)}`, false)
  }
  if (there !== undefined) throw new UsageError(`cannot write ${shown(there)}: it exists already; --force replaces it`, false)
  const written: string[] = []
  try {
    for (const { name, text } of rulesets) {
      const file = openOutput(join(folder, name), shown(name))
      try {
        await file.sink.write([Buffer.from(text)])
        await file.sink.flush()
        commit(file)
      } catch (error) {
        file.abandon()
        throw error
      }
      written.push(`wrote ${printable(shown(name))}\n`)
    }
  } finally {
    await print(io, written.join(''))
  }
}

async function init(name: string, io: CliIo): Promise<number> {
  const { STARTER_RULESET } = await import('./cli/starter.ts')
  try {
    writeFileSync(resolve(io.cwd, name), STARTER_RULESET, { flag: 'wx' })
  } catch (error) {
    throw new UsageError(`cannot write ${name}: ${systemWords(error)}`, false)
  }
  return print(io, `wrote ${printable(name)}; check it with: mask-logs check ${printable(name)}\n`)
}
