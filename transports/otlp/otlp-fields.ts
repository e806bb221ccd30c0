// The field table of OTLP 1.11: the only schema there is. Numbers, names and types are facts of the protocol
// (https://github.com/open-telemetry/opentelemetry-proto); the roles say what masking makes of a field.
import type { Signal } from './types.ts'

export type NumberType = 'bool' | 'enum' | 'int32' | 'int64' | 'uint32' | 'uint64' | 'sint32' | 'fixed32' | 'fixed64' | 'sfixed64' | 'double'

/** Roles of length-delimited fields; numbers follow. */
export const MESSAGE = 0
/** A text of the record view. */
export const TEXT = 1
/** W3C trace state: masked member by member. */
export const TRACE_STATE = 2
/** Text outside the record view: detectors look at it. */
export const DETECTED = 3
/** A key of the resource. */
export const REFERENCE = 4
/** Key-value pairs. */
export const ATTRIBUTES = 5
/** AnyValue. */
export const VALUE = 6
export const BYTES = 7
/** An id of 16 or 8 bytes, or none. */
export const ID = 8
export const NUMBER = 9
/** Numbers, packed or not. */
export const NUMBERS = 10

export interface Field {
  readonly number: number
  /** As the protocol writes it; `json` in lowerCamelCase. */
  readonly name: string
  readonly json: string
  readonly role: number
  readonly repeated: boolean
  /** Key in the record view. */
  readonly view: string
  readonly message: Message | undefined
  readonly type: NumberType | undefined
  /** Names of the values of an enum, by number. */
  readonly names: readonly string[] | undefined
  /** Bytes of an id. */
  readonly size: number
  /** Of its own kind of number on the wire: 0 varint, 1 eight bytes, 5 four bytes; 2 all that has a length. */
  readonly wire: number
}

export class Message {
  readonly name: string
  readonly fields: Field[] = []
  readonly byNumber: (Field | undefined)[] = []
  readonly byName = new Map<string, Field>()
  /** Its attributes tell series of measurements apart. */
  series = false

  constructor(name: string) {
    this.name = name
  }

  add(...fields: readonly Field[]): this {
    for (const field of fields) {
      this.fields.push(field)
      while (this.byNumber.length <= field.number) this.byNumber.push(undefined)
      this.byNumber[field.number] = field
      this.byName.set(field.json, field)
      // JSON parsers of protobuf take the written name too
      this.byName.set(field.name, field)
    }
    return this
  }
}

function camel(name: string): string {
  return name.replace(/_(\w)/g, (_, c: string) => c.toUpperCase())
}

function field(number: number, name: string, role: number, more: Partial<Field> = {}): Field {
  return { number, name, json: camel(name), role, repeated: false, view: name, message: undefined, type: undefined, names: undefined, size: 0, wire: 2, ...more }
}

const WIRE: Readonly<Record<NumberType, number>> = { bool: 0, enum: 0, int32: 0, int64: 0, uint32: 0, uint64: 0, sint32: 0, fixed32: 5, fixed64: 1, sfixed64: 1, double: 1 }

const text = (number: number, name: string): Field => field(number, name, TEXT)
const number = (n: number, name: string, type: NumberType, names?: readonly string[]): Field => field(n, name, NUMBER, { type, wire: WIRE[type], names })
const numbers = (n: number, name: string, type: NumberType): Field => field(n, name, NUMBERS, { type, wire: WIRE[type], repeated: true })
const one = (n: number, name: string, message: Message): Field => field(n, name, MESSAGE, { message })
const many = (n: number, name: string, message: Message): Field => field(n, name, MESSAGE, { message, repeated: true })
const id = (n: number, name: string, size: number): Field => field(n, name, ID, { size })

