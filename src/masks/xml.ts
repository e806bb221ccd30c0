import { REMOVED } from '../engine/types.ts'
import type { HashSource, MaskContext, MaskDefinition, MaskNode, MaskTools, PartMasker, Removed, Settled, Value } from '../engine/types.ts'
import { isXmlSpace, nameEnd } from '../engine/xml-names.ts'
import { parseXPath } from '../engine/xpath.ts'
import type { Step, XPath } from '../engine/xpath.ts'
import { MaskError } from '../errors.ts'
import { field, resultText, textMasker } from './input.ts'
import { Pieces } from './pieces.ts'
import { asText, asValue, attributeOf, attributeValue, CHILD, elementText, piecesOf, ROW, readXml } from './xml-document.ts'
import type { XmlDocument } from './xml-document.ts'
import { FirstNode, select } from './xml-select.ts'

export const xml: MaskDefinition = {
  type: 'xml',
  summary: 'Masks text and attributes of elements inside XML. Untouched parts keep their bytes; text with a DTD is not taken.',
  input: 'T',
  settles: 'replaced',
  options: {
    transforms: {
      kind: 'list',
      minItems: 1,
      required: true,
      summary: 'Applied in order.',
      of: {
        kind: 'object',
        fields: {
          path: {
            kind: 'xpath',
            required: true,
            summary: "The elements: `/a/b` (the first step is the root element), `a/b` (children of the root element), `//b`, `*`, `..`, `[3]`, `[@k='v']`.",
          },
          node_transforms: {
            kind: 'list',
            minItems: 1,
            required: true,
            summary: 'What is masked of each element.',
            of: {
              kind: 'object',
              fields: {
                type: { kind: 'string', enum: ['text', 'attribute'], required: true, summary: 'Its own character data, joined; or attributes.' },
                attributes: {
                  kind: 'any_of',
                  of: [
                    { kind: 'string', minLength: 1 },
                    { kind: 'list', of: { kind: 'string', minLength: 1 }, minItems: 1 },
                  ],
                  summary: 'Their names, as written in the document.',
                },
                masks: { kind: 'masks', required: true, summary: 'Applied to each text or attribute that is not empty; `remove` empties the text and takes the attribute away.' },
              },
            },
          },
          on_missing: { kind: 'string', enum: ['skip', 'error'], default: 'error', summary: 'There is no such element, or none of them has such an attribute.' },
          force_consistency: { kind: 'boolean', default: false, summary: "The first match's result is used for every match in this document." },
          hash_sources: {
            kind: 'hash_sources',
            summary: 'What the results depend on; default: the wider level. `json_path` starts at the parent element, `xpath` at the element itself.',
          },
          advance_hash: { kind: 'boolean', default: false, summary: 'The n-th match, from 0, advances the hash by n.' },
        },
      },
    },
    fallback_masks: { kind: 'masks', summary: 'For text that is not well-formed; without them that is `not_xml`.' },
  },
  check(options, report) {
    const checkName = (name: string, way: readonly (string | number)[]): void => {
      if (nameEnd(name, 0) !== name.length) report(way, 'invalid_value', 'this is not the name of an attribute')
    }
    ;(options.get('transforms') as readonly unknown[]).forEach((transform, i) => {
      ;(field(transform, 'node_transforms') as readonly unknown[]).forEach((of, j) => {
        const way = ['transforms', i, 'node_transforms', j, 'attributes']
        const given = field(of, 'attributes') as string | readonly string[] | undefined
        if (field(of, 'type') === 'text') {
          if (given !== undefined) report(way, 'invalid_value', "'attributes' goes with type 'attribute'")
        } else if (given === undefined) report(way, 'missing_key', "'attributes' is missing")
        else if (typeof given === 'string') checkName(given, way)
        else given.forEach((name, k) => checkName(name, [...way, k]))
      })
    })
  },
  compile(options, tools) {
    const lookups = new Map<HashSource, XPath>()
    const transforms = (options.get('transforms') as readonly unknown[]).map((of) => transformOf(of, tools, lookups))
    const fallbackNodes = options.get('fallback_masks') as readonly MaskNode[] | undefined
    const fallback = fallbackNodes === undefined ? undefined : tools.parts(fallbackNodes, undefined, [])
    return textMasker('xml', (text, context) => {
      const document = readXml(text)
      if (document !== undefined) return maskDocument(document, transforms, lookups, context, tools)
      if (fallback !== undefined) return fallBack(fallback, text, context)
      throw new MaskError('not_xml', 'xml', 'received text that is not well-formed XML')
    })
  },
  examples: [
    {
      options: { transforms: [{ path: '//card', node_transforms: [{ type: 'text', masks: [{ type: 'partial' }] }] }] },
      in: '"<order><card>4111111111111111</card><n>2</n></order>"',
      out: '"<order><card>************1111</card><n>2</n></order>"',
    },
    {
      options: { transforms: [{ path: '/order', node_transforms: [{ type: 'attribute', attributes: 'id', masks: [{ type: 'imitate_unique' }] }] }] },
      in: "\"<order id='AB-1234' n='1'/>\"",
      out: "\"<order id='XS-0942' n='1'/>\"",
    },
    {
      options: { transforms: [{ path: 'p', hash_sources: [{ xpath: '../@id' }], node_transforms: [{ type: 'text', masks: [{ type: 'imitate' }] }] }] },
      in: '"<c id=\'12345\'><p>AAA</p></c>"',
      out: '"<c id=\'12345\'><p>XAD</p></c>"',
    },
    {
      options: {
        transforms: [
          {
            path: "/a/b[@k='v']",
            node_transforms: [
              { type: 'text', masks: [{ type: 'remove' }] },
              { type: 'attribute', attributes: ['x', 'y'], masks: [{ type: 'remove' }] },
            ],
          },
        ],
      },
      in: "\"<a><b k='v' x='1' y='2'>t<c/><![CDATA[u]]></b><b>v</b></a>\"",
      out: '"<a><b k=\'v\'><c/></b><b>v</b></a>"',
    },
    {
      options: { transforms: [{ path: '/a', node_transforms: [{ type: 'text', masks: [{ type: 'from_fixed', value: '1 < 2 & 3' }] }] }] },
      in: '"<a>x<!-- stays --><![CDATA[y]]></a>"',
      out: '"<a>1 &lt; 2 &amp; 3<!-- stays --></a>"',
    },
    { options: { transforms: [{ path: '/a', node_transforms: [{ type: 'text', masks: [{ type: 'redact' }] }] }] }, in: '"<a>"', error: 'not_xml' },
    {
      options: { transforms: [{ path: '/a', node_transforms: [{ type: 'text', masks: [{ type: 'redact' }] }] }], fallback_masks: [{ type: 'from_fixed', value: '?' }] },
      in: '"<!DOCTYPE a><a>x</a>"',
      out: '"?"',
    },
    { options: { transforms: [{ path: '/a', node_transforms: [{ type: 'text', masks: [{ type: 'redact' }] }] }] }, in: '7', error: 'non_string_value' },
  ],
}

