// Ruleset + registries -> Plan. Everything that can be wrong was found while loading; here rules become targets on a trie,
// masks become functions, detectors become scan tables.

import { Memo } from './memo.ts'
import { TextAccess, TextMasker } from './text.ts'
import { JsonWalker } from './walk-json.ts'
import type { WalkServices } from './walk-json.ts'
import { DetectSet, Node, Plan, readingValues, type Scope } from './plan.ts'
import type { BoundFinder, BoundKeyed, BoundKnown, Chain, CompiledRule, CompiledTransform, DetectAction, SkipTest, Target } from './plan.ts'
import { asRead, asWritten, BASE64, PERCENT, PERCENT_TWICE } from './readings.ts'
import { decode, NO_WAYS, Scanner, unitOffsets } from './scanner.ts'
import type { BoundCustom, PairRecogniser } from './scanner.ts'
import { detectorId, isContainer, NumberText, REMOVED } from './types.ts'
import type {
  AiEngine,
  Condition,
  CustomDetector,
  DetectorInfo,
  DocumentMasker,
  Finder,
  HashSource,
  JsonTransform,
  KeyedDetector,
  KeyFacts,
  KnownValues,
  LinearRegex,
  MaskContext,
  MaskDefinition,
  MaskNode,
  MaskTools,
  PartMasker,
  Policy,
  Removed,
  Rule,
  Ruleset,
  Segment,
  Settles,
  SeedTable,
  SkipEntry,
  TextMatch,
  Value,
  ValueMasker,
} from './types.ts'
import { Applier, Context, FAILED, Hits, RecordState, resultText, scalarEquals, scalarText, splice, Writer } from './walker.ts'
import { decodeText, encodeText } from './wtf8.ts'
import { hmac } from './keyed.ts'
import type { RunKey } from './keyed.ts'
import { emptyWildcard, readValue, skipSpace, writeValue } from './json-bytes.ts'
import { MaskError } from '../errors.ts'
import type { MaskErrorCode } from '../errors.ts'

/** Everything the engine is given from outside. */
export interface Registries {
  readonly masks: ReadonlyMap<string, MaskDefinition>
  readonly finders: readonly Finder[]
  readonly detectors: readonly DetectorInfo[]
  readonly customs: readonly CustomDetector[]
  readonly pairs: PairRecogniser
  readonly keyFacts: (key: string) => KeyFacts
  /** Detectors of values that their key makes known. */
  readonly keyed: readonly KeyedDetector[]
  readonly keyGlobs: (globs: readonly string[]) => (key: string) => boolean
  readonly regex: (pattern: string) => LinearRegex
  readonly aiEngine: AiEngine | undefined
  /** Values that must never appear, for the detector `known_secret`. */
  readonly known: KnownValues | undefined
  /** A seed file by name, also one that only default masks use. */
  readonly seedFile: (name: string) => SeedTable
  readonly expandDetectors: (names: readonly string[], exclude: readonly string[]) => readonly string[]
}

/** A plan with what walkers need beside it. */
export interface Compiled {
  readonly plan: Plan
  readonly applier: Applier
  readonly pairs: PairRecogniser | undefined
  readonly customs: readonly BoundCustom[]
  readonly rules: readonly CompiledRule[]
  readonly actions: readonly DetectAction[]
  /** Errors inside documents in strings, to be counted with the record; the reader empties it. */
  readonly nestedErrors: MaskErrorCode[]
  /** Finds secrets in a finished record (or line) at [0, end); buf[end] ends it. */
  readonly verify: (buf: Buffer, end: number) => Hits
}

interface Guard {
  readonly id: number
  readonly conditions: readonly Condition[]
  readonly branch: boolean
}

/** The detector of values that the host gives. */
const KNOWN_SECRET = 'known_secret'

const ANY: Segment = { kind: 'any' }

function transformSegments(path: readonly (string | number)[]): Segment[] {
  return path.map((p) => (p === '*' ? ANY : typeof p === 'number' ? { kind: 'index', index: p } : { kind: 'name', name: p }))
}

/** Compiles a loaded ruleset. */
export function compile(ruleset: Ruleset, registries: Registries, key: RunKey): Compiled {
  return new Compiler(registries, key, ruleset.policy).compile(ruleset)
}

class Compiler {
  private readonly r: Registries
  private readonly key: RunKey
  private readonly policy: Policy
  private readonly transforms: CompiledTransform[] = []
  private readonly documents = new Map<number, Node>()
  private readonly ordered = new Map<number, readonly Target[]>()
  /** The orders of targets that a container is taken to a tree for. */
  private readonly apart: number[] = []
  private readonly regexes = new Map<string, LinearRegex>()
  private readonly actions: DetectAction[] = []
  private readonly ids: ReadonlyMap<string, number>
  private readonly infos: readonly DetectorInfo[]
  private readonly customs: BoundCustom[] = []
  private readonly bound: BoundFinder[]
  private readonly known: BoundKnown | undefined
  private readonly tools: MaskTools
  private chains = 0
  private documentIds = 0
  private rules: CompiledRule[] = []
  private plan!: Plan
  private applier!: Applier
  private guards = 0
  private readonly nestedErrors: MaskErrorCode[] = []

