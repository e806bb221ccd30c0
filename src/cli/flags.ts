// What the command line accepts, said once: parsing, --help, the nearest name for a typing error and docs/cli.md all read
// these two tables.

export type CommandName =
  | 'mask'
  | 'run'
  | 'explain'
  | 'discover'
  | 'otlp'
  | 'check'
  | 'convert'
  | 'rulesets'
  | 'schema'
  | 'init'
  | 'new-secret'
  | 'serve'
  | 'hash-password'
  | 'new-token'

export interface Flag {
  readonly name: string
  readonly short?: string
  /** Name of the value in help; undefined for a switch. */
  readonly value?: string
  readonly repeat?: true
  readonly commands: readonly CommandName[]
  readonly text: string
}

export interface Command {
  readonly name: CommandName
  readonly usage: string
  readonly summary: string
  /** Operands: how many at most. `run` takes the rest of the line as it is. */
  readonly operands: number
  readonly examples: readonly string[]
}

/** A command line that cannot be understood or followed. The message never repeats an option's value, but file names. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** Help would help: the words are wrong, not a file. */
  readonly inWords: boolean
  constructor(message: string, inWords = true) {
    super(message)
    this.inWords = inWords
  }
}

const MASKING: readonly CommandName[] = ['mask', 'run', 'explain', 'serve']
const READING: readonly CommandName[] = [...MASKING, 'discover']
const PROXY: readonly CommandName[] = ['otlp']
const EVERY: readonly CommandName[] = [
  'mask',
  'run',
  'explain',
  'discover',
  'otlp',
  'check',
  'convert',
  'rulesets',
  'schema',
  'init',
  'new-secret',
  'serve',
  'hash-password',
  'new-token',
]