interface Transform {
  readonly path: XPath
  readonly nodes: readonly NodeTransform[]
  readonly onMissing: 'skip' | 'error'
  readonly forceConsistency: boolean
  readonly advanceHash: boolean
}

interface NodeTransform {
  /** Undefined: the text. */
  readonly attributes: readonly string[] | undefined
  readonly mask: PartMasker
}

/** A text or an attribute under way. */
interface Current {
  /** As received. */
  readonly self: string
  value: string | Removed
  readonly settled: Settled
}

const ROOT = 1
const KNOWS: readonly HashSource['from'][] = ['xpath', 'parent', 'document']

function transformOf(of: unknown, tools: MaskTools, lookups: Map<HashSource, XPath>): Transform {
  const given = field(of, 'hash_sources') as readonly HashSource[] | null | undefined
  // An empty list turns determinism off, as null does.
  const sources = given === undefined || given === null || given.length > 0 ? given : null
  for (const source of sources ?? []) if (KNOWS.includes(source.from)) lookups.set(source, lookupOf(source))
  return {
    path: parseXPath(field(of, 'path') as string, false) as XPath,
    nodes: (field(of, 'node_transforms') as readonly unknown[]).map((node) => {
      const attributes = field(node, 'attributes') as string | readonly string[] | undefined
      return {
        attributes: typeof attributes === 'string' ? [attributes] : attributes,
        mask: tools.parts(field(node, 'masks') as readonly MaskNode[], sources, KNOWS),
      }
    }),
    onMissing: (field(of, 'on_missing') ?? 'error') as Transform['onMissing'],
    forceConsistency: field(of, 'force_consistency') === true,
    advanceHash: field(of, 'advance_hash') === true,
  }
}

