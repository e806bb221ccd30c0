// The slow and obvious way to mask a request: decoded objects in, the record view of every item through `masker.value`, objects out.
import type { Masker } from '../../../src/index.ts'
import type { Signal } from '../../../transports/otlp/types.ts'
import type { Obj } from './random.ts'

type View = Map<string, unknown>

interface Entry {
  readonly key?: string
  readonly value?: Obj
}

const list = (value: unknown): Obj[] => (value as Obj[] | undefined) ?? []
const isUtf8 = (bytes: Buffer): boolean => Buffer.from(bytes.toString()).equals(bytes)

function viewOf(any: Obj | undefined): unknown {
  if (any === undefined) return null
  if ('string_value' in any) return any['string_value']
  if ('bool_value' in any) return any['bool_value']
  if ('int_value' in any) return BigInt(String(any['int_value']))
  if ('double_value' in any) return any['double_value']
  if ('bytes_value' in any) return isUtf8(any['bytes_value'] as Buffer) ? textOf(any['bytes_value'] as Buffer) : new Uint8Array(any['bytes_value'] as Buffer)
  if ('array_value' in any) return list((any['array_value'] as Obj)['values']).map(viewOf)
  if ('kvlist_value' in any) return mapOf(list((any['kvlist_value'] as Obj)['values']))
  return null
}

/** Bytes that are text: an object, so that they name nothing beside them. */
function textOf(bytes: Buffer): unknown {
  return Object(bytes.toString())
}

function mapOf(entries: readonly Entry[]): View {
  return new Map(entries.map(({ key = '', value }) => [key, viewOf(value)]))
}

/** What a masked value is as AnyValue. */
function anyOf(after: unknown, view: unknown, before: Obj | undefined, names: Names): Obj | undefined {
  if (Object.is(after, view)) return before
  switch (typeof after) {
    case 'string':
      return before !== undefined && 'bytes_value' in before ? { bytes_value: Buffer.from(after) } : { string_value: after }
    case 'boolean':
      return { bool_value: after }
    case 'bigint':
      // what is no 64-bit integer is text
      return BigInt.asIntN(64, after) === after ? { int_value: String(after) } : { string_value: String(after) }
    case 'number':
      return before !== undefined && 'double_value' in before ? { double_value: after } : Number.isSafeInteger(after) ? { int_value: String(after) } : { double_value: after }
    default:
  }
  if (after === null) return {}
  if (after instanceof Map) {
    const entries = list((before?.['kvlist_value'] as Obj | undefined)?.['values']) as Entry[]
    return { kvlist_value: { values: entriesOf(after as View, view, entries, names) } }
  }
  const items = after as unknown[]
  const was = list((before?.['array_value'] as Obj | undefined)?.['values'])
  const seen = Array.isArray(view) ? (view as unknown[]) : []
  return { array_value: { values: paired(items, seen).map((k, i) => anyOf(items[i], k < 0 ? NOTHING : seen[k], k < 0 ? undefined : was[k], names) ?? {}) } }
}

/** For each item after masking, which one it was: what is left out leaves the others in order. */
function paired(after: readonly unknown[], before: readonly unknown[]): number[] {
  if (after.length === before.length) return after.map((_, i) => i)
  let k = 0
  return after.map((item) => {
    while (k < before.length && !Object.is(before[k], item)) k++
    return k < before.length ? k++ : -1
  })
}

/** What becomes of keys that stand together. */
type Names = (keys: readonly string[]) => ReadonlyMap<string, string>
const NOTHING = Symbol('nothing')

function entriesOf(after: View, view: unknown, entries: readonly Entry[], names: Names): Entry[] {
  const before = view instanceof Map ? (view as View) : new Map<string, unknown>()
  const received = new Map([...names([...before.keys()])].map(([key, name]) => [name, key]))
  return [...after].map(([name, value]) => {
    const key = received.get(name)
    const entry = entries.find((e) => (e.key ?? '') === key)
    const any = anyOf(value, key === undefined ? NOTHING : before.get(key), entry?.value, names)
    return { ...(entry?.key === undefined && name === '' ? {} : { key: name }), ...(any === undefined ? {} : { value: any }) }
  })
}

export class Oracle {
  private readonly masker: Masker
  /** With the detectors of the other one, and no other rule. */
  private readonly keys: Masker
  /** A rule means every value: of trace states those of their members, and none of what is outside the record view. */
  private readonly states: boolean
  constructor(masker: Masker, keys: Masker, states: boolean) {
    this.masker = masker
    this.keys = keys
    this.states = states
  }

  private readonly names: Names = (keys) => this.renamed(keys)

