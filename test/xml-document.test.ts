// The reader of XML against saxes, and the selection of nodes against an implementation of XPath 1.0.

import { DOMParser } from '@xmldom/xmldom'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { select as xpathSelect } from 'xpath'
import { parseXPath } from '../src/engine/xpath.ts'
import type { XPath } from '../src/engine/xpath.ts'
import { ATTRIBUTES, asText, asValue, attributeValue, elementText, NAME, NAME_END, ROW, readXml } from '../src/masks/xml-document.ts'
import { FirstNode, select } from '../src/masks/xml-select.ts'
import { documents, expressions, peer, soup, trees } from './helpers/xml.ts'
import type { Element } from './helpers/xml.ts'

function ours(text: string): Element[] | undefined {
  const document = readXml(text)
  if (document === undefined) return undefined
  const elements: Element[] = []
  for (let element = 1; element < document.count; element++) {
    const attributes: Record<string, string> = {}
    for (let attribute = document.elements[element * ROW + ATTRIBUTES]!; attribute < document.elements[(element + 1) * ROW + ATTRIBUTES]!; attribute++) {
      const name = text.slice(document.places[attribute * 4], document.places[attribute * 4 + 1])
      attributes[name] = attributeValue(document, attribute)
    }
    elements.push({ name: text.slice(document.elements[element * ROW + NAME], document.elements[element * ROW + NAME_END]), attributes, text: elementText(document, element) })
  }
  return elements
}

describe('readXml', () => {
  it('reads what saxes reads', () => {
    fc.assert(
      fc.property(documents, (text) => {
        expect(peer(text)).toBeDefined()
        expect(ours(text)).toEqual(peer(text))
      }),
      { numRuns: 1000 },
    )
  })

  it('refuses what saxes refuses', () => {
    let refused = 0
    fc.assert(
      fc.property(soup, (text) => {
        // saxes does not ask for white space after the target of an instruction
        fc.pre(!/<\?[^\s?]*\?[^>]/.test(text))
        const expected = peer(text)
        if (expected === undefined) refused++
        expect(ours(text)).toEqual(expected)
      }),
      { numRuns: 20_000 },
    )
    expect(refused).toBeGreaterThan(1000)
  })

  it.each([
    ['<!DOCTYPE a><a/>', false],
    ['<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', false],
    ['<a>&nbsp;</a>', false],
    ['<a>\ud800x</a>', false],
    ['<?p?x?><a/>', false],
    ['<a/><b/>', false],
    ['', false],
    [' ', false],
    ['\ufeff<?xml version="1.1"?><a/>', true],
    [' <?xml version="1.0"?><a/>', false],
  ])('of %j: %s', (text, taken) => {
    expect(readXml(text) !== undefined).toBe(taken)
  })

  it('goes 1,000 elements deep and no deeper', () => {
    const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth)
    expect(readXml(nested(1000))).toBeDefined()
    expect(readXml(nested(1001))).toBeUndefined()
    expect(readXml(`${'<a>'.repeat(1000)}<a/>${'</a>'.repeat(1000)}`)).toBeUndefined()
    expect(readXml('<a>'.repeat(1_000_000))).toBeUndefined()
  })

  it('reads back what is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('x', '&', '<', '>', ']', '"', "'", '\n', '\r', '\t', ' ', 'é', '😀') }), (text) => {
        const document = readXml(`<a p="${asValue(text, '"')}" q='${asValue(text, "'")}'>${asText(text)}</a>`)!
        expect([attributeValue(document, 0), attributeValue(document, 1), elementText(document, 1)]).toEqual([text, text, text])
      }),
    )
  })

  it('puts U+FFFD for what XML cannot hold', () => {
    expect(asText('a\0b\ud800c\uffff')).toBe('a\ufffdb\ufffdc\ufffd')
    expect(asValue('a\u001fb', '"')).toBe('a\ufffdb')
  })

  // what grows with the square takes some 50,000 ns per character at this size
  it('takes linear time', () => {
    const units = [
      '<b/>',
      '<b x="1" y="2"/>',
      '<!---->',
      '<![CDATA[]]>',
      '<?p?>',
      '&amp;',
      '&#00',
      ']]',
      '<b>',
      '</b>',
      '<!--',
      '--',
      '<![CDATA[',
      '<?p ',
      '&',
      'x',
      ' ',
      '<',
      '<b ',
      '="',
      "x='1' ",
    ]
    for (const unit of units) {
      for (const [head, tail] of [
        ['<a>', '</a>'],
        ['<a ', '/>'],
        ['', ''],
      ] as const) {
        const text = head + unit.repeat(200_000 / unit.length) + tail
        const from = performance.now()
        readXml(text)
        expect(((performance.now() - from) * 1e6) / text.length, `${head}${unit}: ns per character`).toBeLessThan(2000)
      }
    }
    const many = `<a ${Array.from({ length: 30_000 }, (_, i) => `a${i}=""`).join(' ')}/>`
    const from = performance.now()
    expect(readXml(many)).toBeDefined()
    expect(((performance.now() - from) * 1e6) / many.length).toBeLessThan(2000)
  })
})

/** The elements that an XPath 1.0 implementation selects from an element, by number in document order. */
function peerSelect(text: string, expression: string): (from: number) => number[] {
  const dom = new DOMParser().parseFromString(text, 'text/xml')
  const elements = Array.from(dom.getElementsByTagName('*'))
  return (from) =>
    (xpathSelect(expression, elements[from - 1] as never) as unknown as (typeof elements)[number][]).map((node) => elements.indexOf(node) + 1).filter((element) => element > 0)
}

/** The value of the first attribute that it selects from the root element. */
function peerAttribute(text: string, expression: string): string | undefined {
  const dom = new DOMParser().parseFromString(text, 'text/xml')
  return (xpathSelect(expression, dom.documentElement as never) as unknown as { value: string }[])[0]?.value
}

describe('select', () => {
  it('selects what XPath 1.0 selects', () => {
    let selected = 0
    fc.assert(
      fc.property(trees, expressions, (text, expression) => {
        const document = readXml(text)!
        const path = parseXPath(expression, false) as XPath
        const from = peerSelect(text, expression)
        const found = select(document, path, 1)
        selected += found.length
        expect(found).toEqual(from(1))
        const first = new FirstNode(document, path)
        for (let element = 1; element < document.count; element++) expect(first.from(element)).toBe(from(element)[0])
        const attribute = new FirstNode(document, parseXPath(`${expression}/@k`, true) as XPath).from(1)
        expect(attribute === undefined ? undefined : attributeValue(document, attribute)).toBe(peerAttribute(text, `${expression}/@k`))
      }),
      { numRuns: 3000 },
    )
    expect(selected).toBeGreaterThan(1000)
  })
})
