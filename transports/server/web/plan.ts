// One plan: its ruleset in an editor, what is wrong with it, a payload to try, and how to call it.

import { ApiError, words } from './api.ts'
import type { Api, Issue, PlanDetail } from './api.ts'
import { namesIn, payloadOf } from './compare.ts'
import { ask, button, copy, count, debounce, fill, h, icon, labelled, say } from './dom.ts'
import { createEditor } from './editor.ts'
import type { Diagnostic, Editor } from './editor.ts'
import { confirmDelete } from './plans.ts'
import { RulesetSchema } from './ruleset-schema.ts'
import type { Schema } from './ruleset-schema.ts'
import { createTryout } from './tryout.ts'
import { timeElement } from './view.ts'
import type { Context, View } from './view.ts'

const OWN = `# What mask-logs:default finds (secrets, payment cards, personal data), and rules of your own.
version: "1.0"
extends: ["mask-logs:default"]
rules:
- keys: [customer_id]
  masks: [{type: imitate_unique}]
`
const CUSTOMER = `# A record about a customer: realistic substitutes that fit together, the same for the same customer_id and run secret.
version: "1.0"
rules:
- hash_sources: [{json_path: [customer_id]}]
  masks:
  - type: json
    transforms:
    - {path: [first_name], masks: [{type: from_file, seed_file: DataMasque_firstNames_mixed.csv, seed_column: firstname-mixed}]}
    - {path: [last_name], masks: [{type: from_file, seed_file: DataMasque_lastNames_v2.csv}]}
    - {path: [email], masks: [{type: email}]}
    - {path: [date_of_birth], masks: [{type: from_random_date, min: "1950-01-01", max: "2005-12-31"}]}
    - {path: [account_balance], masks: [{type: from_random_number, min: 100, max: 9000, decimal_places: 2}, {type: typecast, typecast_as: decimal}]}
    - {path: [customer_id], masks: [{type: imitate_unique}]}
`
const EMPTY = 'version: "1.0"\nrules:\n'

interface Builtin {
  readonly name: string
  readonly ruleset_yaml: string
}

// read once: they belong to the version of the server
let schemaRead: Promise<Schema> | undefined
let builtinsRead: Promise<readonly Builtin[]> | undefined
let seedsRead: Promise<readonly string[]> | undefined

function readOnce(api: Api): { schema: Promise<Schema>; builtins: Promise<readonly Builtin[]>; seeds: Promise<readonly string[]> } {
  schemaRead ??= (api.get('/ifm/schema/') as Promise<Schema>).catch((error: unknown) => {
    schemaRead = undefined
    throw error
  })
  builtinsRead ??= (api.get('/ifm/rulesets/') as Promise<{ items: Builtin[] }>).then(
    ({ items }) => items,
    () => {
      builtinsRead = undefined
      return []
    },
  )
  seedsRead ??= (api.get('/api/seeds/') as Promise<{ name: string }[]>).then(
    (seeds) => seeds.map(({ name }) => name),
    () => {
      seedsRead = undefined
      return []
    },
  )
  return { schema: schemaRead, builtins: builtinsRead, seeds: seedsRead }
}

