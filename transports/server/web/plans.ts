// The list of plans.

import { words } from './api.ts'
import type { PlanSummary } from './api.ts'
import { ask, button, copy, count, debounce, fill, h, icon, say } from './dom.ts'
import { timeElement } from './view.ts'
import type { Context, View } from './view.ts'

export function plansView({ api }: Context): View {
  const builds = api.can('ifm/rules:read')
  const state = h('p', { class: 'state', role: 'status', 'aria-live': 'polite' })
  const body = h('tbody')
  const more = button('Show more', () => void load(false), { class: 'wide' })
  const field = h('input', {
    type: 'search',
    'aria-label': builds ? 'Search plans by name and ruleset text' : 'Search plans by name',
    placeholder: 'Search plans',
    spellcheck: 'false',
  })
  const searched = debounce(200, () => void load(true))
  field.addEventListener('input', searched)
  const table = h(
    'table',
    { class: 'plans' },
    h('caption', { class: 'offscreen' }, 'Ruleset plans'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'Name'),
        h('th', { scope: 'col' }, 'Version'),
        h('th', { scope: 'col' }, 'Changed'),
        h('th', { scope: 'col' }, 'State'),
        builds && h('th', { scope: 'col' }, h('span', { class: 'offscreen' }, 'Actions')),
      ),
    ),
    body,
  )
  const empty = h('div', { class: 'empty', hidden: true })
  let shown = 0
  let control = new AbortController()

  async function load(anew: boolean): Promise<void> {
    control.abort()
    control = new AbortController()
    if (anew) shown = 0
    try {
      const { items, total } = await api.plans(field.value.trim(), shown, control.signal)
      if (anew) fill(body)
      for (const plan of items) body.append(row(plan))
      shown += items.length
      more.hidden = shown >= total || items.length === 0
      table.hidden = total === 0
      empty.hidden = total > 0
      fill(state, field.value.trim() === '' ? count(total, 'plan') : `${count(total, 'plan')} found`)
      fill(
        empty,
        ...(field.value.trim() !== ''
          ? [h('p', {}, 'No plan has these letters in its name', builds ? ' or ruleset' : '', '.')]
          : [
              h('p', {}, 'There are no plans yet.'),
              builds && h('p', { class: 'hint' }, 'A plan is a ruleset with an endpoint of its own: post JSON to it, and get it back masked.'),
              builds && newPlan(),
            ]),
      )
    } catch (error) {
      if (control.signal.aborted && (error as Error).name === 'AbortError') return
      fill(state, words(error))
    }
  }

  const newPlan = (): HTMLElement => h('a', { class: 'button primary', href: '#/new' }, icon('plus'), 'New plan')

  function row(plan: PlanSummary): HTMLElement {
    const line = h('tr')
    const show = (now: PlanSummary): void => {
      const { name, serial, modified_time, options, url } = now
      const badge = h('span', { class: options.enabled ? 'badge on' : 'badge' }, options.enabled ? 'Enabled' : 'Disabled')
      const toggle =
        builds &&
        h(
          'button',
          { type: 'button', role: 'switch', class: 'switch', 'aria-checked': String(options.enabled), 'aria-label': `${name} enabled`, on: { click: () => void change(now) } },
          h('span', { class: 'knob' }),
        )
      fill(
        line,
        h('th', { scope: 'row', 'data-label': 'Name' }, builds ? h('a', { href: `#/plan/${name}` }, name) : name),
        h('td', { 'data-label': 'Version' }, String(serial)),
        h('td', { 'data-label': 'Changed' }, timeElement(modified_time)),
        h('td', { 'data-label': 'State' }, h('span', { class: 'state-cell' }, toggle, badge)),
        builds &&
          h(
            'td',
            { class: 'actions' },
            button([icon('copy'), h('span', {}, 'URL')], () => void copy(`${url}mask/`, 'Endpoint URL'), { class: 'quiet', 'aria-label': `Copy the endpoint URL of ${name}` }),
            button(icon('trash'), () => void remove(now), { class: 'quiet square', 'aria-label': `Delete ${name}`, title: 'Delete' }),
          ),
      )
    }
    async function change(now: PlanSummary): Promise<void> {
      try {
        const next = await api.change(now.name, now.serial, { options: { enabled: !now.options.enabled } })
        show(next)
        line.querySelector<HTMLElement>('.switch')?.focus()
        say(`${now.name} is ${next.options.enabled ? 'enabled' : 'disabled'}`)
      } catch (error) {
        say(words(error), 'error')
        void load(true)
      }
    }
    async function remove({ name, serial }: PlanSummary): Promise<void> {
      if (!(await confirmDelete(name))) return
      try {
        await api.remove(name, serial)
        say(`${name} is deleted`)
        await load(true)
        field.focus()
      } catch (error) {
        say(words(error), 'error')
        void load(true)
      }
    }
    show(plan)
    return line
  }

  void load(true)
  return {
    title: 'Plans',
    element: h(
      'section',
      { class: 'list' },
      h('div', { class: 'bar' }, h('h1', {}, 'Plans'), h('div', { class: 'search' }, icon('search'), field), builds && newPlan()),
      state,
      table,
      empty,
      more,
    ),
    close: () => {
      searched.cancel()
      control.abort()
    },
  }
}

/** Asks before a plan goes. */
export async function confirmDelete(name: string): Promise<boolean> {
  const answer = await ask('Delete the plan?', h('p', {}, h('strong', {}, name), ' and its endpoint will be gone. Requests that are sent to it get 404.'), [
    { value: 'delete', label: 'Delete', look: 'danger' },
  ])
  return answer === 'delete'
}
