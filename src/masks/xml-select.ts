// Which nodes of a document an XPath selects. Each step looks at a node once, however many nodes lead to it.

import type { Predicate, Step, XPath } from '../engine/xpath.ts'
import { attributeOf, attributeValue, CHILD, END, isNamed, PARENT, ROW, SIBLING } from './xml-document.ts'
import type { XmlDocument } from './xml-document.ts'

/** The elements that an expression selects from the element `from`, in document order. */
export function select(document: XmlDocument, path: XPath, from: number): readonly number[] {
  let nodes = [path.absolute ? 0 : from]
  for (const step of path.steps) nodes = inOrder(document, stepFrom(document, step, nodes))
  return nodes.filter((node) => node !== 0)
}

function stepFrom(document: XmlDocument, step: Step, nodes: readonly number[]): number[] {
  const out: number[] = []
  if (step.axis === 'below') {
    let behind = 0
    for (const node of nodes) {
      for (let below = Math.max(node, behind); below < document.elements[node * ROW + END]!; below++) out.push(below)
      behind = Math.max(behind, document.elements[node * ROW + END]!)
    }
  } else if (step.axis === 'parent') {
    for (const node of nodes) if (node !== 0) out.push(document.elements[node * ROW + PARENT]!)
  } else if (step.axis === 'child') for (const node of nodes) childrenOf(document, step, node, (child) => out.push(child))
  return out
}

/** Calls `found` with each child of a node that a step goes to. */
function childrenOf(document: XmlDocument, step: Step, node: number, found: (child: number) => void): void {
  const counts = step.predicates.map(() => 0)
  const holds = (child: number): boolean =>
    step.predicates.every((predicate, i) => ('position' in predicate ? ++counts[i]! === predicate.position : hasValue(document, child, predicate)))
  for (let child = document.elements[node * ROW + CHILD]!; child !== 0; child = document.elements[child * ROW + SIBLING]!) {
    if ((step.name === undefined || isNamed(document, child, step.name)) && holds(child)) found(child)
  }
}

function hasValue(document: XmlDocument, element: number, predicate: Exclude<Predicate, { position: number }>): boolean {
  const attribute = attributeOf(document, element, predicate.attribute)
  return attribute >= 0 && attributeValue(document, attribute) === predicate.value
}

/** Nodes in document order, each once. */
function inOrder(document: XmlDocument, nodes: number[]): number[] {
  if (nodes.every((node, i) => i === 0 || node > nodes[i - 1]!)) return nodes
  const marks = new Uint8Array(document.count)
  for (const node of nodes) marks[node] = 1
  const out: number[] = []
  for (let node = 0; node < marks.length; node++) if (marks[node] === 1) out.push(node)
  return out
}

// Behind every number of a node; and not looked up so far.
const ABSENT = 0x7fffffff
const UNKNOWN = -1

/** Looks up the first node that one expression selects from many places of a document: what it has learnt, it keeps. */
export class FirstNode {
  private readonly document: XmlDocument
  private readonly path: XPath
  /** By step: what the rest of the path leads to from each node, and from each node or anything below it. */
  private readonly known: (Int32Array | undefined)[] = []
  private readonly below: (Int32Array | undefined)[] = []

  constructor(document: XmlDocument, path: XPath) {
    this.document = document
    this.path = path
  }

  /** The number of an element (of an attribute, if the path ends in one) from the element `from`; undefined: absent. */
  from(from: number): number | undefined {
    const found = this.first(0, this.path.absolute ? 0 : from)
    return found === ABSENT ? undefined : found
  }

  /** The first in document order of what the steps from `i` on lead to. Goes no deeper than the path has steps. */
  private first(i: number, node: number): number {
    const step = this.path.steps[i]
    // the document has no text
    if (step === undefined) return node === 0 ? ABSENT : node
    const known = (this.known[i] ??= new Int32Array(this.document.count).fill(UNKNOWN))
    if (known[node] !== UNKNOWN) return known[node]!
    let found = ABSENT
    if (step.axis === 'child') childrenOf(this.document, step, node, (child) => (found = Math.min(found, this.first(i + 1, child))))
    else if (step.axis === 'parent') found = node === 0 ? ABSENT : this.first(i + 1, this.document.elements[node * ROW + PARENT]!)
    else if (step.axis === 'below') found = this.firstBelow(i, node)
    else {
      const attribute = node === 0 ? -1 : attributeOf(this.document, node, step.name!)
      found = attribute < 0 ? ABSENT : attribute
    }
    known[node] = found
    return found
  }

  /** Worked out for all nodes at once, from the last to the first. */
  private firstBelow(i: number, node: number): number {
    let best = this.below[i]
    if (best === undefined) {
      const { count, elements } = this.document
      best = this.below[i] = new Int32Array(count).fill(ABSENT)
      for (let at = count - 1; at >= 0; at--) {
        best[at] = Math.min(best[at]!, this.first(i + 1, at))
        const parent = elements[at * ROW + PARENT]!
        if (at > 0) best[parent] = Math.min(best[parent]!, best[at]!)
      }
    }
    return best[node]!
  }
}
