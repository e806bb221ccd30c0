import { NumberText } from '../engine/types.ts'
import type { MaskContext, MaskDefinition, MaskNode, MaskTools, Value } from '../engine/types.ts'
import { option } from './input.ts'

// Shorter numbers hold nothing that stands on its own; cards and identifiers of persons have at least so many digits.
const LEAST_DIGITS = 9

export const scan: MaskDefinition = {
  type: 'scan',
  summary: 'Detection as a mask: what the detectors find in a text is masked; a container is scanned throughout, keys included.',
  input: 'A',
  settles: 'replaced',
  options: {
    detect: { kind: 'detectors', default: ['all'], summary: 'Detectors and groups.' },
    exclude: { kind: 'detectors', default: [], summary: 'Detectors and groups taken out.' },
    masks: { kind: 'masks', summary: "For every match; default: each detector's own mask." },
  },
  compile(options, tools) {
    const masks = options.get('masks') as readonly MaskNode[] | undefined
    const scanText = tools.scan(option(options, 'detect', ['all']), option(options, 'exclude', []), masks)
    return (value, context) => {
      if (typeof value !== 'string') return scanValue(value, context, scanText)
      if (value === '') return value
      const settled: number[] = []
      const sources: number[] = []
      const out = scanText(value, context, settled, sources)
      context.settle?.(settled, sources)
      return out
    }
  },
  examples: [{ in: 'null', out: 'null' }],
}

function scanValue(value: Value, context: MaskContext, scanText: ReturnType<MaskTools['scan']>): Value {
  if (typeof value === 'string') return value === '' ? value : scanText(value, context)
  if (value === null || typeof value === 'boolean') return value
  if (value instanceof NumberText) {
    if (value.text.length < LEAST_DIGITS) return value
    // A match in a number replaces the whole number: what is left is a string.
    const out = scanText(value.text, context)
    return out === value.text ? value : out
  }
  if (!(value instanceof Map)) return (value as readonly Value[]).map((item) => scanValue(item, context, scanText))
  const result = new Map<string, Value>()
  // Where to go on counting for a masked key that several keys share.
  const counts = new Map<string, number>()
  for (const [key, item] of value as ReadonlyMap<string, Value>) {
    const masked = key === '' ? key : scanText(key, context)
    let free = masked
    let n = counts.get(masked) ?? 2
    while (result.has(free) || (free !== key && value.has(free))) free = `${masked}~${n++}`
    counts.set(masked, n)
    result.set(free, scanValue(item, context, scanText))
  }
  return result
}