export const keyValue = new Message('KeyValue')
export const anyValue = new Message('AnyValue')
export const arrayValue = new Message('ArrayValue').add(field(1, 'values', VALUE, { message: anyValue, repeated: true }))
export const keyValueList = new Message('KeyValueList').add(field(1, 'values', ATTRIBUTES, { message: keyValue, repeated: true }))
keyValue.add(text(1, 'key'), field(2, 'value', VALUE, { message: anyValue }), number(3, 'key_strindex', 'int32'))
anyValue.add(
  text(1, 'string_value'),
  number(2, 'bool_value', 'bool'),
  number(3, 'int_value', 'int64'),
  number(4, 'double_value', 'double'),
  one(5, 'array_value', arrayValue),
  one(6, 'kvlist_value', keyValueList),
  field(7, 'bytes_value', BYTES),
  number(8, 'string_value_strindex', 'int32'),
)

const attributes = (n: number, name = 'attributes'): Field => field(n, name, ATTRIBUTES, { message: keyValue, repeated: true, view: 'attributes' })

const entityRef = new Message('EntityRef').add(
  field(1, 'schema_url', DETECTED),
  field(2, 'type', DETECTED),
  field(3, 'id_keys', REFERENCE, { repeated: true }),
  field(4, 'description_keys', REFERENCE, { repeated: true }),
)
export const resource = new Message('Resource').add(attributes(1), number(2, 'dropped_attributes_count', 'uint32'), many(3, 'entity_refs', entityRef))
export const library = new Message('InstrumentationScope').add(text(1, 'name'), text(2, 'version'), attributes(3), number(4, 'dropped_attributes_count', 'uint32'))

const times = (start: number, end: number): Field[] => [number(start, 'start_time_unix_nano', 'fixed64'), number(end, 'time_unix_nano', 'fixed64')]
const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map((name) => `SPAN_KIND_${name}`)
const codes = ['UNSET', 'OK', 'ERROR'].map((name) => `STATUS_CODE_${name}`)
const severities = ['UNSPECIFIED', ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((name) => [name, `${name}2`, `${name}3`, `${name}4`])].map(
  (name) => `SEVERITY_NUMBER_${name}`,
)
const temporalities = ['UNSPECIFIED', 'DELTA', 'CUMULATIVE'].map((name) => `AGGREGATION_TEMPORALITY_${name}`)

const status = new Message('Status').add(text(2, 'message'), number(3, 'code', 'enum', codes))
const event = new Message('Event').add(number(1, 'time_unix_nano', 'fixed64'), text(2, 'name'), attributes(3), number(4, 'dropped_attributes_count', 'uint32'))
const link = new Message('Link').add(
  id(1, 'trace_id', 16),
  id(2, 'span_id', 8),
  field(3, 'trace_state', TRACE_STATE),
  attributes(4),
  number(5, 'dropped_attributes_count', 'uint32'),
  number(6, 'flags', 'fixed32'),
)
export const span = new Message('Span').add(
  id(1, 'trace_id', 16),
  id(2, 'span_id', 8),
  field(3, 'trace_state', TRACE_STATE),
  id(4, 'parent_span_id', 8),
  text(5, 'name'),
  number(6, 'kind', 'enum', kinds),
  number(7, 'start_time_unix_nano', 'fixed64'),
  number(8, 'end_time_unix_nano', 'fixed64'),
  attributes(9),
  number(10, 'dropped_attributes_count', 'uint32'),
  many(11, 'events', event),
  number(12, 'dropped_events_count', 'uint32'),
  many(13, 'links', link),
  number(14, 'dropped_links_count', 'uint32'),
  one(15, 'status', status),
  number(16, 'flags', 'fixed32'),
)
export const logRecord = new Message('LogRecord').add(
  number(1, 'time_unix_nano', 'fixed64'),
  number(2, 'severity_number', 'enum', severities),
  text(3, 'severity_text'),
  field(5, 'body', VALUE, { message: anyValue }),
  attributes(6),
  number(7, 'dropped_attributes_count', 'uint32'),
  number(8, 'flags', 'fixed32'),
  id(9, 'trace_id', 16),
  id(10, 'span_id', 8),
  number(11, 'observed_time_unix_nano', 'fixed64'),
  text(12, 'event_name'),
)

