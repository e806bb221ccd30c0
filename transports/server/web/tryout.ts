// Trying a payload: what was sent and what comes back side by side, what was masked marked in both, and why.

import { words } from './api.ts'
import type { Api, Finding } from './api.ts'
import { byteOffsets, compare, formatted, payloadOf, readJson } from './compare.ts'
import type { Change, Payload, Span } from './compare.ts'
import { button, copy, count, debounce, fill, h, icon, labelled, say } from './dom.ts'
import { createEditor } from './editor.ts'

const SAMPLE = `{
  "customer_id": "12345",
  "first_name": "Sarah",
  "last_name": "Mitchell",
  "email": "sarah.mitchell@example.com",
  "date_of_birth": "1984-07-22",
  "account_balance": 4823.50,
  "account_status": "active",
  "headers": {"authorization": "Bearer abc.def.ghi"},
  "note": "Paid with 4111 1111 1111 1111, call +1 415 555 2671"
}`

/** What was tried last, for the next plan that is looked at. In memory only. */
let kept = SAMPLE
/** Longer payloads are masked when that is asked for, not while writing. */
const LONG = 200_000
const MOST_ROWS = 500

/** A finding and where it is. */
interface Shown {
  readonly finding: Finding
  /** In the field for the payload. */
  readonly before: Span
  /** In the result: the parts that differ because of it. */
  readonly after: HTMLElement[]
}

export interface Tryout {
  readonly element: HTMLElement
  readonly payload: string
  /** The ruleset has changed. */
  changed(): void
  /** Masks at once. */
  run(): void
  close(): void
}

