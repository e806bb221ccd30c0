// The xml mask as a whole: what it leaves alone, what it writes, and how its time grows. Single behaviours are in its case file.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMasker } from '../src/index.ts'
import { documents, peer } from './helpers/xml.ts'
import { compileMasks, contextFor } from './support/mask-harness.ts'

const SECRET = 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'

type Transform = Readonly<Record<string, unknown>>

function masked(text: string, transforms: readonly Transform[]): string {
  return compileMasks([{ type: 'xml', transforms }])(text, contextFor(text)) as string
}

function every(masks: readonly object[], more: Transform = {}): Transform {
  return { path: '//*', on_missing: 'skip', node_transforms: [{ type: 'text', masks }], ...more }
}

const results = ['', 'x', '<&>"\'', ']]>', '\r\n\t', '😀', ' ']

describe('xml', () => {
  it('leaves every byte in place when nothing changes', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const attributes = { type: 'attribute', attributes: ['id', 'k', 'x:y', 'ä'], masks: [{ type: 'do_nothing' }] }
        expect(masked(text, [every([{ type: 'do_nothing' }], { node_transforms: [attributes, { type: 'text', masks: [{ type: 'do_nothing' }] }] })])).toBe(text)
      }),
    )
  })

  it('gives well-formed XML in which the chosen texts and attributes, and nothing else, are what the masks gave', () => {
    fc.assert(
      fc.property(documents, fc.constantFrom(...results), fc.constantFrom('a', 'b', 'd:e', '*'), (text, value, name) => {
        const fixed = [{ type: 'from_fixed', value }]
        const out = masked(text, [
          {
            path: `//${name}`,
            on_missing: 'skip',
            node_transforms: [
              { type: 'text', masks: fixed },
              { type: 'attribute', attributes: ['id', 'x:y'], masks: fixed },
            ],
          },
        ])
        const expected = peer(text)!.map((element) => {
          if (name !== '*' && element.name !== name) return element
          const attributes = Object.entries(element.attributes).map(([key, old]) => [key, (key === 'id' || key === 'x:y') && old !== '' ? value : old])
          return { ...element, attributes: Object.fromEntries(attributes), text: element.text === '' ? '' : value }
        })
        expect(peer(out)).toEqual(expected)
      }),
      { numRuns: 1000 },
    )
  })

  it('changes no byte outside of texts and attributes', () => {
    // texts cut out by patterns: what is left is markup, and must come through as it is
    const skeleton = (text: string): string =>
      text.replace(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>|<(?:"[^"]*"|'[^']*'|[^'">])*>|[^<]+/g, (token) => {
        if (token.startsWith('<![')) return ''
        return token.startsWith('<!--') || token.startsWith('<?') || !token.startsWith('<')
          ? token.startsWith('<')
            ? token
            : ''
          : token.replace(/(\s)id(\s*)=(\s*)("[^"]*"|'[^']*')/g, '$1id$2=$3?')
      })
    fc.assert(
      fc.property(documents, (text) => {
        const out = masked(text, [
          {
            path: '//*',
            on_missing: 'skip',
            node_transforms: [
              { type: 'text', masks: [{ type: 'redact', text: 'X' }] },
              { type: 'attribute', attributes: 'id', masks: [{ type: 'redact', text: 'Y' }] },
            ],
          },
        ])
        expect(skeleton(out)).toBe(skeleton(text))
      }),
      { numRuns: 1000 },
    )
  })

  it('throws without data', () => {
    const secret = 'ann@shop.example'
    for (const text of [`<a>${secret}`, `<a>&${secret};</a>`, `<!DOCTYPE ${secret}><a/>`, secret]) {
      expect(() => masked(text, [every([{ type: 'redact' }])])).toThrow(expect.objectContaining({ code: 'not_xml', message: 'xml received text that is not well-formed XML' }))
    }
  })
})

