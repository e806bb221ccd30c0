import type { MaskContext, MaskTools } from '../engine/types.ts'

// First and last names as `from_file` takes them, so that `name`, `email` and `from_file` agree on a person.

const FIRST = { file: 'DataMasque_firstNames_mixed.csv', column: 'firstname-mixed' }
const LAST = { file: 'DataMasque_lastNames_v2.csv', column: 'lastname-titlecase' }

/** Draws a first or a last name under the inputs in force. */
export type NameSource = (context: MaskContext) => string

/**
 * The two name sources of a mask with `seed` `namespace`. `identity`: the form of the value that is hashed; `form`: what becomes of a name,
 * made once for each row.
 */
export function nameSources(tools: MaskTools, namespace: string, identity?: (text: string) => string, form?: (name: string) => string): { first: NameSource; last: NameSource } {
  return { first: source(tools, FIRST, namespace, identity, form), last: source(tools, LAST, namespace, identity, form) }
}

function source(
  tools: MaskTools,
  from: { readonly file: string; readonly column: string },
  namespace: string,
  identity: ((text: string) => string) | undefined,
  form: ((name: string) => string) | undefined,
): NameSource {
  const table = tools.seedFile(from.file)
  const cells = table.column(from.column) ?? table.column() ?? []
  const spec = identity === undefined ? { family: 'from_file', qualifier: from.file, namespace } : { family: 'from_file', qualifier: from.file, namespace, identity }
  if (form === undefined) return (context) => cells[context.draws(spec).uniform(cells.length)] ?? ''
  const formed: (string | undefined)[] = new Array<undefined>(cells.length).fill(undefined)
  return (context) => {
    const row = context.draws(spec).uniform(cells.length)
    let name = formed[row]
    if (name === undefined) formed[row] = name = form(cells[row] ?? '')
    return name
  }
}