const exemplar = new Message('Exemplar').add(
  number(2, 'time_unix_nano', 'fixed64'),
  number(3, 'as_double', 'double'),
  id(4, 'span_id', 8),
  id(5, 'trace_id', 16),
  number(6, 'as_int', 'sfixed64'),
  attributes(7, 'filtered_attributes'),
)
const numberPoint = new Message('NumberDataPoint').add(
  ...times(2, 3),
  number(4, 'as_double', 'double'),
  many(5, 'exemplars', exemplar),
  number(6, 'as_int', 'sfixed64'),
  attributes(7),
  number(8, 'flags', 'uint32'),
)
const histogramPoint = new Message('HistogramDataPoint').add(
  ...times(2, 3),
  number(4, 'count', 'fixed64'),
  number(5, 'sum', 'double'),
  numbers(6, 'bucket_counts', 'fixed64'),
  numbers(7, 'explicit_bounds', 'double'),
  many(8, 'exemplars', exemplar),
  attributes(9),
  number(10, 'flags', 'uint32'),
  number(11, 'min', 'double'),
  number(12, 'max', 'double'),
)
const buckets = new Message('Buckets').add(number(1, 'offset', 'sint32'), numbers(2, 'bucket_counts', 'uint64'))
const exponentialPoint = new Message('ExponentialHistogramDataPoint').add(
  attributes(1),
  ...times(2, 3),
  number(4, 'count', 'fixed64'),
  number(5, 'sum', 'double'),
  number(6, 'scale', 'sint32'),
  number(7, 'zero_count', 'fixed64'),
  one(8, 'positive', buckets),
  one(9, 'negative', buckets),
  number(10, 'flags', 'uint32'),
  many(11, 'exemplars', exemplar),
  number(12, 'min', 'double'),
  number(13, 'max', 'double'),
  number(14, 'zero_threshold', 'double'),
)
const quantile = new Message('ValueAtQuantile').add(number(1, 'quantile', 'double'), number(2, 'value', 'double'))
const summaryPoint = new Message('SummaryDataPoint').add(
  ...times(2, 3),
  number(4, 'count', 'fixed64'),
  number(5, 'sum', 'double'),
  many(6, 'quantile_values', quantile),
  attributes(7),
  number(8, 'flags', 'uint32'),
)
for (const point of [numberPoint, histogramPoint, exponentialPoint, summaryPoint]) point.series = true

const temporality = number(2, 'aggregation_temporality', 'enum', temporalities)
const points = (message: Message): Field => many(1, 'data_points', message)
const gauge = new Message('Gauge').add(points(numberPoint))
const sum = new Message('Sum').add(points(numberPoint), temporality, number(3, 'is_monotonic', 'bool'))
const histogram = new Message('Histogram').add(points(histogramPoint), temporality)
const exponentialHistogram = new Message('ExponentialHistogram').add(points(exponentialPoint), temporality)
const summary = new Message('Summary').add(points(summaryPoint))
export const metric = new Message('Metric').add(
  text(1, 'name'),
  text(2, 'description'),
  text(3, 'unit'),
  one(5, 'gauge', gauge),
  one(7, 'sum', sum),
  one(9, 'histogram', histogram),
  one(10, 'exponential_histogram', exponentialHistogram),
  one(11, 'summary', summary),
  field(12, 'metadata', ATTRIBUTES, { message: keyValue, repeated: true }),
)

/** What a request of one signal is made of. */
function request(name: string, singular: string, plural: string, item: Message): Message {
  const scoped = new Message(`Scope${singular}`).add(one(1, 'scope', library), many(2, plural, item), field(3, 'schema_url', DETECTED))
  const resourced = new Message(`Resource${singular}`).add(one(1, 'resource', resource), many(2, `scope_${name}`, scoped), field(3, 'schema_url', DETECTED))
  return new Message(`Export${singular === 'Spans' ? 'Trace' : singular}ServiceRequest`).add(many(1, `resource_${name}`, resourced))
}

export const requests: Readonly<Record<Signal, Message>> = {
  traces: request('spans', 'Spans', 'spans', span),
  metrics: request('metrics', 'Metrics', 'metrics', metric),
  logs: request('logs', 'Logs', 'log_records', logRecord),
}