/** `ruleset` gives the text that is to be tried: the last one without errors. `stale`: it is not what stands in the editor. */
export function createTryout(api: Api, ruleset: () => { readonly text: string | undefined; readonly stale: boolean }, onPayload: () => void): Tryout {
  const state = h('p', { class: 'state', role: 'status', 'aria-live': 'polite' })
  const result = h('pre', { class: 'result', tabindex: 0, role: 'region', 'aria-label': 'Masked payload' })
  const list = h('div', { class: 'findings' })
  const tip = h('div', { class: 'tip', role: 'tooltip', id: 'why', hidden: true })
  const secret = h('input', { autocomplete: 'off', spellcheck: 'false', class: 'mono', maxlength: 256 })
  let control = new AbortController()
  let shown: Shown[] = []
  let masked = ''

  const soon = debounce(350, () => void run())
  const editor = createEditor({
    label: 'Payload, JSON. Escape, then Tab leaves the field.',
    text: kept,
    placeholder: 'A JSON record, an array of records, or one record a line',
    onChange() {
      kept = editor.text
      onPayload()
      if (kept.length <= LONG) soon()
    },
    onRun: () => soon.now(),
  })

  secret.addEventListener('input', soon)

  async function run(): Promise<void> {
    control.abort()
    control = new AbortController()
    const { signal } = control
    const text = editor.text
    const payload = payloadOf(text)
    if (text.trim() === '') return show('Write or paste a payload to try.', undefined)
    if (typeof payload === 'number') {
      editor.underline([
        { from: Math.min(payload, Math.max(0, text.length - 1)), to: Math.min(payload + 1, text.length), severity: 'error', message: 'This is no JSON from here on.' },
      ])
      const line = text.slice(0, payload).split('\n').length
      return show(`The payload is no JSON: line ${line}, column ${payload - text.lastIndexOf('\n', payload - 1)}.`, undefined)
    }
    editor.underline([])
    const runSecret = secret.value
    const { text: yaml, stale } = ruleset()
    if (yaml === undefined) return show('Waiting for a ruleset without errors.', undefined)
    const problem = runSecret === '' || runSecret.length >= 20 ? '' : 'A run secret has 20 to 256 characters.'
    if (problem !== '') return show(problem, undefined)
    // numbers go as they are written
    const body = `{"ruleset_yaml":${JSON.stringify(yaml)},${runSecret === '' ? '' : `"run_secret":${JSON.stringify(runSecret)},`}"data":${payload.data}}`
    try {
      const answer = await (await api.send('POST', '/ifm/explain/', { body, signal })).text()
      const members = new Map(readJson(answer)?.members.map(({ name, value }) => [name, answer.slice(value.start, value.end)]))
      const findings = JSON.parse(members.get('findings') ?? '[]') as Finding[]
      const logs = JSON.parse(members.get('logs') ?? '[]') as { log_level: string; message: string; path?: string; rule?: string }[]
      const data = members.get('data')
      if (data === undefined || data === 'null') {
        const why = logs.map(({ message, path, rule }) => [message, path, rule].filter((part) => part !== undefined && part !== '').join(' - '))
        return show('The request would fail: the policy is to fail on errors, and nothing is given out.', undefined, why)
      }
      present(text, payload, data, findings, logs, stale)
    } catch (error) {
      if (signal.aborted) return
      show(words(error), undefined)
    }
  }

  function show(note: string, content: Node | undefined, more: readonly string[] = []): void {
    fill(state, note)
    editor.mark([])
    shown = []
    masked = ''
    fill(result, content)
    copyResult.disabled = true
    fill(list, more.length > 0 && h('ul', { class: 'remarks' }, ...more.map((text) => h('li', {}, text))))
    result.classList.toggle('old', content === undefined)
  }

  function present(
    text: string,
    payload: Payload,
    data: string,
    findings: readonly Finding[],
    logs: readonly { log_level: string; message: string; path?: string }[],
    stale: boolean,
  ): void {
    const offset = byteOffsets(payload.data)
    const found = findings.filter(({ decision }) => decision === 'mask').map((finding) => ({ finding, span: [offset(finding.start), offset(finding.end)] as const }))
    found.sort((a, b) => a.span[0] - b.span[0] || a.span[1] - b.span[1])
    const changes = compare(
      payload.data,
      data,
      found.map(({ span }) => span),
    )
    shown = found.map(({ finding, span }) => ({ finding, before: [payload.back(span[0]), payload.back(span[1])], after: [] }))
    masked = payload.unwrap(data)
    const parts: Node[] = []
    let at = 0
    for (const change of changes) {
      if (change.after === undefined) continue
      const from = payload.place(change.after[0])
      const to = payload.place(change.after[1])
      if (from < at) continue
      const of = owners(change, found)
      const mark = h('mark', { tabindex: 0, 'aria-describedby': 'why' }, masked.slice(from, to) === '' ? '\u200b' : masked.slice(from, to))
      const one = shown[of[0] ?? -1]
      for (const i of of) shown[i]!.after.push(mark)
      const point = (): void => pointAt(of, mark)
      mark.addEventListener('mouseenter', point)
      mark.addEventListener('focus', point)
      mark.addEventListener('mouseleave', () => pointAt([]))
      mark.addEventListener('blur', () => pointAt([]))
      if (one === undefined) mark.classList.add('unnamed')
      parts.push(document.createTextNode(masked.slice(at, from)), mark)
      at = to
    }
    parts.push(document.createTextNode(masked.slice(at)))
    fill(result, ...parts)
    result.classList.remove('old')
    copyResult.disabled = false
    paint([])
    const keeps = findings.filter(({ decision }) => decision === 'keep')
    const removed = changes.filter(({ after }) => after === undefined).length
    fill(
      state,
      found.length === 0
        ? `Nothing was masked in ${count(payload.records, 'record')}.`
        : `${stale ? 'By the last ruleset without errors: ' : ''}${count(found.length, 'value')} masked in ${count(payload.records, 'record')}${removed > 0 ? `, ${removed} removed` : ''}.`,
    )
    fill(
      list,
      logs.length > 0 &&
        h(
          'ul',
          { class: 'remarks' },
          ...logs.map(({ log_level, message, path }) => h('li', {}, h('strong', {}, log_level.toLowerCase()), ` ${message}${path === undefined ? '' : ` (${path})`}`)),
        ),
      shown.length > 0 && table(shown),
      keeps.length > 0 &&
        h(
          'details',
          { class: 'kept' },
          h('summary', {}, `${count(keeps.length, 'candidate')} looked at and kept`),
          h('ul', {}, ...keeps.slice(0, 100).map((finding) => h('li', {}, h('code', {}, finding.path), ` ${finding.detector ?? finding.rule ?? ''}: ${why(finding)}`))),
        ),
    )
  }

  function table(all: readonly Shown[]): HTMLElement {
    const rows = all.slice(0, MOST_ROWS).map((one, i) => {
      const { finding } = one
      const open = h('button', { type: 'button', class: 'link', 'aria-label': `Show ${finding.path} in the payload` }, finding.path)
      const row = h(
        'tr',
        {},
        h('th', { scope: 'row', 'data-label': 'Where' }, open, finding.where === 'key' && ' (key)'),
        h('td', { 'data-label': 'Rule' }, ruleOf(finding)),
        h('td', { 'data-label': 'Detector' }, finding.detector ?? '-'),
        h('td', { 'data-label': 'Why' }, why(finding)),
      )
      row.addEventListener('mouseenter', () => paint([i]))
      row.addEventListener('mouseleave', () => paint([]))
      open.addEventListener('focus', () => paint([i]))
      open.addEventListener('blur', () => paint([]))
      open.addEventListener('click', () => {
        editor.goTo(one.before[0])
        one.after[0]?.scrollIntoView({ block: 'nearest' })
      })
      return row
    })
    return h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'What was masked' },
      h(
        'table',
        { class: 'reasons' },
        h('caption', { class: 'offscreen' }, 'Masked values and the reasons'),
        h('thead', {}, h('tr', {}, ...['Where', 'Rule', 'Detector', 'Why'].map((name) => h('th', { scope: 'col' }, name)))),
        h('tbody', {}, ...rows),
      ),
      all.length > MOST_ROWS && h('p', { class: 'hint' }, `and ${all.length - MOST_ROWS} more`),
    )
  }

  /** Shows some findings in both texts. */
  function paint(now: readonly number[]): void {
    const set = new Set(now)
    editor.mark(shown.map(({ before: [from, to], finding }, i) => ({ from, to, now: set.has(i), title: sentence(finding) })))
    for (const element of result.querySelectorAll('.now')) element.classList.remove('now')
    for (const i of now) for (const mark of shown[i]?.after ?? []) mark.classList.add('now')
    const rows = list.querySelectorAll('.reasons tbody tr')
    rows.forEach((row, i) => row.classList.toggle('now', set.has(i)))
  }

  function pointAt(now: readonly number[], mark?: HTMLElement): void {
    paint(now)
    tip.hidden = mark === undefined
    if (mark === undefined) return
    const reasons = now.length > 0 ? now.map((i) => sentence(shown[i]!.finding)) : ['It follows from another value that was masked.']
    fill(tip, ...reasons.map((text) => h('p', {}, text)))
    const { left, bottom } = mark.getClientRects()[0] ?? mark.getBoundingClientRect()
    tip.style.setProperty('left', `${Math.max(8, Math.min(left, innerWidth - 340))}px`)
    tip.style.setProperty('top', `${bottom + 6}px`)
  }

  const leave = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') tip.hidden = true
  }
  const scrolled = (): void => {
    tip.hidden = true
  }
  document.addEventListener('keydown', leave)
  document.addEventListener('scroll', scrolled, true)

  const format = button(
    'Format',
    () => {
      const next = formatted(editor.text)
      if (next === undefined) say('This is no single JSON text.', 'error')
      else editor.text = next
    },
    { class: 'quiet small' },
  )
  const copyResult = button([icon('copy'), 'Copy'], () => void copy(masked, 'Masked payload'), { class: 'quiet small' })
  const element = h(
    'section',
    { class: 'panel tryout', 'aria-labelledby': 'try-title' },
    h(
      'div',
      { class: 'panel-head' },
      h('h2', { id: 'try-title' }, 'Try it'),
      state,
      button([icon('play'), 'Run'], () => soon.now(), { class: 'small', title: 'Ctrl-Enter' }),
    ),
    h(
      'div',
      { class: 'pair' },
      h('div', { class: 'side' }, h('div', { class: 'side-head' }, h('h3', {}, 'Before'), format), editor.element),
      h('div', { class: 'side' }, h('div', { class: 'side-head' }, h('h3', {}, 'After'), copyResult), result),
    ),
    list,
    h(
      'details',
      { class: 'more' },
      h('summary', {}, 'Run secret'),
      labelled(
        'Run secret',
        secret,
        'With the same secret, consistent masks give the same result each time. It is sent with the request and kept nowhere. Leave it empty for a random one.',
      ),
    ),
    tip,
  )
  soon()
  return {
    element,
    get payload() {
      return editor.text
    },
    changed: soon,
    run: () => soon.now(),
    close() {
      soon.cancel()
      control.abort()
      document.removeEventListener('keydown', leave)
      document.removeEventListener('scroll', scrolled, true)
      editor.close()
    },
  }
}

