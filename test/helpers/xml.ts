// XML documents for tests: well-formed ones of every construction, text that is nearly XML, and what saxes says of them.

import fc from 'fast-check'
import { SaxesParser } from 'saxes'

const names = fc.constantFrom('a', 'b', 'c', 'd:e', 'é', 'a.b-c_1', '_', '𐀀x')
const spaces = fc.constantFrom(' ', '\n', '\t', '\r\n', '  ')
const blank = fc.constantFrom('', '', ' ', '\n')
const characters = fc.constantFrom(
  'x',
  '1',
  ' ',
  '\n',
  '\r\n',
  '\t',
  ']',
  '>',
  '"',
  "'",
  'é',
  '😀',
  '&amp;',
  '&lt;',
  '&gt;',
  '&quot;',
  '&apos;',
  '&#65;',
  '&#x1F600;',
  '&#10;',
  '&#13;',
  '4111',
  'ann@shop.example',
)

// two texts side by side never make `]]>`
const text = fc.array(characters, { maxLength: 6 }).map((parts) => parts.join('').replace(/\]+>/g, ']>').replace(/\]+$/, ''))

const value = fc.tuple(text, fc.constantFrom('"', "'")).map(([content, quote]) => quote + content.replaceAll(quote, '&#x22;').replaceAll('<', '&lt;') + quote)

const attributes = fc
  .uniqueArray(fc.tuple(fc.constantFrom('id', 'k', 'x:y', 'ä'), value, spaces, blank, blank), { selector: ([name]) => name, maxLength: 3 })
  .map((all) => all.map(([name, quoted, before, left, right]) => `${before}${name}${left}=${right}${quoted}`).join(''))

const other = fc.oneof(
  fc.constantFrom('<!-- c -->', '<!---->', '<?p?>', '<?p d > ?>', '<?p-i  x="y"?>'),
  fc.array(fc.constantFrom('x', '<', '>', '&', ']', ' ', '\r\n', '&amp;', 'é'), { maxLength: 5 }).map((parts) => `<![CDATA[${parts.join('').replaceAll(']]>', ']')}]]>`),
)

const { element } = fc.letrec<{ element: string; content: string }>((tie) => ({
  element: fc
    .tuple(names, attributes, blank, fc.array(tie('content'), { maxLength: 4 }), fc.boolean())
    .map(([name, given, space, content, short]) =>
      content.length === 0 && short ? `<${name}${given}${space}/>` : `<${name}${given}${space}>${content.join('')}</${name}${space}>`,
    ),
  content: fc.oneof({ depthSize: 'small', withCrossShrink: true }, text, other, tie('element'), tie('element')),
}))

/** Well-formed documents. */
export const documents: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', '', '\ufeff', '<?xml version="1.0"?>', "<?xml version='1.0' encoding='UTF-8' standalone=\"no\" ?>\n"),
    fc.constantFrom('', ' ', '<!-- before -->', '<?p?>\n'),
    element,
    fc.constantFrom('', '\n', '<!-- after -->', '<?q r?>'),
  )
  .map((parts) => parts.join(''))

const tokens = [
  '<',
  '>',
  '/',
  '</',
  '/>',
  '=',
  '"',
  "'",
  ' ',
  '\n',
  'a',
  'b',
  'a',
  '1',
  '-',
  '.',
  ':',
  '&',
  ';',
  '#',
  '&amp;',
  '&#65;',
  '&#0;',
  '&#xD800;',
  '&#1114112;',
  '&#x0000000041;',
  '&nbsp;',
  '&#;',
  '&#x;',
  '<a>',
  '</a>',
  '<b/>',
  '<a b="c">',
  "<a b='1' b='2'>",
  '<!--',
  '-->',
  '--',
  '<![CDATA[',
  ']]>',
  ']]',
  '<?',
  '?>',
  '<?xml version="1.0"?>',
  '<?xml ?>',
  '<?XML?>',
  '<!DOCTYPE a>',
  '<!DOCTYPE a [<!ENTITY e "x">]>',
  '&e;',
  '\u0000',
  '\u0001',
  '\u0085',
  '\ufffe',
  '\ud800',
  '😀',
  'é',
  '\u00b7',
  '\ufeff',
]

/** Tokens of XML in any order, and well-formed documents with one fault. */
export const soup: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...tokens), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...tokens), { maxLength: 6 }).map((parts) => `<a>${parts.join('')}</a>`),
  fc.array(fc.constantFrom(...tokens), { maxLength: 6 }).map((parts) => `<a ${parts.join('')}>x</a>`),
  fc.tuple(documents, fc.nat(), fc.nat(3), fc.constantFrom('', ...tokens)).map(([document, at, cut, put]) => {
    const from = at % (document.length + 1)
    return document.slice(0, from) + put + document.slice(from + cut)
  }),
)

/** Documents of few names, for paths: each element opens in the one before it, or so many levels up. */
export const trees: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('', '', ' k="1"', " k='2' l='1'"), fc.constantFrom(0, 0, 1, 1, 1, 2, 3)), { minLength: 1, maxLength: 25 })
  .map((elements) => {
    const open: string[] = []
    let out = ''
    for (const [name, given, up] of elements) {
      for (let i = 0; i < up && open.length > 1; i++) out += `</${open.pop()!}>`
      open.push(name)
      out += `<${name}${given}>`
    }
    while (open.length > 0) out += `</${open.pop()!}>`
    return out
  })

const step = fc.oneof(
  { weight: 1, arbitrary: fc.constant('..') },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('a', 'b', 'c', '*'), fc.array(fc.constantFrom('[1]', '[2]', "[@k='1']", '[@k="2"]', '[ @l = "1" ]', '[ 3 ]'), { maxLength: 2 }))
      .map(([name, predicates]) => name + predicates.join('')),
  },
)

/** Expressions of the XPath subset. */
export const expressions: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('', '/', '//', '//'), fc.array(fc.tuple(step, fc.constantFrom('/', '/', '//')), { minLength: 1, maxLength: 4 }))
  .map(([start, steps]) => start + steps.map(([one, slash], i) => (i < steps.length - 1 ? one + slash : one)).join(''))

export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  text: string
}

/** The elements of a document by saxes, in order; undefined: refused. Text with a DTD is refused by decision. */
export function peer(text: string): Element[] | undefined {
  // saxes takes the unit after a lone surrogate for the other half of it
  if (!text.isWellFormed()) return undefined
  const parser = new SaxesParser({ xmlns: false, defaultXMLVersion: '1.0', forceXMLVersion: true })
  const elements: Element[] = []
  const open: Element[] = []
  let refused = false
  parser.on('error', () => {
    refused = true
  })
  parser.on('doctype', () => {
    refused = true
  })
  parser.on('opentag', (tag) => {
    const element = { name: tag.name, attributes: { ...(tag.attributes as Record<string, string>) }, text: '' }
    elements.push(element)
    open.push(element)
  })
  parser.on('closetag', () => {
    open.pop()
  })
  const more = (data: string): void => {
    const element = open[open.length - 1]
    if (element !== undefined) element.text += data
  }
  parser.on('text', more)
  parser.on('cdata', more)
  try {
    parser.write(text).close()
  } catch {
    return undefined
  }
  return refused ? undefined : elements
}