/** The editor of a ruleset with its problems below. */
function rulesetPanel(api: Api, text: string, onChange: () => void, onSave: () => void, onRun: () => void, onChecked: () => void, payload: () => string) {
  let good: string | undefined
  let schema: RulesetSchema | undefined
  let control = new AbortController()
  let names: { builtins: readonly Builtin[]; seeds: readonly string[] } = { builtins: [], seeds: [] }
  const shared = readOnce(api)
  shared.schema.then(
    (read) => {
      schema = new RulesetSchema(read, (key) => {
        if (key === 'extends') return names.builtins.map(({ name, ruleset_yaml }) => ({ label: name, detail: about(ruleset_yaml, 40) }))
        if (key === 'seed_file') return names.seeds.map((label) => ({ label, detail: 'seed file' }))
        if (key === 'keys') return namesIn(payload()).keys.map((label) => ({ label, detail: 'in the payload' }))
        if (key === 'paths' || key === 'except' || key === 'allow') return namesIn(payload()).paths.map((label) => ({ label, detail: 'in the payload' }))
        return []
      })
      check()
    },
    () => {},
  )
  void Promise.all([shared.builtins, shared.seeds]).then(([builtins, seeds]) => {
    names = { builtins, seeds }
  })
  const state = h('p', { class: 'state', role: 'status', 'aria-live': 'polite' }, 'Checking ...')
  const problems = h('ol', { class: 'problems', 'aria-label': 'Problems of the ruleset' })
  const editor: Editor = createEditor({
    label: 'Ruleset, YAML. Tab indents; Escape, then Tab leaves the field. Ctrl-Space proposes, F8 goes to the next problem.',
    text,
    onChange() {
      // what the schema knows at once, until the server has answered
      const faults = schema?.faults(editor.text) ?? []
      editor.underline(faults.map(({ from, to, message }): Diagnostic => ({ from, to, message, severity: 'error', source: 'schema' })))
      check()
      onChange()
    },
    onSave,
    onRun,
    schema: () => schema,
  })
  const check = debounce(300, () => void validate())

  /** False: it has errors. Undefined: it could not be checked, which is told. */
  async function validate(): Promise<boolean | undefined> {
    control.abort()
    control = new AbortController()
    const { signal } = control
    const checked = editor.text
    try {
      const { issues } = (await api.post('/ifm/validate/', { ruleset_yaml: checked }, signal)) as { issues: Issue[] }
      const fine = issues.every(({ severity }) => severity !== 'error')
      if (fine) good = checked
      show(issues)
      onChecked()
      return fine
    } catch (error) {
      if (!signal.aborted) fill(state, words(error))
      return undefined
    }
  }

  function show(issues: readonly Issue[]): void {
    const diagnostics = issues.map((issue): Diagnostic => {
      const [from, to] = rangeOf(editor, issue)
      return { from, to, severity: issue.severity, message: issue.message, source: issue.code }
    })
    editor.underline(diagnostics)
    const errors = issues.filter(({ severity }) => severity === 'error').length
    const warnings = issues.length - errors
    state.className = errors > 0 ? 'state bad' : 'state good'
    fill(
      state,
      icon(errors > 0 ? 'error' : 'ok'),
      errors === 0 ? (warnings === 0 ? 'No problems' : count(warnings, 'warning')) : `${count(errors, 'error')}${warnings > 0 ? `, ${count(warnings, 'warning')}` : ''}`,
    )
    fill(
      problems,
      ...issues
        .slice(0, 100)
        .map((issue, i) =>
          h(
            'li',
            { class: issue.severity },
            h(
              'button',
              { type: 'button', on: { click: () => editor.goTo(diagnostics[i]!.from) } },
              h('span', { class: 'at' }, `${issue.line ?? 1}:${issue.column ?? 1}`),
              h('span', {}, issue.message),
              h('code', {}, issue.code),
            ),
          ),
        ),
    )
  }

  check.now()
  return {
    editor,
    show,
    validate: async () => {
      check.cancel()
      const fine = await validate()
      if (fine !== true) say(fine === false ? 'The ruleset has errors; it is not saved.' : 'The ruleset could not be checked; it is not saved.', 'error')
      return fine === true
    },
    ruleset: () => ({ text: good, stale: good !== editor.text }),
    builtins: shared.builtins,
    element: h(
      'section',
      { class: 'panel ruleset', 'aria-labelledby': 'ruleset-title' },
      h('div', { class: 'panel-head' }, h('h2', { id: 'ruleset-title' }, 'Ruleset'), state),
      editor.element,
      problems,
      h(
        'p',
        { class: 'keys hint small' },
        h('kbd', {}, 'Tab'),
        ' indents, ',
        h('kbd', {}, 'Esc'),
        ' then ',
        h('kbd', {}, 'Tab'),
        ' leaves the editor, ',
        h('kbd', {}, 'Ctrl-Space'),
        ' proposes, ',
        h('kbd', {}, 'Ctrl-Enter'),
        ' tries, ',
        h('kbd', {}, 'Ctrl-S'),
        ' saves',
      ),
    ),
    close() {
      check.cancel()
      control.abort()
      editor.close()
    },
  }
}