export const FLAGS: readonly Flag[] = [
  {
    name: 'ruleset',
    short: 'r',
    value: 'FILE|mask-logs:NAME',
    repeat: true,
    commands: ['mask', 'run', 'explain', 'otlp', 'check', 'serve'],
    text: 'Ruleset file or built-in; give it again to add a stronger one. Default: MASK_LOGS_RULESET, else mask-logs:default (otlp: mask-logs:otel).',
  },
  {
    name: 'run-secret-file',
    value: 'FILE',
    commands: [...MASKING, 'otlp', 'check'],
    text: 'File with the run secret, 20 to 256 characters. The same secret gives the same masked values. With check: for --test.',
  },
  {
    name: 'known-secrets-file',
    value: 'FILE',
    repeat: true,
    commands: [...MASKING, 'otlp'],
    text: 'File with values that must never appear, one a line: masked wherever and however they are written (known_secret). May be given again.',
  },
  {
    name: 'known-secrets-env',
    value: 'GLOB',
    repeat: true,
    commands: [...MASKING, 'otlp'],
    text: "The same for the values of environment variables: '*_TOKEN', 'DB_PASSWORD'. May be given again.",
  },
  {
    name: 'format',
    value: 'FORMAT',
    commands: ['mask', 'explain', 'discover'],
    text: 'auto (default), text, ndjson, json-document, csv or tsv. auto: by the name of the file (.csv, .tsv, .json, also with .gz behind it), else line by line.',
  },
  { name: 'text', commands: READING, text: 'Read every line as text, also when it is JSON: --format text.' },
  {
    name: 'json',
    commands: READING,
    text: 'Read every line as JSON; what is not JSON goes by the policy on_unparsable: --format ndjson. Default: decided line by line. With discover: the report as JSON.',
  },
  { name: 'delimiter', value: 'CHARACTER', commands: ['mask', 'explain', 'discover'], text: 'What stands between the cells of CSV and TSV (default: a comma, a tab).' },
  { name: 'no-header', commands: ['mask', 'explain', 'discover'], text: 'The first row of CSV and TSV is data; the keys of its cells are 1, 2, ...' },
  {
    name: 'output',
    short: 'o',
    value: 'FILE',
    commands: ['mask', 'discover', 'convert'],
    text: 'Write to FILE: beside it first, renamed when complete. With discover: a ruleset for what was found. With convert: the directory for the rulesets, made if it is not there.',
  },
  {
    name: 'stats',
    commands: ['mask', 'run'],
    text: 'Summary on stderr at the end: name and serial of the ruleset, lines, masked values by rule and detector, errors by code, speed.',
  },
  { name: 'explain', commands: ['mask', 'run'], text: 'One line on stderr for each masked value: place, path, rule or detector, score, length. Never the value.' },
  { name: 'json-findings', commands: ['mask', 'run', 'explain'], text: 'Explain as JSON, one finding a line.' },
  {
    name: 'findings',
    value: 'FILE|FD',
    commands: ['mask', 'run', 'otlp', 'serve'],
    text: 'Append one JSON event for each masked value to a file (made for its owner alone), or write it to a descriptor: time, source, line, path, rule, detector, length. Never the value.',
  },
  {
    name: 'findings-wait',
    commands: ['mask', 'run', 'otlp', 'serve'],
    text: 'Wait for the reader of --findings when its pipe is full. Default: events are dropped, counted and told.',
  },
  {
    name: 'watch',
    commands: ['mask', 'run', 'otlp', 'serve'],
    text: 'Reload the rulesets when their files change, and on SIGHUP. One that cannot be used is told, and the one in force stays.',
  },
  { name: 'reload', commands: ['mask', 'run', 'serve'], text: 'Reload the rulesets on SIGHUP only, which then does not end the reading and is not passed to a command.' },
  { name: 'stamp', commands: ['mask', 'run', 'serve'], text: 'Write name and serial of the ruleset at the end of every JSON object: "mask_logs":{"ruleset":...,"serial":...}.' },
  {
    name: 'metrics-listen',
    value: '[HOST:]PORT',
    commands: ['mask', 'run'],
    text: 'Serve counters for Prometheus at http://HOST:PORT/metrics while the command runs. Default host: 127.0.0.1. Port 0: any; it is told.',
  },
  {
    name: 'metrics-file',
    value: 'FILE',
    commands: ['mask', 'run'],
    text: 'Write the counters to FILE every 10 seconds and at the end, as whole files, for the textfile collector.',
  },
  { name: 'check', commands: ['mask'], text: 'Check the rulesets and stop: exit code 0 or 3.' },
  { name: 'test', commands: ['check'], text: 'Run the tests of the rulesets too: exit code 1 when one fails.' },
  { name: 'show-values', commands: ['check'], text: 'With --test: show expected and received values of what differs, not only where.' },
  { name: 'task', value: 'N', commands: ['convert'], text: 'Convert only task N, counted from 1; the tasks inside parallel and serial count, those two do not.' },
  { name: 'pino', value: 'JSON', commands: ['convert'], text: "Convert pino's option `redact` instead: its JSON, a list of paths or an object with `paths`, `censor`, `remove`." },
  { name: 'max-lines', value: 'N', commands: ['discover'], text: 'Look at N records and lines only. Default: all.' },
  { name: 'force', commands: ['discover', 'convert'], text: 'Replace files that exist.' },
  {
    name: 'plugin',
    value: 'MODULE',
    repeat: true,
    commands: ['mask', 'run', 'explain', 'serve', 'discover', 'otlp', 'check', 'convert'],
    text: 'Module with masks or detectors of your own; may be given again.',
  },
  { name: 'quarantine', value: 'FILE', commands: MASKING, text: 'Append a note (JSON, without content) for each line that the policy quarantines.' },
  { name: 'quarantine-raw', commands: MASKING, text: 'With --quarantine: the line itself too, as base64. The file is then as sensitive as the input; it must have mode 600.' },
  { name: 'max-record-bytes', value: 'N', commands: READING, text: 'Longest line that is masked whole: 1KiB to 256MiB. Overrides the policy of the ruleset.' },
  {
    name: 'quiet',
    short: 'q',
    commands: ['mask', 'run', 'explain', 'serve', 'discover', 'otlp', 'check'],
    text: 'No warnings, no notice about a missing run secret, no progress bar.',
  },
  { name: 'listen-http', value: 'HOST:PORT', commands: PROXY, text: 'Where OTLP/HTTP is received; :PORT is loopback. Default: :4318, when HTTP is forwarded.' },
  { name: 'listen-grpc', value: 'HOST:PORT', commands: PROXY, text: 'Where OTLP/gRPC is received. Default: :4317, with --forward-grpc. Needs the package @grpc/grpc-js.' },
  { name: 'listen-admin', value: 'HOST:PORT', commands: PROXY, text: 'Where /healthz, /readyz and /metrics are served. Default: nowhere.' },
  { name: 'forward', value: 'URL', commands: PROXY, text: 'Where masked telemetry goes, over the transport that it came in.' },
  { name: 'forward-http', value: 'URL', commands: PROXY, text: 'The same for HTTP alone: http://collector:4318.' },
  { name: 'forward-grpc', value: 'URL', commands: PROXY, text: 'The same for gRPC alone: http://collector:4317, or https:// for TLS.' },
  { name: 'workers', value: 'N|auto', commands: PROXY, text: 'Processes that share the ports. Default: 1.' },
  { name: 'tls-cert', value: 'FILE', commands: PROXY, text: 'Certificate of the listeners (PEM). A changed file is taken over.' },
  { name: 'tls-key', value: 'FILE', commands: PROXY, text: 'Its key (PEM).' },
  { name: 'tls-client-ca', value: 'FILE', commands: PROXY, text: 'Who signs the certificates that clients must show (PEM): mutual TLS.' },
  { name: 'forward-ca', value: 'FILE', commands: PROXY, text: "Who signs the certificate of the upstream (PEM). Default: the system's authorities." },
  { name: 'forward-cert', value: 'FILE', commands: PROXY, text: 'Certificate shown to the upstream (PEM).' },
  { name: 'forward-key', value: 'FILE', commands: PROXY, text: 'Its key (PEM).' },
  {
    name: 'forward-header',
    value: 'NAME',
    repeat: true,
    commands: PROXY,
    text: 'A request header to pass on, besides authorization, user-agent and x-scope-orgid. May be given again.',
  },
  { name: 'upstream-headers-file', value: 'FILE', commands: PROXY, text: "File with lines 'name: value': headers set on every request to the upstream." },
  { name: 'forward-gzip', commands: PROXY, text: 'Compress towards the upstream.' },
  { name: 'cors-origin', value: 'ORIGIN', repeat: true, commands: PROXY, text: 'Web pages of this origin may send (* for any). May be given again.' },
  { name: 'unknown-fields', value: 'drop|keep', commands: PROXY, text: 'Fields that OTLP does not know: removed where they could hold text (default), or kept.' },
  { name: 'repair-utf8', commands: PROXY, text: 'Replace invalid UTF-8 in strings.' },
  { name: 'stamp-resource', commands: PROXY, text: 'Mark each resource with mask_logs.hop, to notice a loop through a Collector.' },
  { name: 'max-body-bytes', value: 'SIZE', commands: PROXY, text: 'Largest request, decompressed. Default: 64MiB.' },
  { name: 'max-in-flight-bytes', value: 'SIZE', commands: PROXY, text: 'Requests in memory, for each worker. Default: 128MiB.' },
  { name: 'max-concurrent', value: 'N', commands: PROXY, text: 'Requests to each upstream at once. Default: 64.' },
  { name: 'wait', value: 'TIME', commands: PROXY, text: "How long a request waits for memory or for an upstream that is away. Default: 4s (gRPC: up to the client's deadline)." },
  { name: 'timeout', value: 'TIME', commands: PROXY, text: 'How long a request may take where the client sets no deadline. Default: 9s.' },
  { name: 'body-timeout', value: 'TIME', commands: PROXY, text: 'How long a client may take to send a request. Default: 30s.' },
  { name: 'drain-timeout', value: 'TIME', commands: PROXY, text: 'How long accepted requests are finished after SIGTERM. Default: 25s.' },
  {
    name: 'tail',
    commands: ['serve'],
    text: "Mask the lines of standard input on their way to standard output, and show them on the page's Live tab as they pass. The access log goes to standard error. The options for masking go with it.",
  },
  { name: 'config', value: 'FILE', commands: ['serve'], text: 'Settings of the server (YAML). MASK_LOGS_<KEY> in the environment counts above them; docs/server.md lists them.' },
  { name: 'help', short: 'h', commands: EVERY, text: 'Help, also for one command.' },
  { name: 'version', short: 'V', commands: EVERY, text: 'The version.' },
]

