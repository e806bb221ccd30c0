// The page at `/`: who is there, which part is shown, and the frame around it.

import { Api, words } from './api.ts'
import { countersView } from './counters.ts'
import { ask, button, fill, h, icon, labelled } from './dom.ts'
import { liveView } from './live.ts'
import { newPlanView, planView } from './plan.ts'
import { plansView } from './plans.ts'
import { themeButton } from './theme.ts'
import type { Context, View } from './view.ts'

const app = document.getElementById('app')!
const api = new Api()
let current: View | undefined
let route = ''

const context: Context = {
  api,
  go(next, force = false) {
    if (force) current = undefined
    if (location.hash === next) void show()
    else location.hash = next
  },
}

const main = h('main', { id: 'main', tabindex: -1 })
const navigation = h('nav', { 'aria-label': 'Parts of the page' })
const who = h('span', { class: 'who' })
const signOut = button('Sign out', () => void leave(), { class: 'quiet' })

async function leave(): Promise<void> {
  if (!(await mayLeave())) return
  close()
  api.logout()
  signIn()
}

const header = h(
  'header',
  { class: 'top' },
  h('a', { class: 'skip', href: '#main', on: { click: (event) => (event.preventDefault(), main.focus()) } }, 'Skip to content'),
  h('a', { class: 'brand', href: '#/plans' }, h('img', { src: '/assets/icon.svg', alt: '', width: 26, height: 26 }), 'mask-logs'),
  navigation,
  h('div', { class: 'right' }, who, themeButton(), signOut),
)

/** Builders see everything, runners the list alone. */
const builds = (): boolean => api.can('ifm/rules:read')

function frame(): void {
  const tabs = builds()
    ? [
        ['#/plans', 'Plans'],
        ['#/live', 'Live'],
        ['#/counters', 'Counters'],
      ]
    : [['#/plans', 'Plans']]
  fill(navigation, ...tabs.map(([href, name]) => h('a', { href: href! }, name)), h('a', { href: '/ifm/docs/', target: '_blank', rel: 'noopener' }, 'API'))
  fill(who, api.user)
  signOut.hidden = api.user === 'no login'
  fill(app, header, main)
}

function close(): void {
  current?.close?.()
  current = undefined
}

async function mayLeave(): Promise<boolean> {
  if (current?.unsaved?.() !== true) return true
  return (await ask('Leave without saving?', 'What you changed here is not saved and would be lost.', [{ value: 'leave', label: 'Leave', look: 'danger' }])) === 'leave'
}

let going = false
async function show(): Promise<void> {
  if (api.user === '' || going) return
  const next = location.hash === '' ? '#/plans' : location.hash
  going = true
  try {
    if (!(await mayLeave())) {
      history.replaceState(null, '', route)
      return
    }
  } finally {
    going = false
  }
  close()
  route = next
  const [, part = '', name = ''] = next.split('/')
  const view = !builds()
    ? plansView(context)
    : part === 'plan'
      ? planView(context, decodeURIComponent(name))
      : part === 'new'
        ? newPlanView(context)
        : part === 'live'
          ? liveView(context)
          : part === 'counters'
            ? countersView(context)
            : plansView(context)
  current = view
  document.title = `${view.title} - mask-logs`
  fill(main, view.element)
  for (const link of navigation.querySelectorAll('a')) {
    const here = link.getAttribute('href') === `#/${part === 'plan' || part === 'new' ? 'plans' : part}`
    if (here) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  const heading = view.element.querySelector('h1')
  heading?.setAttribute('tabindex', '-1')
  heading?.focus()
}

function signIn(note = ''): void {
  const user = h('input', { name: 'username', autocomplete: 'username', autocapitalize: 'off', spellcheck: 'false', required: true })
  const password = h('input', { name: 'password', type: 'password', autocomplete: 'current-password', required: true })
  const error = h('p', { class: 'form-error', role: 'alert' }, note)
  const submit = h('button', { class: 'button primary wide' }, 'Sign in')
  const form = h(
    'form',
    {
      class: 'card sign-in',
      'aria-labelledby': 'sign-in-title',
      on: {
        submit(event) {
          event.preventDefault()
          submit.disabled = true
          fill(error)
          api.login(user.value, password.value).then(
            () => {
              password.value = ''
              frame()
              void show()
            },
            (problem: unknown) => {
              submit.disabled = false
              fill(error, words(problem))
              password.select()
            },
          )
        },
      },
    },
    h('img', { src: '/assets/icon.svg', alt: '', width: 44, height: 44 }),
    h('h1', { id: 'sign-in-title' }, 'mask-logs'),
    h('p', { class: 'hint' }, 'Sign in to see and try masking rulesets.'),
    labelled('User name', user),
    labelled('Password', password),
    error,
    submit,
    h('p', { class: 'hint small' }, 'The login is kept in this page only: loading it again asks for the password.'),
  )
  document.title = 'Sign in - mask-logs'
  fill(app, h('div', { class: 'corner' }, themeButton()), h('main', { class: 'sign-in-page' }, form))
  user.focus()
}

api.onExpired = async () => {
  // what is being written must not be lost with the login
  if (current?.unsaved?.() === true) return again()
  close()
  api.logout()
  signIn('Your login has run out.')
  return false
}

/** Asks for the password over the page, which stays as it is. False: not now. */
async function again(note = 'Sign in again to go on; what you have written stays.'): Promise<boolean> {
  const user = h('input', { autocomplete: 'username', required: true })
  const password = h('input', { type: 'password', autocomplete: 'current-password', required: true })
  user.value = api.user
  const fields = h('div', {}, h('p', {}, note), labelled('User name', user), labelled('Password', password))
  const answer = await ask('Your login has run out', fields, [{ value: 'login', label: 'Sign in', look: 'primary' }])
  if (answer === undefined) return false
  try {
    await api.login(user.value, password.value)
    fill(who, api.user)
    return true
  } catch (error) {
    return again(words(error))
  }
}

addEventListener('hashchange', () => void show())
addEventListener('beforeunload', (event) => {
  if (current?.unsaved?.() === true) event.preventDefault()
})

api.open().then(
  (open) => {
    if (!open) return signIn()
    frame()
    void show()
  },
  (error: unknown) =>
    fill(
      app,
      h(
        'main',
        { class: 'sign-in-page' },
        h(
          'div',
          { class: 'card sign-in' },
          icon('error'),
          h('p', { role: 'alert' }, words(error)),
          button('Try again', () => location.reload(), { class: 'primary' }),
        ),
      ),
    ),
)
