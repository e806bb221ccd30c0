// Ruleset text to nodes: within the limits, by the plain reader where it will do, else by the `yaml` package.

import { LIMITS } from './node.ts'
import type { Parsed } from './node.ts'
import { parsePlainYaml } from './plain-yaml.ts'
import { parseYaml } from './yaml.ts'

export interface ParsedText {
  /** What positions count in: the text without a byte order mark, or nothing when it is too large. */
  readonly text: string
  readonly parsed: Parsed
}

/** Parses the text of a ruleset. Never throws. */
export function parseRulesetText(given: string): ParsedText {
  const text = given.charCodeAt(0) === 0xfeff ? given.slice(1) : given
  // Cheap bound first: a UTF-16 unit is at most three bytes.
  if (text.length > LIMITS.bytes || (text.length * 3 > LIMITS.bytes && Buffer.byteLength(text) > LIMITS.bytes))
    return { text: '', parsed: { root: undefined, problems: [{ code: 'limit_exceeded', at: 0, message: 'a ruleset has at most 1 MiB' }] } }
  const plain = parsePlainYaml(text)
  return { text, parsed: plain === undefined ? parseYaml(text) : { root: plain, problems: [] } }
}