  private renamed(keys: readonly string[]): Map<string, string> {
    const after = this.keys.value(new Map([['attributes', new Map(keys.map((key) => [key, false]))]])).get('attributes')!
    return new Map([...after.keys()].map((name, i) => [keys[i]!, name]))
  }

  request(signal: Signal, body: Obj): Obj {
    const [resourced, scoped, items] =
      signal === 'traces'
        ? ['resource_spans', 'scope_spans', 'spans']
        : signal === 'metrics'
          ? ['resource_metrics', 'scope_metrics', 'metrics']
          : ['resource_logs', 'scope_logs', 'log_records']
    if (body[resourced] === undefined) return body
    return {
      ...body,
      [resourced]: list(body[resourced]).map((r) => {
        const resource = new Map([['attributes', mapOf(list((r['resource'] as Obj | undefined)?.['attributes']) as Entry[])]])
        const out = this.detected(r, ['schema_url'])
        if (r['resource'] !== undefined) out['resource'] = this.resource(r['resource'] as Obj)
        if (r[scoped] !== undefined)
          out[scoped] = list(r[scoped]).map((s) => {
            const scope = s['scope'] as Obj | undefined
            const around = new Map<string, unknown>([
              ['resource', resource],
              ['scope', this.plain(scope ?? {}, ['name', 'version'])],
            ])
            const done = this.detected(s, ['schema_url'])
            if (scope !== undefined) done['scope'] = this.masked(scope, ['name', 'version'], new Map(), 'scope')
            if (s[items] !== undefined)
              done[items] = list(s[items]).map((item) => (signal === 'traces' ? this.span(item, around) : signal === 'logs' ? this.log(item, around) : this.metric(item, around)))
            return done
          })
        return out
      }),
    }
  }

  /** Texts that only detectors look at: under a key that says nothing. */
  private detected(message: Obj, names: readonly string[]): Obj {
    const out = { ...message }
    for (const name of names) if (out[name] !== undefined) out[name] = (this.states ? this.keys : this.masker).value(out[name])
    return out
  }

  private resource(resource: Obj): Obj {
    const entries = list(resource['attributes']) as Entry[]
    const refs = list(resource['entity_refs'])
    const view = mapOf(entries)
    const out = this.masked(resource, [], new Map(), 'resource')
    if (refs.length === 0) return out
    const names = new Set(refs.flatMap((ref) => [...list(ref['id_keys']), ...list(ref['description_keys'])] as unknown as string[]))
    // keys that are named stay: what becomes of them is seen where nothing is removed
    const kept = entries.filter(({ key = '' }) => names.has(key))
    const after = this.masker
      .value(new Map([['resource', new Map([['attributes', view]])]]))
      .get('resource')!
      .get('attributes')!
    const renamed = this.renamed([...view.keys()])
    if (out['attributes'] !== undefined && after.size < view.size) {
      const done = [...(out['attributes'] as Entry[])]
      entries.forEach((entry, i) => {
        const key = entry.key ?? ''
        if (kept.includes(entry) && !after.has(renamed.get(key)!)) done.splice(i, 0, { ...(entry.key === undefined ? {} : { key }), value: { string_value: '[REDACTED]' } })
        else if (!after.has(renamed.get(key)!)) done.splice(i, 0, undefined as unknown as Entry)
      })
      out['attributes'] = done.filter((entry) => entry !== undefined)
    }
    out['entity_refs'] = refs.map((ref) => {
      const done = this.detected(ref, ['schema_url', 'type'])
      for (const name of ['id_keys', 'description_keys'])
        if (done[name] !== undefined) done[name] = (done[name] as string[]).map((key) => renamed.get(key) ?? this.renamed([key]).get(key)!)
      return done
    })
    return out
  }

  private plain(message: Obj, texts: readonly string[]): View {
    const view: View = new Map()
    for (const name of texts) if (message[name] !== undefined) view.set(name, message[name])
    if (message['attributes'] !== undefined) view.set('attributes', mapOf(list(message['attributes']) as Entry[]))
    return view
  }

  /** A message with its texts and attributes; under `name` in the record, if that is given. */
  private masked(message: Obj, texts: readonly string[], around: View, name: string): Obj {
    const view = this.plain(message, texts)
    const record = new Map([...around, [name, view]])
    const after = (this.masker.value(record) as View).get(name) as View
    return this.applied(message, texts, view, after)
  }

  private applied(message: Obj, texts: readonly string[], view: View, after: View): Obj {
    const out = { ...message }
    for (const name of texts) {
      if (out[name] === undefined) continue
      if (after.get(name) === undefined) delete out[name]
      else out[name] = String(after.get(name))
    }
    if (view.has('attributes') && after.get('attributes') !== view.get('attributes'))
      out['attributes'] = entriesOf(after.get('attributes') as View, view.get('attributes'), list(message['attributes']) as Entry[], this.names)
    return out
  }