describe('on_mask_error', () => {
  const ruleset = (policy: string): string => `version: "1.0"
policy: {on_mask_error: ${policy}}
rules:
- paths: [v]
  masks: [{type: xml, transforms: [{path: //n, node_transforms: [{type: text, masks: [{type: typecast, typecast_as: integer}]}]}, {path: //none, node_transforms: [{type: text, masks: [{type: redact}]}]}]}]
`
  const bad = '{"v":"<a><n>secret</n></a>"}'
  const absent = '{"v":"<a><n>1</n></a>"}'

  it.each(['redact', 'drop', 'fail'] as const)('%s', (policy) => {
    const masker = createMasker(ruleset(policy), { runSecret: SECRET })
    if (policy === 'redact') {
      expect(masker.json(bad)).toBe('{"v":"<a><n>[MASKING FAILED]</n></a>"}')
      expect(masker.json(absent)).toBe(absent)
      expect(masker.stats().errors).toEqual({ bad_cast: 1, missing_path: 2 })
    } else if (policy === 'drop') {
      expect([masker.json(bad), masker.json(absent)]).toEqual(['', ''])
    } else {
      expect(() => masker.json(bad)).toThrow(expect.objectContaining({ code: 'bad_cast', message: expect.not.stringContaining('secret') }))
      expect(() => masker.json(absent)).toThrow(expect.objectContaining({ code: 'missing_path' }))
    }
    masker.close()
  })

  it('counts an absent path for every record, also where the text was seen before', () => {
    const masker = createMasker(ruleset('redact'), { runSecret: SECRET })
    for (let i = 0; i < 3; i++) masker.json(absent)
    expect(masker.stats().errors).toEqual({ missing_path: 3 })
    masker.close()
  })

  it('takes fresh draws for every record without hash sources, also where the text was seen before', () => {
    const masker = createMasker(
      `version: "1.0"
rules:
- paths: [v]
  masks: [{type: xml, transforms: [{path: //n, hash_sources: [], node_transforms: [{type: text, masks: [{type: imitate}]}]}]}]
`,
      { runSecret: SECRET },
    )
    const out = new Set(Array.from({ length: 10 }, () => masker.json('{"v":"<a><n>1234567890</n></a>"}')))
    expect(out.size).toBe(10)
    masker.close()
  })
})

describe('linear time', () => {
  // what grows with the square takes more than 20,000 ns per character at this size
  const size = 300_000
  const text = { type: 'text', masks: [{ type: 'redact', text: 'X' }] }
  const cases: readonly (readonly [string, string, Transform])[] = [
    ['many matches', '<b>x</b>', { path: '//b', node_transforms: [text] }],
    ['positions', '<b>x</b>', { path: '//b[2]', node_transforms: [text] }],
    ['up and down', '<b>x</b>', { path: '//b/../b/../b', node_transforms: [text] }],
    ['below below', '<b><c>x</c></b>', { path: '//*//*//c', node_transforms: [text] }],
    ['attributes', '<b x="1" y="2">x</b>', { path: "//b[@y='2']", node_transforms: [{ type: 'attribute', attributes: ['x', 'y'], masks: [{ type: 'remove' }] }] }],
    ['pieces', 'x<!-- -->', { path: '/a', node_transforms: [text] }],
    ['a sibling that is not there, by key', '<b>x</b>', { path: '//b', hash_sources: [{ json_path: ['no'], on_missing: 'null' }], node_transforms: [text] }],
    ['a sibling that is not there, by XPath', '<b>x</b>', { path: '//b', hash_sources: [{ xpath: '../no', on_missing: 'null' }], node_transforms: [text] }],
    ['a source anywhere', '<b>x</b>', { path: '//b', hash_sources: [{ xpath: '//no', on_missing: 'null' }], node_transforms: [text] }],
    ['a source below', '<b><c><d>x</d></c></b>', { path: '//d', hash_sources: [{ xpath: '../..//*/no', on_missing: 'null' }], node_transforms: [text] }],
    ['the last sibling', '<b>x</b>', { path: '//b', hash_sources: [{ xpath: "../*[@k='v']", on_missing: 'null' }], node_transforms: [text] }],
    ['a text of many pieces as the source', '<b>x</b><![CDATA[]]>', { path: '//b', hash_sources: [{ xpath: '..' }], node_transforms: [text] }],
    ['escapes', '<b>&lt;</b>', { path: '//b', node_transforms: [{ type: 'text', masks: [{ type: 'replace_regex', regex: '<', masks: [{ type: 'redact', text: '&' }] }] }] }],
  ]
  it.each(cases)('of %s', (_, unit, transform) => {
    const masker = createMasker(
      { version: '1.0', policy: { max_record_bytes: 16 << 20 }, rules: [{ paths: ['v'], masks: [{ type: 'xml', transforms: [transform] }] }] },
      { runSecret: SECRET },
    )
    const record = JSON.stringify({ v: `<a>z${unit.repeat(size / unit.length)}</a>` })
    let best = Number.POSITIVE_INFINITY
    for (let i = 0; i < 2; i++) {
      const from = performance.now()
      masker.json(record)
      best = Math.min(best, performance.now() - from)
    }
    expect((best * 1e6) / record.length, 'ns per character').toBeLessThan(4000)
    masker.close()
  })
})