  constructor(registries: Registries, key: RunKey, policy: Policy) {
    this.r = registries
    this.key = key
    this.policy = policy
    const infos = [...registries.detectors]
    for (const c of registries.customs) {
      infos.push({
        name: c.name,
        group: c.group,
        tier: 0,
        priority: 1000 + infos.length,
        summary: c.summary ?? '',
        examples: [],
        counterExamples: [],
        ...(c.mask === undefined ? {} : { mask: c.mask }),
      })
    }
    this.infos = infos
    const ids = new Map<string, number>()
    infos.forEach((d, i) => ids.set(detectorId(d), i))
    this.ids = ids
    for (const c of registries.customs) this.customs.push({ id: ids.get(c.name)!, detector: c })
    this.bound = registries.finders.map((finder) => ({ finder, ids: Int32Array.from(finder.detectors, (d) => ids.get(detectorId(d))!) }))
    const known = ids.get(KNOWN_SECRET)
    this.known = registries.known === undefined || known === undefined ? undefined : { id: known, values: registries.known }
    this.tools = this.makeTools()
  }

  compile(ruleset: Ruleset): Compiled {
    const root = new Node()
    const keyTargets: { target: Target; matches: (key: string) => boolean }[] = []
    const keyExcepts: { rule: CompiledRule; matches: (key: string) => boolean }[] = []
    const lineTargets = new Map<string, Target[]>()
    const names = new Set<string>()
    const addLine = (name: string, target: Target): void => {
      const list = lineTargets.get(name)
      if (list === undefined) lineTargets.set(name, [target])
      else if (!list.includes(target)) list.push(target)
    }
    const visit = (rules: readonly Rule[], layer: number, guards: readonly Guard[]): void => {
      for (const rule of rules) {
        if (rule.form === 'if') {
          const id = this.guards++
          this.collectRegexes(rule.conditions)
          visit(rule.rules, layer, [...guards, { id, conditions: rule.conditions, branch: true }])
          visit(rule.elseRules, layer, [...guards, { id, conditions: rule.conditions, branch: false }])
          continue
        }
        const chain = rule.masks === undefined ? undefined : this.chain(rule.masks, rule.form)
        const compiled: CompiledRule = {
          id: this.rules.length,
          name: rule.name,
          path: rule.path,
          layer,
          order: this.rules.length,
          form: rule.form,
          chain,
          skip: this.skip(rule.skip),
          skipEntries: rule.skip,
          sources: rule.hashSources,
          wider: rule.form === 'record' && !rule.ownSources,
          whole: rule.whole,
          conditions: guards,
          masked: 0,
        }
        this.rules.push(compiled)
        for (const path of rule.except) root.addPath(path, { kind: 'except', rule: compiled })
        if (rule.exceptKeys.length > 0) keyExcepts.push({ rule: compiled, matches: this.r.keyGlobs(rule.exceptKeys) })
        if (rule.form === 'detect') {
          this.addActions(compiled, rule.detect, chain)
          continue
        }
        const target = this.target(compiled, chain!, undefined, rule.form === 'record' || rule.whole || chain!.takesContainers)
        const transforms = chain!.document ?? chain!.ordered
        if (transforms !== undefined) {
          if (chain!.document !== undefined) this.addDocument(compiled, chain!)
          else this.addOrdered(compiled, chain!)
          if (rule.form === 'record') {
            for (const transform of transforms) {
              const last = transform.transform.path.findLast((p) => typeof p === 'string' && p !== '*')
              if (last !== undefined) addLine(last as string, this.target(compiled, transform.chain, transform, true))
            }
          }
        }
        for (const path of rule.paths) for (const segment of path) if (segment.kind === 'name') names.add(segment.name)
        for (const key of rule.keys) names.add(key)
        for (const t of transforms ?? []) for (const part of t.transform.path) names.add(String(part))
        if (rule.form === 'record') root.accepts.push({ kind: 'target', target })
        else if (rule.form === 'paths') {
          for (const path of rule.paths) {
            root.addPath(path, { kind: 'target', target })
            const last = path[path.length - 1]
            if (last?.kind === 'name') addLine(last.name, target)
          }
        } else keyTargets.push({ target, matches: this.r.keyGlobs(rule.keys) })
      }
    }
    ruleset.layers.forEach((layer, i) => visit(layer.rules, i, []))
    for (const path of this.policy.allow) root.addPath(path, { kind: 'allow' })

    const detectRules = this.rules.filter((r) => r.form === 'detect')
    const detects = detectRules.length > 0
    if (this.known !== undefined && !this.actions.some((a) => a.id === this.known!.id)) {
      // who gives values wants them masked, whatever the ruleset says of detectors
      const rule = this.pseudoRule('known secrets')
      this.addActions(rule, [KNOWN_SECRET], undefined)
      detectRules.push(rule)
    }
    const pairs = this.policy.text_pairs ? this.r.pairs : undefined
    const sets = new Map<string, DetectSet>()
    const make = (actions: readonly (DetectAction | undefined)[], line: boolean): DetectSet => {
      const any = actions.some((a) => a !== undefined)
      const keyed = this.keyed(actions)
      const wantsPairs = line || (pairs !== undefined && (keyTargets.length > 0 || keyed.length > 0))
      return new DetectSet(
        actions,
        this.bound,
        wantsPairs ? this.r.pairs : undefined,
        keyed,
        any && this.policy.scan_numbers,
        any ? this.policy.decode : [],
        this.known,
        this.policy.text_words,
      )
    }
    const noDetect = new DetectSet(
      this.infos.map(() => undefined),
      [],
      undefined,
      [],
      false,
      [],
    )
    const detectSet = (excepted: readonly CompiledRule[], inData: boolean): DetectSet => {
      const key = excepted
        .map((r) => r.id)
        .sort((a, b) => a - b)
        .join()
      let set = sets.get(key)
      if (set === undefined) sets.set(key, (set = make(this.owners(detectRules.filter((r) => !excepted.includes(r))), false)))
      if (!inData || set.empty) return set
      const name = `${key} data`
      let own = sets.get(name)
      if (own === undefined) sets.set(name, (own = readingValues(set)))
      return own
    }
    let lineActions = this.owners(detectRules)
    if (!detects) {
      // a line is never passed unscanned
      const rule = this.pseudoRule('text lines')
      this.addActions(rule, this.r.expandDetectors(['all'], []), undefined)
      lineActions = this.owners([rule])
    }
    let keyScanner: Scanner | undefined
    let lineSet: DetectSet | undefined
    this.plan = new Plan({
      policy: this.policy,
      finders: this.r.finders,
      root,
      rules: this.rules,
      transforms: this.transforms,
      documents: this.documents,
      ordered: this.ordered,
      apart: this.apart,
      keyTargets,
      keyExcepts,
      lineTargets,
      detectRules,
      known: this.known !== undefined,
      names,
      detectSet,
      lineDetect: () => (lineSet ??= make(lineActions, true)),
      noDetect,
      keyFacts: this.r.keyFacts,
      scanKey: (scope: Scope, bytes: Uint8Array) => {
        keyScanner ??= new Scanner(this.plan, undefined, [])
        return keyScanner.scan(scope.detect, bytes, 0, bytes.length, false, true, []) > 0
      },
    })
    this.applier = new Applier(this.plan, this.key, this.regexes)
    return {
      plan: this.plan,
      applier: this.applier,
      pairs: this.r.pairs,
      customs: this.customs,
      rules: this.rules,
      actions: this.actions,
      nestedErrors: this.nestedErrors,
      verify: this.verifier(),
    }
  }