  private traceState(out: Obj): void {
    if (out['trace_state'] === undefined) return
    const members = (out['trace_state'] as string).split(',').map((member) => {
      const at = this.states ? member.indexOf('=') + 1 : 0
      const own = this.masker.value(new Map([['trace_state', member.slice(at)]])).get('trace_state')
      const done = own === undefined ? undefined : member.slice(0, at) + own
      return done === member ? member : done !== undefined && /^[a-z0-9][a-z0-9_*/@-]*=[\x20-\x2b\x2d-\x3c\x3e-\x7e]+$/.test(done) ? done : undefined
    })
    const kept = members.filter((member) => member !== undefined).join(',')
    if (kept === '' && out['trace_state'] !== '') delete out['trace_state']
    else out['trace_state'] = kept
  }

  private span(span: Obj, around: View): Obj {
    const view: View = this.plain(span, ['name'])
    const events = list(span['events'])
    const links = list(span['links'])
    const status = span['status'] as Obj | undefined
    if (status !== undefined) view.set('status', this.plain(status, ['message']))
    if (span['events'] !== undefined)
      view.set(
        'events',
        events.map((event) => this.plain(event, ['name'])),
      )
    if (span['links'] !== undefined)
      view.set(
        'links',
        links.map((link) => this.plain(link, [])),
      )
    const after = this.masker.value(new Map([...view, ...around])) as View
    const out = this.applied(span, ['name'], view, after)
    this.traceState(out)
    if (status !== undefined) out['status'] = this.applied(status, ['message'], view.get('status') as View, after.get('status') as View)
    if (span['events'] !== undefined)
      out['events'] = events.map((event, i) => this.applied(event, ['name'], (view.get('events') as View[])[i]!, (after.get('events') as View[])[i]!))
    if (span['links'] !== undefined)
      out['links'] = links.map((link, i) => {
        const done = this.applied(link, [], (view.get('links') as View[])[i]!, (after.get('links') as View[])[i]!)
        this.traceState(done)
        return done
      })
    return out
  }

  private log(log: Obj, around: View): Obj {
    const view = this.plain(log, ['severity_text', 'event_name'])
    if (log['body'] !== undefined) view.set('body', viewOf(log['body'] as Obj))
    const after = this.masker.value(new Map([...view, ...around])) as View
    const out = this.applied(log, ['severity_text', 'event_name'], view, after)
    if (log['body'] !== undefined) {
      const body = after.has('body') ? anyOf(after.get('body'), view.get('body'), log['body'] as Obj, this.names) : undefined
      if (body === undefined) delete out['body']
      else out['body'] = body
    }
    return out
  }

  private metric(metric: Obj, around: View): Obj {
    const texts = ['name', 'description', 'unit']
    const view = this.plain(metric, texts)
    const after = this.masker.value(new Map([...view, ...around])) as View
    const out = this.applied(metric, texts, view, after)
    if (metric['metadata'] !== undefined) {
      const entries = list(metric['metadata']) as Entry[]
      const map = mapOf(entries)
      out['metadata'] = entriesOf((this.masker.value(new Map([['metadata', map]])) as Map<string, View>).get('metadata')!, map, entries, this.names)
    }
    for (const name of ['gauge', 'sum', 'histogram', 'exponential_histogram', 'summary']) {
      const data = metric[name] as Obj | undefined
      if (data?.['data_points'] !== undefined) out[name] = { ...data, data_points: list(data['data_points']).map((point) => this.point(point, new Map([...view, ...around]))) }
    }
    return out
  }

  private point(point: Obj, around: View): Obj {
    const exemplars = list(point['exemplars'])
    const view = this.plain(point, [])
    const as = (exemplar: Obj): Obj => ({ ...exemplar, ...(exemplar['filtered_attributes'] === undefined ? {} : { attributes: exemplar['filtered_attributes'] }) })
    if (point['exemplars'] !== undefined)
      view.set(
        'exemplars',
        exemplars.map((exemplar) => this.plain(as(exemplar), [])),
      )
    const after = this.masker.value(new Map([...around, ...view])) as View
    const out = this.applied(point, [], view, after)
    if (point['exemplars'] !== undefined)
      out['exemplars'] = exemplars.map((exemplar, i) => {
        const { attributes, ...done } = this.applied(as(exemplar), [], (view.get('exemplars') as View[])[i]!, (after.get('exemplars') as View[])[i]!)
        return attributes === undefined ? done : { ...done, filtered_attributes: attributes }
      })
    return out
  }
}
