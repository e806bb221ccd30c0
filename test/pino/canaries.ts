// The 23 places of a logger at which something may slip through, each with a canary of its own: a token that detectors know.

import { stdSerializers, type Logger, type LoggerOptions } from 'pino'
import { expect } from 'vitest'

const PLACES = [
  'base',
  'name',
  'child binding',
  'grandchild binding',
  'child formatters',
  'child serializer output',
  'mixin',
  'top-level field',
  'object key',
  'deeply nested field',
  'toJSON result',
  'serializer output',
  'message',
  'root msgPrefix',
  'child msgPrefix',
  'printf %s',
  'printf %o',
  'error message',
  'error stack',
  'cause',
  'error property',
  'nested error property',
  'second error',
] as const

export type Place = (typeof PLACES)[number]

/** A GitHub token that is none. */
export function canary(place: Place): string {
  return `ghp_Qz7Kx2Vw9Rb4Tn6Ym1Lc8Hd3Sf5Gj0PaZe${String(PLACES.indexOf(place) + 1).padStart(2, '0')}`.slice(0, 40)
}

/** The places whose canaries are in the text. */
export function leaks(text: string): Place[] {
  return PLACES.filter((place) => text.includes(canary(place)))
}

/** Options of a logger with canaries in them. */
export function canaryOptions(): LoggerOptions {
  return {
    base: { pid: 1, region: canary('base') },
    name: `app ${canary('name')}`,
    msgPrefix: `[${canary('root msgPrefix')}] `,
    mixin: () => ({ mixed: canary('mixin') }),
    serializers: { shown: () => `made ${canary('serializer output')}`, other: stdSerializers.err },
  }
}

/** Logs every canary there is. */
export function logCanaries(log: Logger): void {
  const child = log.child(
    { bound: canary('child binding'), own: 1 },
    {
      msgPrefix: `(${canary('child msgPrefix')}) `,
      serializers: { own: () => canary('child serializer output') },
      formatters: { log: (object) => ({ ...object, formatted: canary('child formatters') }) },
    },
  )
  const grandchild = child.child({ deeper: { bound: canary('grandchild binding') } })
  const cause = new Error(`because ${canary('cause')}`)
  const error = Object.assign(new Error(`failed ${canary('error message')}`, { cause }), { detail: canary('error property'), nested: { detail: canary('nested error property') } })
  error.stack = `${error.stack}\n    at ${canary('error stack')} (app.js:1:1)`
  const second = new Error(canary('second error'))
  const fields = {
    field: canary('top-level field'),
    [`key ${canary('object key')}`]: 1,
    deep: { a: { b: [{ c: canary('deeply nested field') }] } },
    made: { toJSON: () => ({ json: canary('toJSON result') }) },
    shown: {},
    err: error,
    other: second,
  }
  grandchild.info(fields, `message ${canary('message')} %s %o`, canary('printf %s'), { object: canary('printf %o') })
}

/** The output holds what is harmless of every place, so it was all written, and no canary. */
export function expectMasked(output: string): void {
  expect(leaks(output)).toEqual([])
  for (const word of [
    '"region":',
    'app ',
    '"bound":',
    '"deeper":',
    '"formatted":',
    '"own":',
    '"mixed":',
    '"field":',
    'key ',
    '"made":',
    '"shown":"made ',
    'message ',
    'failed ',
    '"detail":',
    'app.js:1:1',
    '"nested":',
  ])
    expect(output, word).toContain(word)
}
