// JSON text to Value and back, slowly and obviously: numbers keep their spelling, objects are Maps.

import { NumberText } from '../../src/engine/types.ts'
import type { Value } from '../../src/engine/types.ts'

/** Reads JSON text; undefined when it is not one JSON value. */
export function readValue(text: string): Value | undefined {
  try {
    JSON.parse(text)
  } catch {
    return undefined
  }
  // The text is valid: the reader below checks nothing.
  let at = 0
  const space = (): void => {
    while (/\s/.test(text[at] ?? '')) at++
  }
  const string = (): string => {
    const match = /"(?:[^"\\]|\\.)*"/y
    match.lastIndex = at
    const found = match.exec(text)![0]
    at += found.length
    return JSON.parse(found) as string
  }
  const value = (): Value => {
    space()
    const c = text[at]!
    if (c === '"') return string()
    if (c === '{') {
      const map = new Map<string, Value>()
      at++
      for (space(); text[at] !== '}'; space()) {
        if (text[at] === ',') at++
        space()
        const key = string()
        space()
        at++
        map.set(key, value())
      }
      at++
      return map
    }
    if (c === '[') {
      const list: Value[] = []
      at++
      for (space(); text[at] !== ']'; space()) {
        if (text[at] === ',') at++
        list.push(value())
      }
      at++
      return list
    }
    const word = /[-+.\w]+/y
    word.lastIndex = at
    const found = word.exec(text)![0]
    at += found.length
    return found === 'true' ? true : found === 'false' ? false : found === 'null' ? null : new NumberText(found)
  }
  return value()
}

/** Writes JSON text without white space, however deep the value is. */
export function writeValue(value: Value): string {
  let out = ''
  // What is still to be written, last first: values, and text that is none.
  const left: (Value | { readonly raw: string })[] = [value]
  while (left.length > 0) {
    const next = left.pop()!
    if (next instanceof NumberText) out += next.text
    else if (next instanceof Map) {
      const entries = [...(next as ReadonlyMap<string, Value>)].flatMap(([key, item], i) => [{ raw: `${i === 0 ? '{' : ','}${JSON.stringify(key)}:` }, item])
      left.push({ raw: entries.length === 0 ? '{}' : '}' }, ...entries.reverse())
    } else if (Array.isArray(next)) {
      left.push({ raw: ']' }, ...(next as Value[]).flatMap((item, i) => (i === 0 ? [item] : [{ raw: ',' }, item])).reverse(), { raw: '[' })
    } else out += typeof next === 'object' && next !== null ? (next as { raw: string }).raw : JSON.stringify(next)
  }
  return out
}