/** Where a hash source is: from the matched element, or from the document. */
function lookupOf(source: HashSource): XPath {
  if (source.from === 'xpath') return parseXPath(source.path[0] as string, true) as XPath
  // keys are child elements by name, the first where several have it; an index counts those of the name before it
  const steps: Step[] = source.from === 'parent' ? [{ axis: 'parent', name: undefined, predicates: [] }] : [child(undefined, 0)]
  let named = false
  for (const part of source.path) {
    if (part === '..') steps.push({ axis: 'parent', name: undefined, predicates: [] })
    else if (typeof part === 'string') steps.push(child(part, 0))
    else if (named) steps.push(child(steps.pop()!.name, part))
    else steps.push(child(undefined, part))
    named = typeof part === 'string' && part !== '..'
  }
  return { absolute: source.from === 'document', steps }
}

function child(name: string | undefined, index: number): Step {
  return { axis: 'child', name, predicates: [{ position: index + 1 }] }
}

/** A document under way. */
interface Work {
  readonly document: XmlDocument
  readonly context: MaskContext
  /** By element and by attribute; those that are empty are not kept. */
  readonly texts: Map<number, Current>
  readonly attributes: Map<number, Current>
  readonly find: (source: HashSource, element: number) => Value | undefined
}

function maskDocument(document: XmlDocument, transforms: readonly Transform[], lookups: ReadonlyMap<HashSource, XPath>, context: MaskContext, tools: MaskTools): string {
  const work: Work = { document, context, texts: new Map(), attributes: new Map(), find: lookUp(document, lookups) }
  for (const transform of transforms) {
    const elements = select(document, transform.path, ROOT)
    let missing = elements.length === 0 ? 1 : 0
    for (const node of transform.nodes) missing += maskNodes(work, transform, node, elements)
    if (transform.onMissing === 'error') for (; missing > 0; missing--) tools.report(new MaskError('missing_path', 'xml', 'found nothing at a path'), context)
  }
  return written(work)
}

/** Masks the texts or attributes of elements; gives the number of attributes that none of the elements has. */
function maskNodes(work: Work, transform: Transform, { attributes: names, mask }: NodeTransform, elements: readonly number[]): number {
  const { document, context } = work
  let first: { readonly value: string | Removed; readonly ranges: readonly number[] } | undefined
  let matches = 0
  const run = (current: Current | undefined, element: number): void => {
    // nothing to mask, or no longer there
    if (current === undefined || current.value === REMOVED) return
    if (first !== undefined) {
      current.value = first.value
      current.settled.ranges = first.ranges
      return
    }
    let failed = false
    const part = {
      self: current.self,
      value: current.value,
      advance: transform.advanceHash ? matches++ : 0,
      find: (source: HashSource) => work.find(source, element),
      failed: () => (failed = true),
    }
    const result = mask(part, context, current.settled)
    current.value = result === REMOVED ? REMOVED : resultText('xml', result)
    if (transform.forceConsistency && !failed) first = { value: current.value, ranges: current.settled.ranges }
  }
  if (names === undefined) {
    for (const element of elements) run(work.texts.get(element) ?? received(work.texts, element, elementText(document, element)), element)
    return 0
  }
  const absent = new Set(elements.length === 0 ? [] : names)
  for (const element of elements) {
    for (const name of names) {
      const attribute = attributeOf(document, element, name)
      if (attribute < 0) continue
      absent.delete(name)
      run(work.attributes.get(attribute) ?? received(work.attributes, attribute, attributeValue(document, attribute)), element)
    }
  }
  return absent.size
}