  /** `policy.verify`: group `secrets` on the output, everything found becomes `[MASKING FAILED]`. */
  private verifier(): (buf: Buffer, end: number) => Hits {
    let ready: { walker: JsonWalker; services: WalkServices; access: TextAccess } | undefined
    return (buf, end) => {
      if (ready === undefined) {
        const rule = this.pseudoRule('verify')
        const from = this.actions.length
        this.addActions(rule, this.r.expandDetectors(['secrets'], []), this.chain([node('from_fixed', { value: FAILED })], 'detect'))
        const own: (DetectAction | undefined)[] = this.infos.map(() => undefined)
        for (const a of this.actions.splice(from)) own[a.id] = a
        const set = new DetectSet(own, this.bound, this.r.pairs, this.keyed(own), true, ['url'], this.known, true)
        const plan = new Plan({
          ...this.plan.parts,
          policy: { ...this.policy, unknown_fields: 'keep' },
          root: new Node(),
          keyTargets: [],
          keyExcepts: [],
          lineTargets: new Map(),
          detectSet: () => set,
          lineDetect: () => set,
        })
        const applier = new Applier(plan, this.key, this.regexes)
        const state = new RecordState()
        const services: WalkServices = {
          plan,
          applier,
          pairs: this.r.pairs,
          customs: [],
          hits: new Hits(),
          state,
          memo: new Memo(0),
          texts: new TextMasker(plan, applier, this.r.pairs, []),
          observe: undefined,
        }
        ready = { walker: new JsonWalker(services), services, access: new TextAccess(state) }
      }
      const { walker, services, access } = ready
      services.hits.clear()
      services.state.next()
      services.plan.trim()
      const stop = walker.walk(buf, 0, end, services.plan.root, true)
      if (stop < 0 || skipSpace(buf, stop, end) !== end) {
        services.hits.clear()
        services.texts.line(buf, 0, end, access, services.hits)
      }
      return services.hits
    }
  }

  /** Which action each detector's matches get: the last rule that names it; earlier ones stand in for failed conditions. */
  private owners(rules: readonly CompiledRule[]): (DetectAction | undefined)[] {
    const out: (DetectAction | undefined)[] = this.infos.map(() => undefined)
    for (const action of this.actions) {
      if (!rules.includes(action.rule)) continue
      const before = out[action.id]
      if (action.rule.conditions.length > 0 && before !== undefined) action.fallback.set(action.rule, before)
      out[action.id] = action
    }
    return out
  }