export const COMMANDS: readonly Command[] = [
  {
    name: 'mask',
    usage: 'mask-logs [options] [file ...]',
    summary: 'Mask files, or standard input, to standard output.',
    operands: Infinity,
    examples: [
      'node app.js | mask-logs',
      'mask-logs -r rules.yaml app.ndjson > masked.ndjson',
      'mask-logs -r mask-logs:default -r mask-logs:network --stats app.log.1.gz app.log -o masked.log',
      'tail -F app.log | mask-logs --text --run-secret-file /run/secrets/mask-logs',
      'mask-logs -r rules.yaml customers.csv.gz -o masked.csv',
      'mask-logs --format csv --delimiter ; --no-header export.txt > masked.txt',
      'tail -F app.log | mask-logs -r rules.yaml --watch --findings findings.ndjson --metrics-listen 9464',
    ],
  },
  {
    name: 'run',
    usage: 'mask-logs run [options] -- COMMAND [argument ...]',
    summary: 'Start a command and mask its stdout and its stderr, crashes included.',
    operands: Infinity,
    examples: ['mask-logs run -- node server.js', 'mask-logs run -r rules.yaml --stats -- npm start'],
  },
  {
    name: 'explain',
    usage: 'mask-logs explain [options] [file ...]',
    summary: 'Say what is masked, where, and by which rule or detector; the values are not shown.',
    operands: Infinity,
    examples: ['mask-logs explain app.ndjson', 'grep 4711 app.log | mask-logs explain --text --json-findings'],
  },
  {
    name: 'discover',
    usage: 'mask-logs discover [options] [file ...]',
    summary: 'Say what kinds of sensitive data stand at which paths of a sample, and write a ruleset.',
    operands: Infinity,
    examples: ['mask-logs discover app.ndjson', 'mask-logs discover --max-lines 100000 -o rules.yaml app.log.gz', 'mask-logs discover --json customers.csv'],
  },
  {
    name: 'otlp',
    usage: 'mask-logs otlp [options]',
    summary: 'Receive OTLP (traces, metrics, logs; HTTP and gRPC), mask it and forward it.',
    operands: 0,
    examples: [
      'mask-logs otlp --listen-http :14318 --forward-http http://127.0.0.1:4318',
      'mask-logs otlp --listen-grpc :14317 --forward-grpc https://gw.example:4317 -r rules.yaml --watch',
      'mask-logs otlp --forward http://collector:4318 --listen-admin :9464 --workers auto',
    ],
  },
  {
    name: 'check',
    usage: 'mask-logs check [options] [ruleset ...]',
    summary: 'Check rulesets; every problem with its line and column. With --test, run their tests.',
    operands: Infinity,
    examples: ['mask-logs check rules.yaml', 'mask-logs check --test rules.yaml'],
  },
  {
    name: 'convert',
    usage: 'mask-logs convert [options] RULESET',
    summary: "Make in-flight rulesets of a DataMasque database or file ruleset, or of pino's `redact`.",
    operands: 1,
    examples: [
      'mask-logs convert database.yaml -o rulesets',
      'mask-logs convert database.yaml --task 2 > customers.yaml',
      `mask-logs convert --pino '{"paths":["req.headers.cookie"],"remove":true}' > redact.yaml`,
    ],
  },
  {
    name: 'rulesets',
    usage: 'mask-logs rulesets [NAME]',
    summary: 'List the built-in rulesets, or print one.',
    operands: 1,
    examples: ['mask-logs rulesets', 'mask-logs rulesets pii'],
  },
  {
    name: 'schema',
    usage: 'mask-logs schema',
    summary: 'Print the JSON Schema of rulesets, for editors.',
    operands: 0,
    examples: ['mask-logs schema > ruleset.schema.json'],
  },
  {
    name: 'init',
    usage: 'mask-logs init [FILE]',
    summary: 'Write a commented starter ruleset (mask-logs.yaml); an existing file is left alone.',
    operands: 1,
    examples: ['mask-logs init', 'mask-logs init rules.yaml'],
  },
  {
    name: 'new-secret',
    usage: 'mask-logs new-secret',
    summary: 'Print a new random run secret.',
    operands: 0,
    examples: ['mask-logs new-secret > run-secret && chmod 600 run-secret'],
  },
  {
    name: 'serve',
    usage: 'mask-logs serve [--config FILE] [--tail]',
    summary: 'Serve the in-flight masking API: named ruleset plans, each with an endpoint that masks JSON.',
    operands: 0,
    examples: ['mask-logs serve', 'mask-logs serve --config mask-logs-server.yaml', 'node server.js | mask-logs serve --tail -r rules.yaml --watch > app.log'],
  },
  {
    name: 'hash-password',
    usage: 'mask-logs hash-password',
    summary: 'Hash a password from standard input for the users file of the server.',
    operands: 0,
    examples: ['read -rs PASSWORD; printf %s "$PASSWORD" | mask-logs hash-password'],
  },
  {
    name: 'new-token',
    usage: 'mask-logs new-token',
    summary: 'Print a new static token for the server, and its entry in the users file.',
    operands: 0,
    examples: ['mask-logs new-token'],
  },
]

