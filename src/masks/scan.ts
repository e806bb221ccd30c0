import { isContainer, NumberText } from '../engine/types.ts'
import type { MaskContext, MaskDefinition, MaskNode, MaskTools, Scalar, Value } from '../engine/types.ts'
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
    join: {
      kind: 'boolean',
      default: false,
      summary: 'An array is taken whole and its texts are read as one, with spaces between: `["--password", "x"]` is read like `--password x`. For lists of arguments.',
    },
  },
  compile(options, tools) {
    const masks = options.get('masks') as readonly MaskNode[] | undefined
    const scanText = tools.scan(option(options, 'detect', ['all']), option(options, 'exclude', []), masks)
    const join = option(options, 'join', false)
    return (value, context) => {
      if (join && Array.isArray(value) && value.every((item) => !isContainer(item))) return scanJoined(value, context, scanText)
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

type ScanText = ReturnType<MaskTools['scan']>

/** Reads scalars as one text. What was found is put back where it begins; of a match over several of them the others lose their part. */
function scanJoined(items: readonly Scalar[], context: MaskContext, scanText: ScanText): Value {
  const texts = items.map((item) => (item === null ? '' : typeof item === 'string' ? item : item instanceof NumberText ? item.text : String(item)))
  const settled: number[] = []
  const sources: number[] = []
  const out = scanText(texts.join(' '), context, settled, sources)
  if (sources.length === 0) return items
  const result: Scalar[] = []
  /** The match at hand, and where the text at hand begins. */
  let k = 0
  let begin = 0
  for (const [i, text] of texts.entries()) {
    const end = begin + text.length
    let masked = ''
    let copied = begin
    let hit = false
    for (; k < sources.length && sources[k]! < end; k += 2) {
      const from = Math.max(sources[k]!, begin)
      masked += text.slice(copied - begin, from - begin)
      if (sources[k]! >= begin) masked += out.slice(settled[k], settled[k + 1])
      copied = Math.min(sources[k + 1]!, end)
      hit = true
      if (sources[k + 1]! > end) break
    }
    result.push(hit ? masked + text.slice(copied - begin) : items[i]!)
    begin = end + 1
  }
  return result
}

/** No recursion: how deep a container is, is up to whoever wrote it. */
function scanValue(value: Value, context: MaskContext, scanText: ScanText): Value {
  /** Containers still to be filled: what they are made from, and they themselves, which stand in their places already. */
  const left: [Value, Value[] | Map<string, Value>][] = []
  const scanned = (item: Value): Value => {
    if (!isContainer(item)) return scanScalar(item, context, scanText)
    const result = Array.isArray(item) ? [] : new Map<string, Value>()
    left.push([item, result])
    return result
  }
  const result = scanned(value)
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [from, to] = next
    if (to instanceof Map) scanEntries(from as ReadonlyMap<string, Value>, to, (key) => (key === '' ? key : scanText(key, context)), scanned)
    else for (const item of from as readonly Value[]) to.push(scanned(item))
  }
  return result
}

function scanScalar(value: Scalar, context: MaskContext, scanText: ScanText): Value {
  if (typeof value === 'string') return value === '' ? value : scanText(value, context)
  if (value === null || typeof value === 'boolean' || value.text.length < LEAST_DIGITS) return value
  // A match in a number replaces the whole number: what is left is a string.
  const out = scanText(value.text, context)
  return out === value.text ? value : out
}

function scanEntries(from: ReadonlyMap<string, Value>, to: Map<string, Value>, scanKey: (key: string) => string, scanned: (item: Value) => Value): void {
  // Where to go on counting for a masked key that several keys share.
  const counts = new Map<string, number>()
  for (const [key, item] of from) {
    const masked = scanKey(key)
    let free = masked
    let n = counts.get(masked) ?? 2
    while (to.has(free) || (free !== key && from.has(free))) free = `${masked}~${n++}`
    counts.set(masked, n)
    to.set(free, scanned(item))
  }
}