  /** Those of the detectors in force that keys speak to. */
  private keyed(actions: readonly (DetectAction | undefined)[]): BoundKeyed[] {
    const out: BoundKeyed[] = []
    for (const keyed of this.r.keyed) {
      const id = this.ids.get(detectorId(keyed.detector))
      const action = id === undefined ? undefined : actions[id]
      if (action !== undefined) out.push({ keyed, action })
    }
    return out
  }

  private addActions(rule: CompiledRule, names: readonly string[], chain: Chain | undefined): void {
    for (const name of names) {
      const id = this.ids.get(name)
      // without values there is nothing to look for
      if (id === undefined || (name === KNOWN_SECRET && this.known === undefined)) continue
      const detector = this.infos[id]!
      const own = chain ?? this.defaultChain(detector)
      const fixed = own.constant
      this.actions.push({
        id,
        detector,
        rule,
        chain: own,
        masked: 0,
        fallback: new Map(),
        memo: own.pure && own.constant === undefined && rule.conditions.length === 0 && (!own.keyed || selfOnly(rule.sources)),
        constantBytes: fixed === undefined ? undefined : Buffer.from(JSON.stringify(fixed).slice(1, -1)),
        series: chain === undefined && own.label === 'redact' ? () => this.seriesChain(detector) : undefined,
      })
    }
  }

  private readonly defaults = new Map<string, Chain>()
  private defaultChain(detector: DetectorInfo): Chain {
    let chain = this.defaults.get(detector.name)
    if (chain === undefined) {
      const { type = 'redact', ...options } = detector.mask ?? { type: 'redact', label: detector.name }
      const known = this.r.masks.has(type as string)
      chain = this.chain([known ? node(type as string, options) : node('redact', { label: detector.name })], 'default')
      this.defaults.set(detector.name, chain)
    }
    return chain
  }

  /** The mask of matches that stand for the default `redact` in what tells series of measurements apart. */
  private seriesChain(detector: DetectorInfo): Chain {
    let chain = this.series.get(detector.name)
    if (chain === undefined) this.series.set(detector.name, (chain = this.chain([node('pseudonym', { prefix: `${detector.name}_` })], 'default')))
    return chain
  }
  private readonly series = new Map<string, Chain>()

  private pseudoRule(name: string): CompiledRule {
    const rule: CompiledRule = {
      id: this.rules.length,
      name,
      path: name,
      layer: 0,
      order: this.rules.length,
      form: 'detect',
      chain: undefined,
      skip: undefined,
      skipEntries: [],
      sources: [SELF],
      wider: false,
      whole: false,
      conditions: [],
      masked: 0,
    }
    this.rules.push(rule)
    return rule
  }

  private target(rule: CompiledRule, chain: Chain, transform: CompiledTransform | undefined, whole: boolean): Target {
    const fixed = chain.constant !== undefined && transform === undefined && rule.conditions.length === 0 && rule.skip === undefined
    const sources = transform?.transform.hashSources === undefined ? rule.sources : transform.transform.hashSources
    const order = rule.order + (transform === undefined ? 0 : (transform.id + 1) / 1e6)
    if (whole && chain.apart) this.apart.push(order)
    const pure = chain.pure && transform === undefined && rule.conditions.length === 0 && (!chain.keyed || selfOnly(sources))
    return {
      rule,
      chain,
      transform,
      whole,
      order,
      constantToken: fixed ? Buffer.from(JSON.stringify(chain.constant)) : undefined,
      memo: pure && rule.skip === undefined && !chain.removes,
      pure,
    }
  }

  /** Puts the transforms of a `json` chain on a trie of their own, entered wherever the chain meets a container. */
  private addDocument(rule: CompiledRule, chain: Chain): void {
    if (this.documents.has(chain.id)) return
    const root = new Node()
    this.documents.set(chain.id, root)
    for (const transform of chain.document!) {
      root.addPath(transform.segments, { kind: 'target', target: this.target(rule, transform.chain, transform, true) })
      if (transform.chain.document !== undefined) this.addDocument(rule, transform.chain)
      if (transform.chain.ordered !== undefined) this.addOrdered(rule, transform.chain)
    }
  }

  /** The same where the transforms are applied in order: they stay by themselves, those of `json` masks in them too. */
  private addOrdered(rule: CompiledRule, chain: Chain): void {
    const transforms = chain.ordered ?? chain.document
    if (transforms === undefined || this.ordered.has(chain.id)) return
    this.ordered.set(
      chain.id,
      transforms.map((t) => this.target(rule, t.chain, t, true)),
    )
    for (const t of transforms) this.addOrdered(rule, t.chain)
  }

  private skip(entries: readonly SkipEntry[]): SkipTest | undefined {
    if (entries.length === 0) return undefined
    const tests = entries.map((e): SkipTest => {
      if (e.kind === 'value') return (v) => !isContainer(v) && scalarEquals(v, e.value)
      const regex = this.r.regex(e.pattern)
      return (v) => !isContainer(v) && regex.matches(scalarText(v))
    })
    return tests.length === 1 ? tests[0]! : (v) => tests.some((t) => t(v))
  }