export const ENVIRONMENT: readonly (readonly [name: string, text: string])[] = [
  ['MASK_LOGS_RULESET', 'Ruleset file, built-in or YAML text, when there is no --ruleset.'],
  ['MASK_LOGS_RUN_SECRET_FILE', 'File with the run secret, when there is no --run-secret-file.'],
  ['MASK_LOGS_RUN_SECRET', 'The run secret itself, when no file is given.'],
  ['MASK_LOGS_INSTANCE_SECRET_FILE', 'File with the instance secret, mixed in whenever set.'],
  ['MASK_LOGS_INSTANCE_SECRET', 'The instance secret itself, when no file is given.'],
]

export const EXIT_CODES: readonly (readonly [code: string, text: string])[] = [
  ['0', 'Everything was masked. Also when the reader of the output went away (closed pipe).'],
  ['1', 'Some input could not be read or masked, or the output could not be written; a test of a ruleset failed; converting left something out.'],
  ['2', 'Wrong usage: unknown option, run secret of the wrong length, a file named by an option that cannot be opened, an address that is taken. Nothing was read.'],
  ['3', 'The ruleset cannot be used. Nothing was read.'],
  ['70', 'A defect of mask-logs itself; only the class and code of the error are shown.'],
  ['(otlp)', '0 after SIGTERM or SIGINT when all that was accepted has been answered, 1 when not, or at the second signal.'],
  ['128+n', 'Stopped by signal n (129 SIGHUP, unless it reloads, 130 SIGINT, 143 SIGTERM) after what had been read was written.'],
  ['(run)', "The command's own code; 128+n when a signal ended it, 126 when it cannot be executed, 127 when it is not found."],
]

