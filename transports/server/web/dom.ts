// Elements, made by hand: text only ever becomes text, never markup.

export type Child = Node | string | number | undefined | false | readonly Child[]

type Listeners = { readonly [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void }

/** Attributes by their names; `on` holds listeners. False and undefined leave an attribute out, true sets it empty. */
export interface Props {
  readonly on?: Listeners
  readonly [attribute: string]: string | number | boolean | undefined | Listeners
}

/** An element with attributes and children. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (name === 'on') for (const [event, listener] of Object.entries(value as Listeners)) element.addEventListener(event, listener as (event: Event) => void)
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value))
  }
  append(element, children)
  return element
}

function append(to: Node, children: readonly Child[]): void {
  for (const child of children) {
    if (child === undefined || child === false) continue
    if (Array.isArray(child)) append(to, child as readonly Child[])
    else to.appendChild(child instanceof Node ? child : document.createTextNode(String(child)))
  }
}

/** Puts other children in the place of those that are there. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren()
  append(element, children)
}

const SVG = 'http://www.w3.org/2000/svg'

/** An element of SVG. */
export function svg(tag: string, attributes: Readonly<Record<string, string | number>>, ...children: SVGElement[]): SVGElement {
  const element = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  element.append(...children)
  return element
}

const ICONS = {
  sun: 'M12 4V2M12 22v-2M4 12H2M22 12h-2M6.3 6.3 4.9 4.9M19.1 19.1l-1.4-1.4M6.3 17.7l-1.4 1.4M19.1 4.9l-1.4 1.4M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z',
  system: 'M4 5h16v11H4zM9 20h6M12 16v4',
  plus: 'M12 5v14M5 12h14',
  back: 'M15 6l-6 6 6 6',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v6M14 11v6',
  play: 'M8 5.5v13l10.5-6.5z',
  pause: 'M8 5v14M16 5v14',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5 21 21',
  error: 'M12 8v5M12 16.5v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z',
  ok: 'M5 12.5l4.5 4.5L19 7.5',
} as const

/** A drawing beside words, which say the same. */
export function icon(name: keyof typeof ICONS): SVGElement {
  return svg('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' }, svg('path', { d: ICONS[name] }))
}

/** A button; `variant` is how it looks. */
export function button(label: Child, onClick: () => void, props: Props = {}): HTMLButtonElement {
  const { class: look = '', ...rest } = props
  return h('button', { type: 'button', class: `button ${String(look)}`, ...rest, on: { click: () => onClick() } }, label)
}

let fields = 0
/** A label and its field, tied together. */
export function labelled<T extends HTMLElement>(text: string, field: T, hint?: Child, props: Props = {}): HTMLElement {
  const id = field.id === '' ? `field-${++fields}` : field.id
  field.id = id
  const note = hint === undefined ? undefined : h('p', { class: 'hint', id: `${id}-hint` }, hint)
  if (note !== undefined) field.setAttribute('aria-describedby', note.id)
  return h('div', { ...props, class: `field ${String(props['class'] ?? '')}` }, h('label', { for: id }, text), field, note)
}

const live = h('div', { role: 'status', 'aria-live': 'polite', class: 'toasts' })
/** Says something that came of what was done: shown for a while, and read out. */
export function say(text: string, kind: 'ok' | 'error' = 'ok'): void {
  if (live.parentNode === null) document.body.append(live)
  const toast = h('div', { class: `toast ${kind}` }, icon(kind), h('span', {}, text))
  live.append(toast)
  while (live.childElementCount > 3) live.firstElementChild?.remove()
  setTimeout(() => toast.remove(), kind === 'ok' ? 4000 : 9000)
}

/** Asks; gives the value of the button that was taken, or undefined when the dialog was left. Escape leaves it. */
export function ask<T extends string>(
  title: string,
  text: Child,
  choices: readonly { readonly value: T; readonly label: string; readonly look?: string }[],
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const buttons = choices.map(({ value, label, look = '' }) => h('button', { value, class: `button ${look}` }, label))
    const dialog = h(
      'dialog',
      { 'aria-labelledby': 'dialog-title', class: 'dialog' },
      h(
        'form',
        { method: 'dialog' },
        h('h2', { id: 'dialog-title' }, title),
        h('div', { class: 'dialog-text' }, text),
        h('div', { class: 'dialog-buttons' }, h('button', { value: '', class: 'button' }, 'Cancel'), buttons),
      ),
    )
    const from = document.activeElement
    dialog.addEventListener('close', () => {
      dialog.remove()
      if (from instanceof HTMLElement && from.isConnected) from.focus()
      resolve(dialog.returnValue === '' ? undefined : (dialog.returnValue as T))
    })
    document.body.append(dialog)
    dialog.showModal()
  })
}

/** Copies a text and says so. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    say(`${what} copied`)
  } catch {
    // no clipboard outside of secure contexts: the old way
    const area = h('textarea', { class: 'offscreen', 'aria-hidden': 'true', readonly: true })
    area.value = text
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    say(done ? `${what} copied` : `${what} could not be copied: select it and copy by hand`, done ? 'ok' : 'error')
  }
}

/** `1 rule`, `2 rules`. */
export const count = (n: number, what: string): string => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`

/** Calls a function when nothing more has come for a while. */
export function debounce(ms: number, action: () => void): { (): void; cancel(): void; now(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const later = (): void => {
    clearTimeout(timer)
    timer = setTimeout(action, ms)
  }
  return Object.assign(later, {
    cancel: () => clearTimeout(timer),
    now() {
      clearTimeout(timer)
      action()
    },
  })
}