  private collectRegexes(conditions: readonly Condition[]): void {
    for (const c of conditions) {
      if (c.kind !== 'test') this.collectRegexes(c.of)
      else if (c.test === 'matches') this.regexes.set(c.value as string, this.r.regex(c.value as string))
    }
  }

  // ---------------------------------------------------------------------------------------------- chains

  private chain(nodes: readonly MaskNode[], form: CompiledRule['form'] | 'inner' | 'default'): Chain {
    const first = nodes[0]
    // the default masks of detectors are made when a first match needs them: seed files are not read for nothing
    let made: ValueMasker | undefined
    const run: ValueMasker = form === 'default' ? (value, context) => (made ??= this.pipeline(nodes))(value, context) : this.pipeline(nodes)
    const single = nodes.length === 1 ? first : undefined
    const released = single?.type === 'do_nothing' && (form === 'paths' || form === 'keys')
    let constant: string | undefined
    if (
      single !== undefined &&
      ((single.type === 'redact' && single.options.get('keep_type') !== true) || (single.type === 'from_fixed' && typeof single.options.get('value') === 'string'))
    ) {
      constant = run('x', NO_CONTEXT) as string
    }
    const transforms = single?.type === 'json' ? this.documentOf(single) : undefined
    const inOrder = transforms?.some((t) => t.chain.reads) === true
    const settles = released ? 'value' : this.settles(nodes)
    return {
      id: this.chains++,
      run,
      settles,
      label: first?.type ?? 'mask',
      constant,
      pure: !this.some(nodes, (n, d) => d.timeDependent?.(n.options) === true || readsRecord(n)),
      keyed: this.some(nodes, (n, d) => d.random !== undefined || n.type === 'scan' || n.type === 'url' || n.type === 'json' || n.type === 'xml' || n.type === 'unstructured_text'),
      takesContainers: first?.type === 'json' || first?.type === 'remove' || (first?.type === 'scan' && first.options.get('join') === true),
      document: inOrder ? undefined : transforms,
      ordered: inOrder ? transforms : undefined,
      reads: nodes.some(readsDocument),
      copies: this.some(nodes, (n) => n.type === 'from_json_path'),
      apart: inOrder || (transforms === undefined && settles !== 'value' && flat(nodes).some((n) => n.type === 'json')),
      scans: single?.type === 'scan' && single.options.get('join') !== true,
      removes: this.some(nodes, (n) => n.type === 'remove'),
    }
  }

  /** The masks of a rule (or transform), one after the other; the context follows what of the text is settled. */
  private pipeline(nodes: readonly MaskNode[]): ValueMasker {
    const masks = flat(nodes).map((n) => ({
      run: this.r.masks.get(n.type)!.compile(n.options, this.tools),
      tells: n.type === 'take_substring' || n.type === 'from_json_path' || this.settles([n]) === 'replaced',
      reads: readsDocument(n),
    }))
    return (value, context) => {
      const follow = context instanceof Context
      let current: Value | Removed = value
      for (const { run, tells, reads } of masks) {
        if (current === REMOVED) return REMOVED
        const before: Value = current
        current = run(before, context)
        if (follow) context.follow(before, current, tells, reads)
      }
      return current
    }
  }

  private sequence(nodes: readonly MaskNode[]): ValueMasker {
    const masks = nodes.map((n) => this.r.masks.get(n.type)!.compile(n.options, this.tools))
    if (masks.length === 1) return masks[0]!
    return (value, context) => {
      let current: Value | Removed = value
      for (const mask of masks) {
        if (current === REMOVED) return REMOVED
        current = mask(current, context)
      }
      return current
    }
  }

  private settles(nodes: readonly MaskNode[]): Settles {
    let out: Settles = 'nothing'
    for (const n of flat(nodes)) {
      const d = this.r.masks.get(n.type)!
      const s = typeof d.settles === 'function' ? d.settles(n.options, (inner) => this.settles(inner)) : d.settles
      // what comes from elsewhere takes the place of all that was written before
      if (s === 'nothing' && readsDocument(n)) out = 'nothing'
      else if (s === 'value' || (s === 'replaced' && out === 'nothing')) out = s
    }
    return out
  }

  private some(nodes: readonly MaskNode[], test: (node: MaskNode, definition: MaskDefinition) => boolean): boolean {
    return nodes.some((n) => test(n, this.r.masks.get(n.type)!) || innerMasks(n.options).some((inner) => this.some(inner, test)))
  }

  private documentOf(n: MaskNode): CompiledTransform[] {
    const document = this.documentIds++
    return jsonTransforms(n.options).map((t) => this.transform(t, document))
  }

  private transform(t: JsonTransform, document: number): CompiledTransform {
    const chain = this.chain(t.masks, 'inner')
    const compiled: CompiledTransform = { id: this.transforms.length, document, transform: t, segments: transformSegments(t.path), chain }
    this.transforms.push(compiled)
    return compiled
  }

  // ---------------------------------------------------------------------------------------------- tools