/** What --format takes. `json-file`, which it does not take, is a file named so: a document, or lines. */
export type Format = 'auto' | 'text' | 'ndjson' | 'json-document' | 'csv' | 'tsv'
export const FORMATS: readonly Format[] = ['auto', 'text', 'ndjson', 'json-document', 'csv', 'tsv']

/** How the inputs are to be read. Throws UsageError for options that do not go together. */
export interface Reading {
  readonly format: Format
  readonly delimiter: string | undefined
  readonly header: boolean
}

export function readingOf({ command, options, operands }: CommandLine): Reading {
  // there it is a matter of what is written
  const json = options.has('json') && command !== 'discover'
  if (options.has('text') && json) throw new UsageError('--text and --json exclude each other')
  const given = options.get('format')?.[0]
  if (given !== undefined) {
    const short = options.has('text') ? '--text' : json ? '--json' : undefined
    if (short !== undefined) throw new UsageError(`--format and ${short} exclude each other`)
    if (given === 'json') throw new UsageError("--format json may mean two things: write 'ndjson' for a value on each line, 'json-document' for documents over many lines")
    if (!(FORMATS as readonly string[]).includes(given)) throw new UsageError(`--format takes ${FORMATS.slice(0, -1).join(', ')} or ${FORMATS.at(-1)}${suggest(given, FORMATS)}`)
  }
  const format = options.has('text') ? 'text' : json ? 'ndjson' : ((given ?? 'auto') as Format)
  const written = options.get('delimiter')?.[0]
  const delimiter = written === '\\t' || written === 'tab' ? '\t' : written
  if (delimiter !== undefined && !/^[^\0\r\n"\u0080-\uffff]$/.test(delimiter))
    throw new UsageError('--delimiter takes one ASCII character that is no quote and no line end, or tab')
  const tables = format === 'csv' || format === 'tsv' || (format === 'auto' && operands.some((file) => /^[ct]sv$/.test(formatOfName(file))))
  for (const name of ['delimiter', 'no-header']) if (options.has(name) && !tables) throw new UsageError(`--${name} goes with CSV and TSV: add --format csv`)
  return { format, delimiter, header: !options.has('no-header') }
}

/** The format that a file's name tells. */
export function formatOfName(file: string): 'auto' | 'json-file' | 'csv' | 'tsv' {
  const ending = /\.(csv|tsv|json)(?:\.gz)?$/i.exec(file)?.[1]?.toLowerCase()
  return ending === 'json' ? 'json-file' : ((ending ?? 'auto') as 'auto' | 'csv' | 'tsv')
}

/** A command line, understood. */
export interface CommandLine {
  readonly command: CommandName
  /** Values by option name; a switch holds an empty list. */
  readonly options: ReadonlyMap<string, readonly string[]>
  readonly operands: readonly string[]
}

/** Reads the arguments (without node and script). Throws UsageError. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  let command: CommandName | undefined
  const options = new Map<string, string[]>()
  const operands: string[] = []
  const used: { flag: Flag; spelled: string }[] = []
  let at = 0

  const take = (flag: Flag, spelled: string, inline: string | undefined): void => {
    used.push({ flag, spelled })
    const values = options.get(flag.name) ?? []
    if (flag.value === undefined) {
      if (inline !== undefined) throw new UsageError(`${spelled} takes no value`)
    } else {
      const value = inline ?? argv[at++]
      if (value === undefined || value === '') throw new UsageError(`${spelled} needs a value: ${flag.value}`)
      if (!flag.repeat) values.length = 0
      values.push(value)
    }
    options.set(flag.name, values)
  }

  while (at < argv.length) {
    const word = argv[at++] as string
    if (word === '--') {
      operands.push(...argv.slice(at))
      break
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=')
      const spelled = equals < 0 ? word : word.slice(0, equals)
      const flag = FLAGS.find((f) => `--${f.name}` === spelled)
      if (flag === undefined)
        throw new UsageError(
          `unknown option ${spelled}${suggest(
            spelled,
            FLAGS.map((f) => `--${f.name}`),
          )}`,
        )
      take(flag, spelled, equals < 0 ? undefined : word.slice(equals + 1))
    } else if (word.startsWith('-') && word !== '-') {
      // A cluster such as -qr FILE or -rFILE. What cannot be understood is not repeated beyond its first letter.
      for (let i = 1; i < word.length; i++) {
        const letter = word[i] as string
        const flag = FLAGS.find((f) => f.short === letter)
        if (flag === undefined)
          throw new UsageError(
            `unknown option -${letter}${
              word.length > 2
                ? suggest(
                    `-${word}`,
                    FLAGS.map((f) => `--${f.name}`),
                  )
                : ''
            }`,
          )
        const rest = word.slice(i + 1)
        if (flag.value !== undefined) {
          take(flag, `-${letter}`, rest === '' ? undefined : rest.replace(/^=/, ''))
          break
        }
        take(flag, `-${letter}`, undefined)
      }
    } else {
      const named = command === undefined && operands.length === 0 ? COMMANDS.find((c) => c.name === word && c.name !== 'mask') : undefined
      if (named !== undefined) command = named.name
      else operands.push(word)
      // The options of the command to run are its own.
      if (command === 'run' && operands.length > 0) {
        operands.push(...argv.slice(at))
        break
      }
    }
  }

  const name = command ?? 'mask'
  for (const { flag, spelled } of used) {
    if (!flag.commands.includes(name)) throw new UsageError(`${spelled} does not go with '${name}'`)
  }
  const most = (COMMANDS.find((c) => c.name === name) as Command).operands
  if (operands.length > most) throw new UsageError(most === 0 ? `'${name}' takes no file` : `'${name}' takes one name`)
  return { command: name, options, operands }
}

/** ` (did you mean X?)`, or nothing when no name is near. */
export function suggest(word: string, known: readonly string[]): string {
  let best: string | undefined
  let least = 4
  for (const name of known) {
    // A part of a name counts as near: --secret, --max.
    const bare = word.replace(/^-+/, '')
    const distance = Math.min(editDistance(word, name), bare.length > 2 && name.includes(bare) ? 3 : 4)
    if (distance < least) {
      least = distance
      best = name
    }
  }
  return best === undefined ? '' : ` (did you mean ${best}?)`
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 3) return 4
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length] as number
}

