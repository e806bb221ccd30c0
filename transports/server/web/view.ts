// What a page of the application is made of.

import type { Api } from './api.ts'

export interface View {
  readonly title: string
  readonly element: HTMLElement
  /** Called when it is left. */
  close?(): void
  /** True: something would be lost by leaving. */
  unsaved?(): boolean
}

export interface Context {
  readonly api: Api
  /** Goes to another page: `#/plans`. `force`: also when something is not saved. */
  go(route: string, force?: boolean): void
}

/** The date and time of the reader. */
export function timeElement(iso: string): HTMLElement {
  const element = document.createElement('time')
  element.dateTime = iso
  const date = new Date(iso)
  element.title = date.toLocaleString()
  const seconds = (Date.now() - date.getTime()) / 1000
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
  element.textContent =
    seconds < 45
      ? 'just now'
      : seconds < 2700
        ? format.format(-Math.round(seconds / 60), 'minute')
        : seconds < 79_200
          ? format.format(-Math.round(seconds / 3600), 'hour')
          : seconds < 30 * 86_400
            ? format.format(-Math.round(seconds / 86_400), 'day')
            : date.toLocaleDateString('en', { year: 'numeric', month: 'short', day: 'numeric' })
  return element
}