  private makeTools(): MaskTools {
    return {
      masks: (nodes) => this.sequence(nodes),
      seedFile: this.r.seedFile,
      regex: (pattern) => this.r.regex(pattern),
      keyGlobs: (globs) => this.r.keyGlobs(globs),
      secretKey: (key) => this.r.keyFacts(key).secret >= 2,
      hmac,
      scan: (detect, exclude, masks) => this.scanTool(detect, exclude, masks),
      find: (detector) => this.findTool(detector),
      aiEngine: this.r.aiEngine,
      document: (transforms) => this.documentTool(transforms),
      parts: (masks, sources, knows) => this.partTool(masks, sources, knows),
      report: (error, context) => this.note(error, context),
    }
  }

  /** Detection as a mask. */
  private scanTool(
    detect: readonly string[],
    exclude: readonly string[],
    masks: readonly MaskNode[] | undefined,
  ): (text: string, context: MaskContext, settled?: number[], sources?: number[]) => string {
    let ready: { set: DetectSet; scanner: Scanner } | undefined
    let busy = false
    // Runs of base64 are read one after the other, and nothing in them is read in another way again.
    let inside: Scanner | undefined
    const scanned = (text: string, own: Scanner | undefined, context: MaskContext, settled?: number[], sources?: number[]): string => {
      ready ??= this.detection(this.r.expandDetectors(detect, exclude), masks === undefined ? undefined : this.chain(masks, 'detect'), this.policy.decode)
      const outermost = own === undefined && !busy
      const scanner = own ?? (busy ? new Scanner(this.plan, this.r.pairs, this.customs) : ready.scanner)
      busy = true
      try {
        // most texts are short and hold nothing: for those no memory is made
        const short = asciiIn(SHORT_TEXT, text)
        if (short >= 0 && scanner.scan(ready.set, SHORT_TEXT, 0, short, false, false, NO_WORDS) === 0) return text
        const bytes = encodeText(text)
        const whole = text.isWellFormed()
        const n = scanner.scan(ready.set, bytes, 0, bytes.length, false, false, NO_WORDS)
        if (n === 0) return text
        let out = ''
        let copied = 0
        let read = 0
        for (let k = 0; k < n; k++) {
          const ref = scanner.refs[k]!
          const matched = decodeText(bytes, scanner.starts[k]!, scanner.ends[k]!, whole)
          const how = scanner.encoded[k]!
          let done: string
          if (how === BASE64 && scanner.merged[k] === 0) {
            const inner = inside ?? new Scanner(this.plan, this.r.pairs, [], NO_WAYS)
            inside = undefined
            done = scanned(asRead(matched, how), inner, context)
            inside = inner
          } else if (!('detector' in ref)) done = '[REDACTED]'
          else if (scanner.merged[k] === 1) done = `[REDACTED:${ref.detector.name}]`
          else {
            const result = this.applier.matchWithin(ref, asRead(matched, how), context)
            done = result === REMOVED ? '' : resultText(result)
          }
          done = asWritten(done, how, matched)
          const kept = decodeText(bytes, copied, scanner.starts[k]!, whole)
          out += kept
          read += kept.length
          sources?.push(read, read + matched.length)
          read += matched.length
          settled?.push(out.length, out.length + done.length)
          out += done
          copied = scanner.ends[k]!
        }
        out += decodeText(bytes, copied, bytes.length, whole)
        return out
      } finally {
        if (outermost) busy = false
      }
    }
    return (text, context, settled, sources) => scanned(text, undefined, context, settled, sources)
  }

  /** What scans with some detectors alone, inside a mask. */
  private detection(names: readonly string[], chain: Chain | undefined, decode: readonly string[]): { set: DetectSet; scanner: Scanner } {
    const rule = this.pseudoRule('scan')
    const from = this.actions.length
    this.addActions(rule, names, chain)
    const own: (DetectAction | undefined)[] = this.infos.map(() => undefined)
    for (const a of this.actions.slice(from)) own[a.id] = a
    const keyed = this.keyed(own)
    const pairs = this.policy.text_pairs && keyed.length > 0 ? this.r.pairs : undefined
    return { set: new DetectSet(own, this.bound, pairs, keyed, false, decode, this.known, this.policy.text_words), scanner: new Scanner(this.plan, pairs, this.customs) }
  }

  /** Detection that only says where. */
  private findTool(detector: string): (text: string) => TextMatch[] {
    let ready: { set: DetectSet; scanner: Scanner } | undefined
    return (text) => {
      // what is found is masked where it stands: not in base64
      const { set, scanner } = (ready ??= this.detection(
        this.r.expandDetectors([detector], []),
        undefined,
        this.policy.decode.filter((way) => way !== 'base64'),
      ))
      const bytes = Buffer.from(text)
      const n = scanner.scan(set, bytes, 0, bytes.length, false, false, [])
      const ends = unitOffsets(text, bytes.length, scanner.ends, n, true)
      const starts = unitOffsets(text, bytes.length, scanner.starts, n, false)
      return starts.map((start, k) => ({ start, end: ends[k]!, encoded: scanner.encoded[k] === PERCENT || scanner.encoded[k] === PERCENT_TWICE }))
    }
  }