/** The findings that a change is of. */
function owners({ before }: Change, found: readonly { readonly span: Span }[]): number[] {
  const exact = found.flatMap(({ span }, i) => (span[0] < before[1] && span[1] > before[0] ? [i] : []))
  return exact
}

/** A key that holds something sensitive is found by no rule of its own. */
const ruleOf = ({ rule, where }: Finding): string => rule ?? (where === 'key' ? 'scan_keys' : 'unknown_fields')

const REASONS: Readonly<Record<string, string>> = {
  proved: 'its form proves it',
  checked: 'its check digits hold',
  formed: 'it has the form',
  shaped: 'it has the shape',
  key: 'its key says so',
  'key:strong': 'its key says so',
  'key:weak': 'its key hints at it',
  short: 'it is short',
  word: 'it is a common word',
  placeholder: 'it is a placeholder',
  masked: 'it is masked already',
}

/** The reasons in words. Codes that are not known here are shown as they are. */
function why({ reasons = [], absorbed_by, detector, score, decision, where }: Finding): string {
  const told = reasons.map(({ code }) => {
    const [kind, value = ''] = code.split(/:(.*)/s)
    if (REASONS[code] !== undefined) return REASONS[code]
    if (kind === 'check') return `check ${value} holds`
    if (kind === 'iin') return `issued by ${value}`
    if (kind === 'bigram') return `${value} bits a character`
    if (kind === 'overlap') return `it overlaps ${value}`
    if (kind === 'decoded') return `inside ${value}`
    if (kind === 'word-before' || kind === 'word-after') return `the word "${value}" ${kind === 'word-before' ? 'before' : 'after'} it`
    return code
  })
  if (absorbed_by !== undefined) told.push(`taken by ${absorbed_by}`)
  const text = told.length > 0 ? told.join(', ') : detector === undefined && decision === 'mask' ? (where === 'key' ? 'the key itself is sensitive' : 'the rule names it') : ''
  return score === undefined ? text : `${text}${text === '' ? '' : ' - '}score ${score}`
}

/** One finding in a sentence. */
function sentence(finding: Finding): string {
  const { path, detector, where } = finding
  return `${path}${where === 'key' ? ' (the key)' : ''}: rule ${ruleOf(finding)}${detector === undefined ? '' : `, detector ${detector}`}. ${why(finding)}`
}
