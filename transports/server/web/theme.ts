// Light or dark: as the system has it, until somebody chooses. The choice is all that the page keeps in the browser.

import { button, icon } from './dom.ts'

const KEY = 'mask-logs-theme'
const CHOICES = ['system', 'light', 'dark'] as const
type Choice = (typeof CHOICES)[number]

function stored(): Choice {
  try {
    const value = localStorage.getItem(KEY)
    return CHOICES.find((choice) => choice === value) ?? 'system'
  } catch {
    return 'system'
  }
}

function apply(choice: Choice): void {
  if (choice === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = choice
  try {
    if (choice === 'system') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, choice)
  } catch {
    // nothing is kept then
  }
}

let choice = stored()
apply(choice)

/** A button that goes from one theme to the next. */
export function themeButton(): HTMLButtonElement {
  const toggle = button(
    '',
    () => {
      choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length]!
      apply(choice)
      show()
    },
    { class: 'quiet square' },
  )
  const show = (): void => {
    toggle.replaceChildren(icon(choice === 'light' ? 'sun' : choice === 'dark' ? 'moon' : 'system'))
    const text = `Theme: ${choice === 'system' ? 'as the system' : choice}`
    toggle.setAttribute('aria-label', text)
    toggle.title = text
  }
  show()
  return toggle
}