  /** Masks on parts of a value, each of which may fail by itself. */
  private partTool(nodes: readonly MaskNode[], sources: readonly HashSource[] | null | undefined, knows: readonly HashSource['from'][]): PartMasker {
    const run = this.pipeline(nodes)
    const whole = this.settles(nodes) === 'value'
    return (part, context, settled) => {
      try {
        const result = this.applier.part(run, part, sources, knows, context, settled)
        if (settled !== undefined && (whole || typeof result !== 'string')) settled.ranges = [0, result === REMOVED ? 0 : resultText(result).length]
        return result
      } catch (error) {
        this.note(error, context)
        if (settled !== undefined) settled.ranges = [0, FAILED.length]
        part.failed?.()
        return FAILED
      }
    }
  }

  /** Counts an error inside a value, if the value goes on for all that. */
  private note(error: unknown, context: MaskContext): void {
    const known = error instanceof MaskError ? error : new MaskError('internal', 'mask', 'failed')
    if (this.policy.on_mask_error !== 'redact') throw known
    const errors = context instanceof Context ? context.access?.state.errors : undefined
    ;(errors ?? this.nestedErrors).push(known.code)
  }

  /** A `json` mask on JSON text, or on a container inside a chain: a plan of its transforms alone. */
  private documentTool(transforms: readonly JsonTransform[]): DocumentMasker {
    type Ready = {
      readonly walker: JsonWalker
      readonly services: WalkServices
      readonly plan: Plan
      readonly compiled: readonly CompiledTransform[]
      readonly inOrder: readonly Target[] | undefined
      readonly applier: Applier
    }
    let ready: Ready | undefined
    const prepare = (): Ready => {
      if (ready !== undefined) return ready
      const document = this.documentIds++
      const compiled = transforms.map((t) => this.transform(t, document))
      const rule: CompiledRule = { ...this.pseudoRule('json'), form: 'record', sources: null }
      const root = new Node()
      const documents = new Map<number, Node>(this.documents)
      const targets = compiled.map((t) => this.target(rule, t.chain, t, true))
      const inOrder = compiled.some((t) => t.chain.reads) ? targets : undefined
      for (const target of targets) {
        const { chain } = target
        if (inOrder === undefined) root.addPath(target.transform!.segments, { kind: 'target', target })
        if (inOrder === undefined && chain.document !== undefined) this.addDocument(rule, chain)
        else this.addOrdered(rule, chain)
      }
      for (const [id, n] of this.documents) documents.set(id, n)
      const parts = this.plan.parts
      const policy: Policy = { ...this.policy, unknown_fields: 'keep', allow: [], scan_keys: false, decode: [] }
      const plan = new Plan({
        ...parts,
        policy,
        root,
        documents,
        keyTargets: [],
        keyExcepts: [],
        lineTargets: new Map(),
        detectRules: [],
        detectSet: () => parts.noDetect,
        lineDetect: () => parts.noDetect,
      })
      const applier = new Applier(plan, this.key, this.regexes)
      const services: WalkServices = {
        plan,
        applier,
        pairs: undefined,
        customs: [],
        hits: new Hits(),
        state: new RecordState(),
        memo: new Memo(0),
        texts: new TextMasker(plan, applier, undefined, []),
        observe: undefined,
      }
      return (ready = { walker: new JsonWalker(services), services, plan, compiled, inOrder, applier })
    }
    const text = (json: string, context: MaskContext): string | undefined => {
      const { walker, services, plan, compiled, inOrder, applier } = prepare()
      const bytes = Buffer.from(json + '\0')
      const end = bytes.length - 1
      const { hits, state } = services
      hits.clear()
      state.next()
      plan.trim()
      applier.outer = context
      let unsettled: ReadonlySet<number> | undefined
      try {
        if (inOrder !== undefined) {
          unsettled = walker.ordered(bytes, end, inOrder)
          if (unsettled === undefined) return undefined
        } else {
          const opened = state.begin(compiled, undefined)
          const stop = walker.walk(bytes, 0, end, plan.root, true)
          if (stop < 0 || skipSpace(bytes, stop, end) !== end) return undefined
          for (const t of state.end(opened)) {
            if (emptyWildcard(bytes, 0, end, t.segments)) continue
            const error = new MaskError('missing_path', 'json', 'found nothing at a path')
            if (this.policy.on_mask_error !== 'redact') throw error
            state.errors.push(error.code)
          }
        }
        if (state.failure !== undefined) throw state.failure
        if (state.drop) throw new MaskError(state.errors[0] ?? 'internal', 'json', 'failed on a value')
        this.nestedErrors.push(...state.errors)
        if (hits.count === 0) return json
        tellSettled(bytes, hits, unsettled, context)
        const writer = new Writer()
        const copied = splice(bytes, end, hits, 0, writer)
        writer.copy(bytes, copied, end)
        return Buffer.concat(writer.take()).toString()
      } finally {
        applier.outer = undefined
        hits.clear()
      }
    }
    const parse = (json: string): Value => {
      const bytes = Buffer.from(json)
      return readValue(bytes, 0, bytes.length, 1000)!
    }
    return { text, value: (container, context) => parse(text(writeValue(container), context) ?? 'null') }
  }
}