function received(all: Map<number, Current>, node: number, self: string): Current | undefined {
  if (self === '') return undefined
  const current: Current = { self, value: self, settled: { ranges: [] } }
  all.set(node, current)
  return current
}

/** Finds hash sources in a document; what many nodes hash is read once. */
function lookUp(document: XmlDocument, lookups: ReadonlyMap<HashSource, XPath>): (source: HashSource, element: number) => Value | undefined {
  const known = new Map<HashSource, { readonly first: FirstNode; readonly values: Map<number, Value> }>()
  return (source, element) => {
    const path = lookups.get(source)!
    let at = known.get(source)
    if (at === undefined) known.set(source, (at = { first: new FirstNode(document, path), values: new Map() }))
    const found = at.first.from(element)
    if (found === undefined) return undefined
    let value = at.values.get(found)
    if (value === undefined) {
      value = path.steps[path.steps.length - 1]!.axis === 'attribute' ? attributeValue(document, found) : contentOf(document, found)
      at.values.set(found, value)
    }
    return value
  }
}

/** What an element is as a hash source: its text; one with nothing but elements in it is no scalar. */
function contentOf(document: XmlDocument, element: number): Value {
  const text = elementText(document, element)
  return document.elements[element * ROW + CHILD] !== 0 && /^[ \t\r\n]*$/.test(text) ? new Map() : text
}

/** What comes into the place of a stretch of the document. */
interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
  readonly settled: readonly number[]
}

/** The document with what became of its texts and attributes. */
function written({ document, texts, attributes, context }: Work): string {
  const { text, places } = document
  const edits: Edit[] = []
  const put = (start: number, end: number, { value, self, settled }: Current, encode: (text: string) => string): void => {
    // what a mask left as it was keeps its bytes
    if (value === self) {
      if (settled.ranges[0] === 0 && settled.ranges[1] === self.length) edits.push({ start, end, text: text.slice(start, end), settled: [0, end - start] })
    } else edits.push({ start, end, ...escaped(value === REMOVED ? '' : value, settled.ranges, encode) })
  }
  for (const [element, current] of texts) {
    const pieces = piecesOf(document, element)
    for (let i = 0; i < pieces.length; i += 2) {
      if (i === 0 || current.value === current.self) put(pieces[i]!, pieces[i + 1]!, current, asText)
      else edits.push({ start: pieces[i]!, end: pieces[i + 1]!, text: '', settled: [0, 0] })
    }
  }
  for (const [attribute, current] of attributes) {
    const start = places[attribute * 4 + 2]!
    const end = places[attribute * 4 + 3]!
    if (current.value === REMOVED) {
      let from = places[attribute * 4]!
      while (isXmlSpace(text.charCodeAt(from - 1))) from--
      edits.push({ start: from, end: end + 1, text: '', settled: [0, 0] })
    } else put(start, end, current, (value) => asValue(value, text[start - 1]!))
  }
  edits.sort((a, b) => a.start - b.start)
  const out = new Pieces()
  let copied = 0
  for (const edit of edits) {
    out.keep(text.slice(copied, edit.start))
    out.anew(edit.text, edit.settled, edit.end - edit.start)
    copied = edit.end
  }
  out.keep(text.slice(copied))
  return out.done(context)
}

/** A text as it stands in a document, and its ranges there. */
function escaped(value: string, ranges: readonly number[], encode: (text: string) => string): { text: string; settled: readonly number[] } {
  let text = ''
  let copied = 0
  const settled: number[] = []
  for (const at of ranges) {
    text += encode(value.slice(copied, at))
    settled.push(text.length)
    copied = at
  }
  return { text: text + encode(value.slice(copied)), settled }
}

/** Masks a text that is no XML; what the masks have settled of it stays settled. */
function fallBack(mask: PartMasker, text: string, context: MaskContext): Value | Removed {
  const settled: Settled = { ranges: [] }
  const result = mask({ self: context.self, value: text, find: () => undefined }, context, settled)
  if (typeof result !== 'string') return result
  const out = new Pieces()
  out.anew(result, settled.ranges, text.length)
  return out.done(context)
}
