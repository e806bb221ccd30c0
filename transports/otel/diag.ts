import type { Masker } from '../../src/index.ts'
import { isMasking, mark, type Wrapper } from './exporter.ts'
import { FAILED, type Masking, maskingOf, type OtelMaskOptions } from './masking.ts'
import type { DiagLoggerLike } from './types.ts'
import { put } from './values.ts'

const LEVELS = ['error', 'warn', 'info', 'debug', 'verbose'] as const

/**
 * A diag logger that gets masked messages: the SDK prints names of spans and, at debug level, whole items. Arguments that are objects are
 * handed on as masked plain copies, no deeper than 8 levels. Throws what createMasker throws.
 *
 * @example diag.setLogger(maskDiagLogger(new DiagConsoleLogger()), DiagLogLevel.DEBUG)
 */
export function maskDiagLogger<L extends DiagLoggerLike>(logger: L, options?: OtelMaskOptions | Masker): Wrapper<L, (typeof LEVELS)[number]> {
  if (isMasking(logger)) return logger
  const source = maskingOf(options)
  const methods = LEVELS.map((level) => [level, (...args: unknown[]) => logger[level](...(args.map((arg) => masked(source(), arg)) as [string, ...unknown[]]))] as const)
  return mark(Object.fromEntries(methods)) as unknown as Wrapper<L, (typeof LEVELS)[number]>
}

function masked(masking: Masking, arg: unknown): unknown {
  try {
    if (typeof arg === 'string') return text(masking, arg)
    if (typeof arg !== 'object' || arg === null)
      return typeof arg === 'number' || typeof arg === 'boolean' || typeof arg === 'bigint' ? masking.masker.value(arg) : typeof arg === 'function' ? '[Function]' : arg
    if (arg instanceof Error) return error(masking, arg, 0)
    return masking.masker.value(plain(arg, { left: MOST }, 0))
  } catch {
    return FAILED
  }
}

/** The SDK writes errors as JSON too. */
function text(masking: Masking, message: string): string {
  return message.startsWith('{') || message.startsWith('[') ? masking.masker.json(message) : masking.masker.text(message)
}

function error(masking: Masking, { name, message, stack, cause }: Error, depth: number): Error {
  const copy = new Error(text(masking, message))
  copy.name = text(masking, name)
  copy.stack = stack === undefined ? undefined : text(masking, stack)
  if (cause instanceof Error && depth < 4) copy.cause = error(masking, cause, depth + 1)
  return copy
}

/** Values of an object that are copied, and how deep. */
const MOST = 10_000
const DEEPEST = 8

/** Own enumerable properties: what is printed is what was masked. */
function plain(value: unknown, budget: { left: number }, depth: number): unknown {
  if (typeof value === 'function') return '[Function]'
  if (typeof value === 'symbol') return '[Symbol]'
  if (typeof value !== 'object' || value === null) return value
  if (budget.left-- <= 0 || depth > DEEPEST) return '[Object]'
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (value instanceof Date) return value
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack }
  if (Array.isArray(value) || value instanceof Set) return Array.from(value, (item) => plain(item, budget, depth + 1))
  const out: Record<string, unknown> = {}
  const entries: readonly (readonly [unknown, unknown])[] = value instanceof Map ? [...value] : Object.keys(value).map((key) => [key, (value as Record<string, unknown>)[key]])
  for (const [key, item] of entries) put(out, String(key), plain(item, budget, depth + 1))
  return out
}
