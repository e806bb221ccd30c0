// Live counters: asked for every two seconds while the page is seen.

import { words } from './api.ts'
import type { Stats } from './api.ts'
import { fill, h, svg } from './dom.ts'
import type { Context, View } from './view.ts'

const EVERY = 2000
const KEPT = 60

export function countersView({ api }: Context): View {
  const state = h('p', { class: 'state', role: 'status' }, 'Loading ...')
  const tiles = h('div', { class: 'tiles' })
  const tables = h('div', { class: 'charts' })
  const rates: number[] = []
  let last: { readonly at: number; readonly stats: Stats } | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let failed = false
  const control = new AbortController()

  async function poll(): Promise<void> {
    clearTimeout(timer)
    if (!document.hidden) {
      try {
        const stats = (await api.get('/ifm/stats/', control.signal)) as Stats
        const at = performance.now()
        if (last !== undefined) {
          // a server that was started again counts from nothing
          const more = Math.max(0, stats.mask.requests - last.stats.mask.requests)
          rates.push(more / ((at - last.at) / 1000))
          if (rates.length > KEPT) rates.shift()
        }
        last = { at, stats }
        show(stats)
        if (failed || state.textContent === 'Loading ...')
          fill(state, 'Counted since the server was started, and read again every two seconds. /metrics has the same for Prometheus.')
        failed = false
      } catch (error) {
        if (control.signal.aborted) return
        failed = true
        fill(state, words(error))
      }
    }
    timer = setTimeout(() => void poll(), EVERY)
  }

  function show({ requests, mask, records, masked, errors, uptime_seconds, plans }: Stats): void {
    const failures = Object.entries(requests.by_status).reduce((sum, [status, n]) => sum + (Number(status) >= 400 ? n : 0), 0)
    const maskErrors = Object.values(errors).reduce((sum, n) => sum + n, 0)
    fill(
      tiles,
      tile('Mask requests', whole(mask.requests), `${(rates.at(-1) ?? 0).toFixed(1)} a second`, rates.length > 1 ? line(rates) : undefined),
      tile('Masked values', whole(masked.total), `in ${whole(records)} records`),
      tile('Latency, median', time(mask.latency_ms.median), `99th percentile ${time(mask.latency_ms.p99)}`),
      tile('Mask errors', whole(maskErrors), `${whole(failures)} answers of 400 and above`),
      tile('All requests', whole(requests.total), `${requests.in_flight} in flight`),
      tile('Plans', whole(plans), `up ${uptime(uptime_seconds)}`),
    )
    fill(
      tables,
      chart('Masked values by rule', masked.by_rule, 'No value has been masked yet.'),
      chart('Masked values by detector', masked.by_detector, 'No detector has found anything yet.'),
      chart('Answers by status', requests.by_status, 'There were no requests yet.'),
      chart('Mask errors by code', errors, 'There were no errors.'),
    )
  }

  const seen = (): void => {
    if (!document.hidden) void poll()
  }
  document.addEventListener('visibilitychange', seen)
  void poll()
  return {
    title: 'Counters',
    element: h('section', { class: 'counters' }, h('div', { class: 'bar' }, h('h1', {}, 'Counters')), state, tiles, tables),
    close() {
      clearTimeout(timer)
      control.abort()
      document.removeEventListener('visibilitychange', seen)
    },
  }
}

const whole = (n: number): string => n.toLocaleString('en')
const time = (ms: number | null): string => (ms === null ? '-' : ms < 10 ? `${ms.toFixed(2)} ms` : `${Math.round(ms)} ms`)

function uptime(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`
}

function tile(name: string, value: string, note: string, drawing?: SVGElement): HTMLElement {
  return h('div', { class: 'tile' }, h('h2', {}, name), h('p', { class: 'value' }, value), h('p', { class: 'hint' }, note), drawing)
}

/** The rates of the last two minutes. */
function line(values: readonly number[]): SVGElement {
  const most = Math.max(1, ...values)
  const points = values.map((value, i) => `${(i / (values.length - 1)) * 120},${30 - (value / most) * 27}`)
  return svg(
    'svg',
    { viewBox: '0 0 120 32', class: 'spark', 'aria-hidden': 'true', preserveAspectRatio: 'none' },
    svg('polyline', { points: points.join(' '), 'vector-effect': 'non-scaling-stroke' }),
  )
}

/** Counts, largest first, as a table with bars. */
function chart(name: string, counts: Readonly<Record<string, number>>, none: string): HTMLElement {
  const rows = Object.entries(counts).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  const most = Math.max(1, ...rows.map(([, n]) => n))
  return h(
    'section',
    { class: 'panel' },
    h('div', { class: 'panel-head' }, h('h2', {}, name)),
    rows.length === 0
      ? h('p', { class: 'hint pad' }, none)
      : h(
          'table',
          { class: 'bars' },
          h('thead', { class: 'offscreen' }, h('tr', {}, h('th', { scope: 'col' }, 'Name'), h('th', { scope: 'col' }, 'Count'))),
          h(
            'tbody',
            {},
            ...rows.slice(0, 30).map(([label, n]) => {
              const bar = h('span', { class: 'bar-fill', 'aria-hidden': 'true' })
              bar.style.setProperty('width', `${(n / most) * 100}%`)
              return h('tr', {}, h('th', { scope: 'row' }, bar, h('span', {}, label)), h('td', {}, whole(n)))
            }),
          ),
        ),
  )
}
