// The Live tab: lines that pass through the server (`mask-logs serve --tail`), masked, as they pass. Read as server-sent events with
// fetch, so that the token is in a header and never in a URL.

import { ApiError, words } from './api.ts'
import { button, debounce, fill, h, icon } from './dom.ts'
import { eventReader } from './events.ts'
import type { Context, View } from './view.ts'

interface LiveFinding {
  readonly path: string
  readonly where: string
  readonly rule?: string
  readonly detector?: string
  readonly length: number
}

interface LiveLine {
  readonly id: number
  readonly time: string
  /** Undefined: the policy has dropped it. */
  readonly text?: string
  /** Characters that are not shown. */
  readonly cut?: number
  readonly findings: readonly LiveFinding[]
}

/** Lines that are kept, and of these that are shown. */
const KEPT = 2000
const SHOWN = 400
const AGAIN = 2000
/** Lines are drawn together, so often. */
const DRAW_MS = 80

export function liveView({ api }: Context): View {
  let lines: LiveLine[] = []
  let seen = 0
  let dropped = 0
  let paused = false
  let ended = false
  let last = -1
  /** Not drawn yet. */
  let fresh: LiveLine[] = []
  let drawn: ReturnType<typeof setTimeout> | undefined
  const control = new AbortController()
  const rules = new Set<string>()
  const detectors = new Set<string>()

  const state = h('p', { class: 'state', role: 'status', 'aria-live': 'polite' }, 'Connecting ...')
  const numbers = h('p', { class: 'numbers hint' })
  const list = h('ol', { class: 'lines' })
  const frame = h('div', { class: 'lines-frame', tabindex: 0, role: 'region', 'aria-label': 'Masked lines' }, list)
  const text = h('input', { type: 'search', placeholder: 'Text in the line', 'aria-label': 'Only lines with this text', spellcheck: 'false' })
  const rule = h('select', { 'aria-label': 'Only lines with a finding of this rule' }, h('option', { value: '' }, 'All rules'))
  const detector = h('select', { 'aria-label': 'Only lines with a finding of this detector' }, h('option', { value: '' }, 'All detectors'))
  const filtered = debounce(120, () => draw())
  text.addEventListener('input', filtered)
  rule.addEventListener('change', () => draw())
  detector.addEventListener('change', () => draw())
  const pause = button(
    '',
    () => {
      paused = !paused
      label()
      fill(state, paused ? 'Paused: lines are kept, and shown when you go on.' : ended ? 'The input has ended.' : 'Live.')
      if (!paused) draw()
    },
    { class: 'small' },
  )
  const label = (): void => fill(pause, icon(paused ? 'play' : 'pause'), paused ? 'Resume' : 'Pause')
  label()
  const clear = button(
    'Clear',
    () => {
      lines = []
      draw()
    },
    { class: 'small quiet' },
  )
  const tools = h('div', { class: 'tools', hidden: true }, pause, clear, text, rule, detector)
  const none = h(
    'div',
    { class: 'empty', hidden: true },
    h('p', {}, 'No lines pass through this server.'),
    h('p', { class: 'hint' }, 'Pipe a log through it, and its lines show up here as they pass, masked:'),
    h('pre', { class: 'code' }, 'node app.js | mask-logs serve --tail'),
    h(
      'p',
      { class: 'hint' },
      'They leave on standard output too, as ',
      h('code', {}, 'mask-logs'),
      ' alone would print them. ',
      h('code', {}, '-r rules.yaml --watch'),
      ' masks by a ruleset of yours and follows its changes.',
    ),
  )

  const fits = (line: LiveLine): boolean => {
    const words = text.value.trim().toLowerCase()
    if (words !== '' && !(line.text ?? '').toLowerCase().includes(words)) return false
    if (rule.value === '' && detector.value === '') return true
    return line.findings.some((one) => (rule.value === '' || one.rule === rule.value) && (detector.value === '' || one.detector === detector.value))
  }

  function draw(): void {
    fresh = []
    const all = lines.filter(fits)
    fill(list, ...all.slice(-SHOWN).map(row))
    frame.scrollTop = frame.scrollHeight
    count(all.length)
  }

  function add(more: readonly LiveLine[]): void {
    const new_ = more.filter(fits)
    const atEnd = frame.scrollHeight - frame.scrollTop - frame.clientHeight < 40
    list.append(...new_.slice(-SHOWN).map(row))
    while (list.childElementCount > SHOWN) list.firstElementChild?.remove()
    if (atEnd) frame.scrollTop = frame.scrollHeight
    count(undefined)
  }

  function count(fitting: number | undefined): void {
    const filters = text.value.trim() !== '' || rule.value !== '' || detector.value !== ''
    const n = fitting ?? (filters ? lines.filter(fits).length : lines.length)
    fill(
      numbers,
      filters
        ? `${n.toLocaleString('en')} of the last ${lines.length.toLocaleString('en')} lines fit, ${seen.toLocaleString('en')} have passed`
        : `${seen.toLocaleString('en')} lines have passed, the last ${lines.length.toLocaleString('en')} are kept here`,
      dropped > 0 && h('strong', { class: 'dropped' }, `${dropped.toLocaleString('en')} not shown: they came faster than the page could take them`),
    )
  }

  function learn(into: Set<string>, name: string | undefined, select: HTMLSelectElement): void {
    if (name === undefined || into.has(name) || into.size > 300) return
    into.add(name)
    const before = [...select.options].slice(1).find((option) => option.value > name)
    select.insertBefore(h('option', { value: name }, name), before ?? null)
  }

  function row(line: LiveLine): HTMLElement {
    return h(
      'li',
      {},
      h('time', { datetime: line.time }, line.time.slice(11, 23)),
      h(
        'div',
        { class: 'line' },
        line.text === undefined ? h('em', {}, 'dropped by the policy') : placeholders(line.text),
        line.cut !== undefined && h('em', {}, ` and ${line.cut.toLocaleString('en')} more characters`),
        line.findings.length > 0 &&
          h(
            'ul',
            { class: 'chips', 'aria-label': 'Masked' },
            ...chips(line.findings).map(([finding, n]) =>
              h(
                'li',
                { title: `${finding.path || 'text'}, rule ${ruleOf(finding)}` },
                h('span', { class: 'chip-path' }, finding.path === '' ? 'text' : finding.path),
                ` ${ruleOf(finding)}`,
                finding.detector !== undefined && finding.detector !== finding.rule && ` / ${finding.detector}`,
                n > 1 && ` x${n}`,
              ),
            ),
          ),
      ),
    )
  }

  function take({ lines: more, dropped: lost, ended: over, seen: total }: { lines: LiveLine[]; dropped: number; ended: boolean; seen: number }): void {
    seen = total
    dropped += lost
    if (more.length > 0) last = more.at(-1)!.id
    for (const { findings } of more)
      for (const one of findings) {
        learn(rules, one.rule, rule)
        learn(detectors, one.detector, detector)
      }
    lines = [...lines, ...more].slice(-KEPT)
    if (!paused) fresh.push(...more)
    drawn ??= setTimeout(() => {
      drawn = undefined
      add(fresh.splice(0).slice(-KEPT))
    }, DRAW_MS)
    if (over && !ended) {
      ended = true
      fill(state, 'The input has ended.')
    }
  }

  async function follow(): Promise<void> {
    for (;;) {
      try {
        const answer = await api.send('GET', `/ifm/live/?after=${last}`, { headers: { Accept: 'text/event-stream' }, signal: control.signal })
        tools.hidden = false
        frame.hidden = false
        none.hidden = true
        if (!paused) fill(state, 'Live.')
        for await (const { event, data } of eventReader(answer.body!)) if (event === 'lines') take(JSON.parse(data) as Parameters<typeof take>[0])
        fill(state, 'The server has ended the connection; trying again.')
      } catch (error) {
        if (control.signal.aborted) return
        if (error instanceof ApiError && error.status === 409) {
          tools.hidden = true
          frame.hidden = true
          none.hidden = false
          fill(state)
          return
        }
        fill(state, `${error instanceof ApiError ? words(error) : 'The connection is lost.'} Trying again.`)
        if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN))
      if (control.signal.aborted) return
    }
  }

  if (api.hasLive) void follow()
  else {
    frame.hidden = true
    none.hidden = false
    fill(state)
  }
  return {
    title: 'Live',
    element: h('section', { class: 'live' }, h('div', { class: 'bar' }, h('h1', {}, 'Live'), state), tools, numbers, none, frame),
    close() {
      filtered.cancel()
      clearTimeout(drawn)
      control.abort()
    },
  }
}

/** A key that holds something sensitive is found by no rule of its own. */
const ruleOf = ({ rule, where }: LiveFinding): string => rule ?? (where === 'key' ? 'in a key' : 'unknown fields')

/** Findings of one kind in one place, with their number. */
function chips(findings: readonly LiveFinding[]): [LiveFinding, number][] {
  const out = new Map<string, [LiveFinding, number]>()
  for (const finding of findings) {
    const key = `${finding.path}\n${finding.rule}\n${finding.detector}`
    const there = out.get(key)
    if (there === undefined) out.set(key, [finding, 1])
    else there[1]++
  }
  return [...out.values()].slice(0, 12)
}

/** Marks what stands for a value that was taken out. */
function placeholders(text: string): (string | HTMLElement)[] {
  return text.split(/(\[REDACTED(?::[A-Za-z0-9_-]+)?\])/).map((part, i) => (i % 2 === 1 ? h('mark', { class: 'plain' }, part) : part))
}
