// protobufjs reads and writes requests by a descriptor that is made from the field table of the rewriter.
import protobuf from 'protobufjs'
import { BYTES, DETECTED, ID, REFERENCE, requests, TEXT, TRACE_STATE } from '../../../transports/otlp/otlp-fields.ts'
import type { Message } from '../../../transports/otlp/otlp-fields.ts'
import type { Signal } from '../../../transports/otlp/types.ts'

interface Descriptor {
  oneofs?: Record<string, { oneof: string[] }>
  fields: Record<string, { id: number; type: string; rule?: 'repeated' }>
}

/** All messages that can be reached from a request. */
export function messagesOf(message: Message, out = new Map<string, Message>()): Map<string, Message> {
  if (out.has(message.name)) return out
  out.set(message.name, message)
  for (const field of message.fields) if (field.message !== undefined) messagesOf(field.message, out)
  return out
}

function descriptor(message: Message): Descriptor {
  const out: Descriptor = { fields: {} }
  for (const f of message.fields) {
    const text = f.role === TEXT || f.role === TRACE_STATE || f.role === DETECTED || f.role === REFERENCE
    const bytes = f.role === ID || f.role === BYTES
    const type = f.message !== undefined ? f.message.name : text ? 'string' : bytes ? 'bytes' : f.type === 'enum' ? 'int32' : f.type!
    out.fields[f.name] = { id: f.number, type, ...(f.repeated ? { rule: 'repeated' as const } : {}) }
  }
  // what is in a oneof is there or not, whatever its value
  const alone = ALONE[message.name]?.filter((name) => name in out.fields) ?? []
  if (alone.length > 0) out.oneofs = Object.fromEntries(alone.map((name) => [`_${name}`, { oneof: [name] }]))
  return out
}

/** Fields of oneofs, and optional ones. Each is one of its own here: then the last does not take the place of the others. */
const ALONE: Readonly<Record<string, readonly string[]>> = {
  AnyValue: ['string_value', 'bool_value', 'int_value', 'double_value', 'array_value', 'kvlist_value', 'bytes_value'],
  NumberDataPoint: ['as_double', 'as_int'],
  Exemplar: ['as_double', 'as_int'],
  HistogramDataPoint: ['sum', 'min', 'max'],
  ExponentialHistogramDataPoint: ['sum', 'min', 'max'],
}

/** The message types of a signal, by name. */
export function typesOf(signal: Signal): protobuf.Root {
  const nested: Record<string, Descriptor> = {}
  for (const [name, message] of messagesOf(requests[signal])) nested[name] = descriptor(message)
  return protobuf.Root.fromJSON({ nested } as unknown as protobuf.INamespace)
}

export const requestNames: Readonly<Record<Signal, string>> = { traces: requests.traces.name, metrics: requests.metrics.name, logs: requests.logs.name }
const roots = { traces: typesOf('traces'), metrics: typesOf('metrics'), logs: typesOf('logs') }

export function requestType(signal: Signal): protobuf.Type {
  return roots[signal].lookupType(requestNames[signal])
}