/** How an option is written: `-r, --ruleset FILE`. */
export function spelling(flag: Flag): string {
  return `${flag.short === undefined ? '    ' : `-${flag.short}, `}--${flag.name}${flag.value === undefined ? '' : ` ${flag.value}`}`
}

/** Text of --help: of everything, or of one command. */
export function helpText(name: CommandName): string {
  const command = COMMANDS.find((c) => c.name === name) as Command
  const lines = [`Usage: ${command.usage}`]
  if (name === 'mask') for (const c of COMMANDS) if (c.name !== 'mask') lines.push(`       ${c.usage}`)
  lines.push('', name === 'mask' ? 'Mask sensitive data in logs before they go anywhere.' : command.summary)
  if (name === 'mask') {
    lines.push('', 'Commands:', ...columns(COMMANDS.map((c) => [c.name === 'mask' ? '(none)' : c.name, c.summary])))
  }
  const flags = FLAGS.filter((f) => f.commands.includes(name))
  lines.push('', 'Options:', ...columns(flags.map((f) => [spelling(f), f.text])))
  if (name === 'mask') {
    lines.push('', 'Environment:', ...columns(ENVIRONMENT), '', 'Exit codes:', ...columns(EXIT_CODES))
  }
  lines.push('', 'Examples:', ...command.examples.map((e) => `  ${e}`))
  if (name === 'mask') lines.push(`  ${(COMMANDS.find((c) => c.name === 'run') as Command).examples[0]}`)
  return `${lines.join('\n')}\n`
}

/** Two columns, the second wrapped at 100 characters. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const left = Math.min(40, Math.max(...rows.map(([name]) => name.length)) + 4)
  return rows.flatMap(([name, text]) => {
    const out: string[] = []
    let line = `  ${name}`.padEnd(left)
    if (line.length > left) {
      out.push(line)
      line = ''.padEnd(left)
    }
    let first = true
    for (const word of text.split(' ')) {
      if (!first && line.length + 1 + word.length > 100) {
        out.push(line)
        line = ''.padEnd(left) + word
      } else {
        line += first ? word : ` ${word}`
      }
      first = false
    }
    out.push(line)
    return out
  })
}
