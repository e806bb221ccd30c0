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

/** Writes JSON text without white space. */
export function writeValue(value: Value): string {
  if (value instanceof NumberText) return value.text
  if (value instanceof Map) return `{${[...(value as ReadonlyMap<string, Value>)].map(([key, item]) => `${JSON.stringify(key)}:${writeValue(item)}`).join(',')}}`
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(writeValue).join(',')}]`
  return JSON.stringify(value)
}