const SELF: HashSource = { from: 'self', path: [], trim: false, case: undefined, onMissing: 'error' }

/** Masks one after the other: a `chain` is those in it. */
function flat(nodes: readonly MaskNode[]): readonly MaskNode[] {
  return nodes.flatMap((n): readonly MaskNode[] => (n.type === 'chain' ? flat(n.options.get('masks') as readonly MaskNode[]) : [n]))
}

/** True for a mask that puts in what stands elsewhere in the document around it; the transforms of a `json` mask have their own. */
function readsDocument(n: MaskNode): boolean {
  if (n.type === 'from_json_path') return true
  const own = n.type === 'json' ? new Map([...n.options].filter(([name]) => name !== 'transforms')) : n.options
  return innerMasks(own).some((inner) => inner.some(readsDocument))
}

/** Says what of a JSON text its transforms have written. Where entries were removed too, nothing: all of it is scanned. */
function tellSettled(bytes: Buffer, hits: Hits, unsettled: ReadonlySet<number> | undefined, context: MaskContext): void {
  if (context.settle === undefined) return
  const ranges: number[] = []
  const sources: number[] = []
  let read = 0
  let write = 0
  let copied = 0
  for (let k = 0; k < hits.count; k++) {
    const out = hits.outs[k]
    if (out === undefined) return
    const kept = decode(bytes, copied, hits.starts[k]!).length
    const from = decode(bytes, hits.starts[k]!, hits.ends[k]!).length
    const to = decode(out, 0, out.length).length
    sources.push(read + kept, read + kept + from)
    if (unsettled?.has(k) !== true) ranges.push(write + kept, write + kept + to)
    read += kept + from
    write += kept + to
    copied = hits.ends[k]!
  }
  context.settle(ranges, ranges.length === sources.length ? sources : undefined)
}

function selfOnly(sources: readonly HashSource[] | null): boolean {
  return sources !== null && sources.length > 0 && sources.every((s) => s.from === 'self')
}

const NO_WORDS: readonly string[] = []
/** Texts that are scanned at once, in turn. */
const SHORT_TEXT = Buffer.alloc(160)

/** Forgets the last of them. */
export function wipeShortText(): void {
  SHORT_TEXT.fill(0)
}

/** Writes a short text of ASCII with a NUL behind it; -1: it is none. */
function asciiIn(out: Uint8Array, text: string): number {
  const n = text.length
  if (n >= out.length) return -1
  for (let i = 0; i < n; i++) {
    const c = text.charCodeAt(i)
    if (c > 0x7f) return -1
    out[i] = c
  }
  out[n] = 0
  return n
}

function node(type: string, options: Readonly<Record<string, unknown>>): MaskNode {
  return { type, options: new Map(Object.entries(options)), path: '', line: 0, column: 0 }
}

/** True for a mask with hash sources of its own outside the value it masks, or with none: its results are random then. */
function readsRecord(n: MaskNode): boolean {
  const sources = n.options.get('hash_sources') as readonly HashSource[] | null | undefined
  return sources === null || (sources?.some((s) => s.from === 'record' || s.from === 'parent') ?? false)
}

/** Inner mask lists of an option map, however deep. */
function innerMasks(options: ReadonlyMap<string, unknown>): (readonly MaskNode[])[] {
  const out: (readonly MaskNode[])[] = []
  const visit = (v: unknown): void => {
    if (Array.isArray(v)) {
      if (v.length > 0 && isMaskNode(v[0])) out.push(v as MaskNode[])
      else v.forEach(visit)
    } else if (v instanceof Map) v.forEach(visit)
    else if (v !== null && typeof v === 'object' && !(v instanceof NumberText) && !isMaskNode(v)) Object.values(v).forEach(visit)
  }
  options.forEach(visit)
  return out
}

function isMaskNode(v: unknown): boolean {
  return v !== null && typeof v === 'object' && typeof (v as MaskNode).type === 'string' && (v as MaskNode).options instanceof Map
}

/** The transforms of a `json` mask from its checked options. */
export function jsonTransforms(options: ReadonlyMap<string, unknown>): JsonTransform[] {
  return (options.get('transforms') as readonly unknown[]).map((raw) => {
    const get = (key: string): unknown => (raw instanceof Map ? raw.get(key) : (raw as Record<string, unknown>)[key])
    return {
      path: get('path') as readonly (string | number)[],
      masks: get('masks') as readonly MaskNode[],
      onNull: (get('on_null') ?? 'skip') as JsonTransform['onNull'],
      onMissing: (get('on_missing') ?? 'error') as JsonTransform['onMissing'],
      forceConsistency: get('force_consistency') === true,
      advanceHash: get('advance_hash') === true,
      hashSources: get('hash_sources') as JsonTransform['hashSources'],
    }
  })
}

/** For masks that give the same for every string: nothing may be asked of the context. */
const NO_CONTEXT: MaskContext = {
  self: 'x',
  consistent: false,
  draws: () => {
    throw new Error('unexpected')
  },
  seedOf: () => {
    throw new Error('unexpected')
  },
  otherInputs: () => [],
  now: () => 0,
}
