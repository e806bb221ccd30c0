import { createRequire } from 'node:module'
import type { pino as Pino } from 'pino'

const require = createRequire(import.meta.url)

/** The versions in scope, by alias. */
export const versions = [
  { version: '9.6.0', alias: 'pino-9.6' },
  { version: '9.14.0', alias: 'pino-9.14' },
  { version: '10.4.0', alias: 'pino' },
] as const

export function load(alias: string): typeof Pino {
  return require(alias) as typeof Pino
}
