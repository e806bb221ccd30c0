// pino's `redact` option as a ruleset: the same values go, at the same places, on the finished line.

import { InputError } from '../errors.ts'

/** `redact` of pino: paths, or paths with what takes the place of the values. */
export type PinoRedact =
  | readonly string[]
  | {
      readonly paths: readonly string[]
      /** Default `[Redacted]`. A function has no counterpart. */
      readonly censor?: string | number | boolean | null | undefined
      /** Removes the keys. */
      readonly remove?: boolean | undefined
    }

/** A ruleset as createMasker takes it, parsed. */
export interface PinoRuleset {
  readonly version: '1.0'
  readonly name: string
  readonly rules: readonly PinoRule[]
}

interface PinoRule {
  readonly name: string
  readonly paths: readonly (readonly string[])[]
  readonly except?: readonly string[]
  readonly whole: true
  readonly masks: readonly [{ readonly type: string; readonly value?: string | number | boolean | null }]
}

interface Step {
  readonly key: string
  /** `[0]` or `[*]`: an item of a list. */
  readonly item: boolean
}

/** pino writes these behind its redaction. */
const OWN: ReadonlySet<string> = new Set(['level', 'time'])

/**
 * Turns pino's `redact` option into a ruleset with the same result on the finished line: paths with `.`, `["key"]`, `[0]` and wildcards of
 * one level, `censor`, `remove`. Differs where pino itself cannot reach: `msg` and keys that serializers make are reached too, a key that
 * comes twice is masked twice, and a removed item of a list becomes null as there.
 *
 * Throws InputError (`bad_option`) for what is no such option, for a path pino would not take, and for a censor that is a function.
 *
 * @example createMasker(['mask-logs:default', fromPinoRedact({ paths: ['req.headers.authorization'], remove: true })])
 */
export function fromPinoRedact(redact: PinoRedact): PinoRuleset {
  const given: unknown = redact
  if (typeof given !== 'object' || given === null) throw new InputError('bad_option', "'redact' is a list of paths, or an object with 'paths'")
  const { paths, censor = '[Redacted]', remove = false } = (Array.isArray(given) ? { paths: given } : given) as { paths?: unknown; censor?: unknown; remove?: unknown }
  if (!Array.isArray(paths) || !paths.every((path) => typeof path === 'string')) throw new InputError('bad_option', "'paths' of 'redact' is a list of texts")
  if (typeof censor === 'function')
    throw new InputError('bad_option', "'censor' is a function, which a ruleset cannot hold: write a mask of your own (option 'masks'), or use one of the built-in masks")
  if (censor !== null && typeof censor !== 'string' && typeof censor !== 'number' && typeof censor !== 'boolean')
    throw new InputError('bad_option', "'censor' is a text, a number, true, false or null")
  const rules: PinoRule[] = []
  for (const [i, path] of (paths as readonly string[]).entries()) {
    const steps = readPath(path, i)
    if (steps.length === 1 && OWN.has(steps[0]!.key)) continue
    const last = steps[steps.length - 1]!
    rules.push({
      name: path,
      paths: [steps.map(({ key }) => key)],
      ...(steps[0]!.key === '*' ? { except: [...OWN] } : {}),
      whole: true,
      masks: [remove !== true ? { type: 'from_fixed', value: censor } : last.item ? { type: 'from_fixed', value: null } : { type: 'remove' }],
    })
  }
  // A ruleset has a rule, also where pino itself would reach nothing.
  if (rules.length === 0) rules.push({ name: 'nothing', paths: [['level']], whole: true, masks: [{ type: 'do_nothing' }] })
  return { version: '1.0', name: 'pino-redact', rules }
}

/** The steps of a path as pino reads it. */
function readPath(path: string, index: number): Step[] {
  const refuse = (): never => {
    throw new InputError('bad_option', `path ${index + 1} of 'redact' is none that pino takes: a.b, a["b-c"], a[0], a[*].b, a.*`)
  }
  const steps: Step[] = []
  let at = 0
  while (at < path.length) {
    if (path[at] === '[') {
      const close = /^\[(?:(\d+|\*)|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`([^`\\]*)`)\]/.exec(path.slice(at))
      if (close === null) return refuse()
      const quoted = close[2] ?? close[3] ?? close[4]
      steps.push(quoted === undefined ? { key: close[1]!, item: true } : { key: quoted.replace(/\\(.)/g, '$1'), item: false })
      at += close[0].length
      if (at < path.length && path[at] !== '.' && path[at] !== '[') return refuse()
    } else {
      if (path[at] === '.') {
        if (at === 0 || path[at + 1] === '.' || at + 1 === path.length) return refuse()
        at++
        if (path[at] === '[') continue
      }
      const word = /^[^.[\]]+/.exec(path.slice(at))
      if (word === null) return refuse()
      steps.push({ key: word[0], item: false })
      at += word[0].length
      if (path[at] === ']') return refuse()
    }
  }
  return steps.length === 0 ? refuse() : steps
}

/** The ruleset as YAML text. */
export function pinoRedactYaml(redact: PinoRedact): string {
  const { version, name, rules } = fromPinoRedact(redact)
  const lines = [`version: ${JSON.stringify(version)}`, `name: ${name}`, rules.length === 0 ? 'rules: []' : 'rules:']
  for (const rule of rules) {
    lines.push(`- name: ${JSON.stringify(rule.name)}`, `  paths: ${JSON.stringify(rule.paths)}`)
    if (rule.except !== undefined) lines.push(`  except: ${JSON.stringify(rule.except)}`)
    lines.push('  whole: true', `  masks: ${JSON.stringify(rule.masks)}`)
  }
  return `${lines.join('\n')}\n`
}