/** What an issue is underlined from and to: the word or quoted text at its place. */
function rangeOf(editor: Editor, { line = 1, column = 1 }: Issue): [number, number] {
  const { text } = editor
  let from = editor.place(line, column)
  const word = /^(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,[\]{}]+|[,[\]{}])/.exec(text.slice(from, from + 200))?.[0].replace(/:$/, '') ?? ''
  // at the end of a line there is nothing to underline
  if (word === '' && from > 0) from--
  return [from, Math.min(text.length, from + Math.max(1, word.length))]
}

/** The comment at the head of a ruleset, shortened. */
function about(yaml: string, most: number): string {
  const lines: string[] = []
  for (const line of yaml.split('\n')) {
    if (!line.startsWith('#')) break
    lines.push(line.replace(/^#\s?/, ''))
  }
  const text = lines.join(' ')
  return text.length <= most ? text : `${text.slice(0, most).replace(/\s+\S*$/, '')} ...`
}

/** The settings beside the ruleset. */
function settingsPanel(plan: Pick<PlanDetail, 'options' | 'schema' | 'schema_mode'>, onChange: () => void) {
  const level = h('select', { on: { change: onChange } }, ...['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'].map((name) => h('option', { value: name }, name)))
  level.value = plan.options.default_log_level
  const schema = h('textarea', { class: 'mono', rows: 6, spellcheck: 'false', on: { input: onChange } })
  schema.value = plan.schema === null ? '' : JSON.stringify(plan.schema, undefined, 2)
  const mode = h(
    'select',
    { on: { change: onChange } },
    h('option', { value: 'enforce' }, 'enforce: refuse the request'),
    h('option', { value: 'report' }, 'report: mask and warn'),
  )
  mode.value = plan.schema_mode
  return {
    element: h(
      'details',
      { class: 'panel settings' },
      h('summary', {}, h('h2', {}, 'Settings')),
      labelled('Least level of logs in an answer', level),
      labelled('JSON Schema of one record', schema, 'Each record is checked before it is masked. Leave it empty for no check.'),
      labelled('When a record does not fit', mode),
    ),
    /** Throws ApiError for a schema that is no JSON. */
    read(): { options: { default_log_level: string }; schema: object | null; schema_mode: string } {
      let read: object | null = null
      if (schema.value.trim() !== '') {
        try {
          read = JSON.parse(schema.value) as object
        } catch {
          throw new ApiError(400, 'The JSON Schema in the settings is no JSON.')
        }
      }
      return { options: { default_log_level: level.value }, schema: read, schema_mode: mode.value }
    },
  }
}

/** How the endpoint is called. */
function usePanel(url: string, payload: () => string) {
  const code = h('pre', { class: 'code', tabindex: 0, role: 'region', 'aria-label': 'curl command' })
  const text = (): string => {
    const given = payloadOf(payload())
    const data = typeof given === 'number' ? '[{"customer_id": "12345"}]' : given.data
    const body = `{"data": ${data.length > 4000 ? '[ ... ]' : data}}`.replaceAll("'", "'\\''")
    return `curl -sS '${url}mask/' \\\n  -H "Authorization: Bearer $MASK_LOGS_TOKEN" \\\n  -H 'Content-Type: application/json' \\\n  --data '${body}'`
  }
  const show = (): void => fill(code, text())
  show()
  return {
    show,
    element: h(
      'section',
      { class: 'panel use', 'aria-labelledby': 'use-title' },
      h(
        'div',
        { class: 'panel-head' },
        h('h2', { id: 'use-title' }, 'Use it'),
        button([icon('copy'), 'Copy curl'], () => void copy(text(), 'curl command'), { class: 'small' }),
      ),
      h('p', { class: 'hint small' }, 'MASK_LOGS_TOKEN: a static token (', h('code', {}, 'mask-logs new-token'), ') or an access token. It is never written here.'),
      code,
    ),
  }
}

const layout = (...children: Parameters<typeof h>[2][]): HTMLElement => h('div', { class: 'columns' }, ...children)

/** A plan that is there. */
export function planView({ api, go }: Context, name: string): View {
  const element = h('section', { class: 'plan' }, h('p', { class: 'state', role: 'status' }, 'Loading ...'))
  let close = (): void => {}
  let dirty = false
  api.plan(name).then(
    (plan) => {
      if (element.isConnected) build(plan)
    },
    (error: unknown) => fill(element, h('h1', { tabindex: -1 }, name), h('p', { role: 'alert' }, words(error)), h('p', {}, h('a', { href: '#/plans' }, 'Back to the plans'))),
  )

  function build(first: PlanDetail): void {
    let plan = first
    const meta = h('p', { class: 'meta' })
    const save = button('Save', () => void store(), { class: 'primary' })
    const toggle = h('button', { type: 'button', role: 'switch', class: 'switch', 'aria-label': 'Enabled', on: { click: () => void enable() } }, h('span', { class: 'knob' }))
    const changed = (): void => {
      dirty = panel.editor.text !== plan.ruleset_yaml || settingsTouched
      show()
    }
    let settingsTouched = false
    const panel = rulesetPanel(
      api,
      plan.ruleset_yaml,
      changed,
      () => void store(),
      () => tryout.run(),
      () => tryout.changed(),
      () => tryout.payload,
    )
    const tryout = createTryout(api, panel.ruleset, () => use.show())
    const use = usePanel(plan.url, () => tryout.payload)
    const settings = settingsPanel(plan, () => {
      settingsTouched = true
      changed()
    })
    function show(): void {
      fill(meta, `Version ${plan.serial}, `, timeElement(plan.modified_time), dirty && h('strong', { class: 'dirty' }, 'not saved'))
      toggle.setAttribute('aria-checked', String(plan.options.enabled))
      fill(state, plan.options.enabled ? 'Enabled' : 'Disabled')
      save.disabled = !dirty
    }

    async function store(overwrite = false): Promise<void> {
      if (!dirty) return say('There is nothing to save.')
      if (!(await panel.validate())) return
      const text = panel.editor.text
      try {
        plan = await api.change(name, overwrite ? undefined : plan.serial, { ruleset_yaml: text, ...settings.read() })
        settingsTouched = false
        changed()
        say(`Saved as version ${plan.serial}`)
        for (const { log_level, message } of plan.logs ?? []) if (log_level !== 'DEBUG') say(message, 'error')
      } catch (error) {
        if (error instanceof ApiError && error.status === 412) return conflict()
        if (error instanceof ApiError && error.issues.length > 0) panel.show(error.issues)
        say(words(error), 'error')
      }
    }

    async function conflict(): Promise<void> {
      const answer = await ask('The plan has been changed', 'Somebody else has saved another version since you opened it.', [
        { value: 'theirs', label: 'Load theirs' },
        { value: 'mine', label: 'Overwrite with mine', look: 'danger' },
      ])
      if (answer === 'mine') await store(true)
      else if (answer === 'theirs') go(`#/plan/${name}`, true)
    }

    async function enable(): Promise<void> {
      try {
        const next = await api.change(name, plan.serial, { options: { enabled: !plan.options.enabled } })
        plan = { ...next, ruleset_yaml: plan.ruleset_yaml }
        show()
        say(`${name} is ${plan.options.enabled ? 'enabled' : 'disabled'}`)
      } catch (error) {
        if (error instanceof ApiError && error.status === 412) return conflict()
        say(words(error), 'error')
      }
    }

    async function remove(): Promise<void> {
      if (!(await confirmDelete(name))) return
      try {
        await api.remove(name, plan.serial)
        say(`${name} is deleted`)
        dirty = false
        go('#/plans', true)
      } catch (error) {
        if (error instanceof ApiError && error.status === 412) return conflict()
        say(words(error), 'error')
      }
    }

    const state = h('span', { class: 'switch-text' })
    show()
    const heading = h('h1', { tabindex: -1 }, name)
    fill(
      element,
      h(
        'div',
        { class: 'bar' },
        h('a', { class: 'button quiet square', href: '#/plans', 'aria-label': 'Back to the plans' }, icon('back')),
        h('div', { class: 'title' }, heading, meta),
        h('div', { class: 'enable' }, toggle, state),
        button([icon('trash'), h('span', {}, 'Delete')], () => void remove(), { class: 'quiet' }),
        save,
      ),
      layout(h('div', { class: 'left' }, panel.element, settings.element), h('div', { class: 'right-side' }, tryout.element, use.element)),
    )
    heading.focus()
    close = () => {
      panel.close()
      tryout.close()
    }
  }
  return { title: name, element, close: () => close(), unsaved: () => dirty }
}

/** A plan that is to be. */
export function newPlanView({ api, go }: Context): View {
  let template = OWN
  let saved = false
  const name = h('input', { name: 'name', required: true, pattern: '[A-Za-z0-9][A-Za-z0-9_\\-]{0,63}', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off' })
  const exact = h('input', { type: 'checkbox', id: 'exact-name' })
  const start = h(
    'select',
    {},
    h('option', { value: OWN }, 'Default, and rules of your own'),
    h('option', { value: CUSTOMER }, 'Example: a customer record'),
    h('option', { value: EMPTY }, 'Empty'),
  )
  const said = h('span', {}, 'What the built-in ruleset mask-logs:default finds, and a first rule.')
  const panel = rulesetPanel(
    api,
    OWN,
    () => {},
    () => void create(),
    () => tryout.run(),
    () => tryout.changed(),
    () => tryout.payload,
  )
  const tryout = createTryout(api, panel.ruleset, () => {})
  const settings = settingsPanel(
    { options: { enabled: true, default_encoding: 'json', default_charset: 'utf-8', default_log_level: 'WARNING' }, schema: null, schema_mode: 'enforce' },
    () => {},
  )
  void panel.builtins.then((all) =>
    start.append(h('optgroup', { label: 'Built-in rulesets' }, ...all.map(({ name: built, ruleset_yaml }) => h('option', { value: ruleset_yaml }, built)))),
  )
  start.addEventListener('change', () => void choose())

  async function choose(): Promise<void> {
    const next = start.value
    if (panel.editor.text !== template) {
      const answer = await ask('Replace the ruleset?', 'What you have written in the editor would be replaced by the starting point.', [
        { value: 'replace', label: 'Replace', look: 'danger' },
      ])
      if (answer === undefined) {
        start.value = template
        return
      }
    }
    template = next
    panel.editor.text = next
    fill(said, about(next, 180) || 'Nothing but the version.')
  }

  async function create(): Promise<void> {
    if (!name.checkValidity()) {
      name.setAttribute('aria-invalid', 'true')
      name.focus()
      say('A name begins with a letter or digit and has at most 64 letters, digits, - and _.', 'error')
      return
    }
    name.removeAttribute('aria-invalid')
    if (!(await panel.validate())) return
    try {
      const plan = (await api.post('/ifm/ruleset-plans/', { name: name.value, ruleset_yaml: panel.editor.text, exact_name: exact.checked, ...settings.read() })) as PlanDetail
      saved = true
      say(`${plan.name} is created`)
      go(`#/plan/${plan.name}`, true)
    } catch (error) {
      if (error instanceof ApiError && error.issues.length > 0) panel.show(error.issues)
      say(words(error), 'error')
    }
  }

  return {
    title: 'New plan',
    element: h(
      'section',
      { class: 'plan' },
      h(
        'div',
        { class: 'bar' },
        h('a', { class: 'button quiet square', href: '#/plans', 'aria-label': 'Back to the plans' }, icon('back')),
        h('div', { class: 'title' }, h('h1', {}, 'New plan')),
        button('Create', () => void create(), { class: 'primary' }),
      ),
      h(
        'div',
        { class: 'panel new' },
        labelled('Name', name, 'Letters, digits, - and _; six characters are added to keep it unique.'),
        h('div', { class: 'field check' }, exact, h('label', { for: 'exact-name' }, 'Exactly this name, without a suffix')),
        labelled('Start from', start, said),
      ),
      layout(h('div', { class: 'left' }, panel.element, settings.element), h('div', { class: 'right-side' }, tryout.element)),
    ),
    close() {
      panel.close()
      tryout.close()
    },
    unsaved: () => !saved && (panel.editor.text !== template || name.value !== ''),
  }
}
