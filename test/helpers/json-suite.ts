// A catalogue of JSON texts, built here piece by piece: what a parser must accept (y), must refuse (n), or may treat either
// way (i: bytes that are no UTF-8, lone surrogates, a byte order mark, numbers beyond a double, deep nesting). The syntax is
// that of RFC 8259. Everything is made of code, so the file itself stays plain text.

/** One text with its class. */
export interface JsonCase {
  /** Telling and unique. */
  readonly name: string
  readonly class: 'y' | 'n' | 'i'
  readonly bytes: Uint8Array
}

const space = ' '
const encoder = new TextEncoder()

function bytesOf(parts: readonly (string | readonly number[])[]): Uint8Array {
  const chunks = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : Uint8Array.from(part)))
  const out = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    out.set(chunk, at)
    at += chunk.length
  }
  return out
}

/** The whole catalogue, in a fixed order. */
export function jsonSuite(): readonly JsonCase[] {
  const cases: JsonCase[] = []
  const names = new Set<string>()
  const add = (kind: JsonCase['class'], name: string, ...parts: (string | readonly number[])[]): void => {
    if (names.has(name)) throw new Error(`two cases are named ${name}`)
    names.add(name)
    cases.push({ name, class: kind, bytes: bytesOf(parts) })
  }
  numbers(add)
  literals(add)
  strings(add)
  encodings(add)
  structure(add)
  whitespace(add)
  depth(add)
  return cases
}

type Add = (kind: JsonCase['class'], name: string, ...parts: (string | readonly number[])[]) => void

function numbers(add: Add): void {
  const integers = ['0', '-0', '7', '-7', '10', '123456789', '9007199254740993', '12345678901234567890']
  const fractions = ['', '.0', '.5', '.50', '.000001']
  const exponents = ['', 'e0', 'E2', 'e+3', 'e-3', 'E-02', 'e00']
  for (const [i, integer] of integers.entries()) {
    // Every integer with one fraction and one exponent, and each of the three alone.
    const fraction = fractions[(i % (fractions.length - 1)) + 1] as string
    const exponent = exponents[(i % (exponents.length - 1)) + 1] as string
    add('y', `number ${integer}`, integer)
    add('y', `number ${integer}${fraction}`, `[${integer}${fraction}]`)
    add('y', `number ${integer}${exponent}`, `{"n":${integer}${exponent}}`)
    add('y', `number ${integer}${fraction}${exponent}`, `[${integer}${fraction}${exponent},1]`)
  }
  const bad = [
    '01',
    '-01',
    '00',
    '-',
    '--1',
    '+1',
    '.5',
    '-.5',
    '1.',
    '1.e3',
    '1e',
    '1e+',
    '1E-',
    '1ee2',
    '1e2.5',
    '1.2.3',
    '1e+-2',
    '0x1F',
    '0b1',
    '0o7',
    '1_000',
    '1,000.5e',
    '1 2',
    '- 1',
    '1 .5',
    '1e 5',
    'Infinity',
    '-Infinity',
    'NaN',
    '-NaN',
    '1n',
    '1f',
    '0.1.',
    '9e',
    '1/2',
    '\uff11',
    '\u0661',
    '0e',
    '-e5',
    '1a',
    '--',
    '1-',
    '1+1',
    '0-0',
    '2.e+',
    "'1'",
  ]
  for (const text of bad) {
    add('n', `number refused ${text}`, `[${text}]`)
  }
  for (const text of ['01', '-', '1.', '.1', '1e', '+0']) add('n', `bare number refused ${text}`, text)
  add('i', 'number over a double', '[1e400]')
  add('i', 'number under a double', '[-1e-400]')
  add('i', 'number with a thousand digits', `[${'1234567890'.repeat(100)}]`)
  add('i', 'number with an endless exponent', `[1e${'9'.repeat(60)}]`)
  add('i', 'number with a thousand zeros behind the point', `[0.${'0'.repeat(1000)}1]`)
}

function literals(add: Add): void {
  for (const text of ['true', 'false', 'null']) {
    add('y', `literal ${text}`, text)
    add('y', `literal ${text} in an array`, `[${text}]`)
    add('y', `literal ${text} as a value`, `{"a":${text},"b":${text}}`)
    add('n', `literal cut ${text}`, `[${text.slice(0, -1)}]`)
    add('n', `literal with a letter too many ${text}`, `[${text}x]`)
    add('n', `literal in capitals ${text}`, `[${text.toUpperCase()}]`)
    add('n', `literal with a capital ${text}`, `[${text.charAt(0).toUpperCase()}${text.slice(1)}]`)
    add('n', `literal as a key ${text}`, `{${text}:1}`)
    add('n', `literal joined to another ${text}`, `[${text}null]`)
  }
  for (const text of ['undefined', 'None', 'nil', 'yes', 'a', 'tru e', '<null>', '*', '&', '$', '?', '\\u0061', '#', '\u2028']) add('n', `no literal ${text}`, `[${text}]`)
}

function strings(add: Add): void {
  const escapes = [
    '\\"',
    '\\\\',
    '\\/',
    '\\b',
    '\\f',
    '\\n',
    '\\r',
    '\\t',
    '\\u0041',
    '\\u00e9',
    '\\u20ac',
    '\\uD83D\\uDE00',
    '\\u0000',
    '\\u001f',
    '\\u2028',
    '\\uFFFF',
    '\\u005c',
    '\\u0022',
    '\\ud83d\\ude00\\ud83d\\ude00',
  ]
  for (const written of escapes) {
    add('y', `escape ${written} in a value`, `["x${written}y"]`)
    add('y', `escape ${written} in a key`, `{"${written}":"${written}${written}"}`)
  }
  for (const text of [
    '',
    ' ',
    'plain',
    '/',
    "'",
    '{"not":"entered"',
    '[1,2',
    '\u00e9',
    '\u20ac',
    '\u{1f600}',
    '\u2028\u2029',
    '\ufeff',
    '\u007f',
    '\ud7ff',
    '\ufffd',
    '\u{10ffff}',
    'a'.repeat(5000),
  ]) {
    add(
      'y',
      `string ${text.length > 20 ? `of ${text.length}` : JSON.stringify(text)}`,
      JSON.stringify(text).replace(/\\u([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    )
  }
  for (const written of [
    '\\a',
    '\\x41',
    '\\0',
    "\\'",
    '\\v',
    '\\U0041',
    '\\u',
    '\\u1',
    '\\u12',
    '\\u123',
    '\\u12G4',
    '\\u 041',
    '\\u+041',
    '\\u-041',
    '\\ ',
    '\\\n',
    '\\u00',
    '\\uD83D\\u',
    '\\uD83D\\x',
    '\\\u{1f600}',
    '\\e',
    '\\1',
  ]) {
    add('n', `escape refused ${JSON.stringify(written)}`, `["x${written}"]`)
    add('n', `escape refused in a key ${JSON.stringify(written)}`, `{"x${written}":1}`)
  }
  for (let code = 0; code < 0x20; code++) add('n', `raw control character ${code} in a string`, '["a', [code], 'b"]')
  add('y', 'raw delete character in a string', '["a', [0x7f], 'b"]')
  for (const text of ['"', '"a', '["a]', '["a', "['a']", '[a"]', '["a"b"]', '"a"b', '["\\"]', '["a\\"]', '"\\', '["\\\\\\"]', '\u201ca\u201d', '["a""b"]', '`a`', '["a"', '"a\\u"'])
    add('n', `quotes refused ${text}`, text)
  const lone = ['\\ud800', '\\udbff', '\\udc00', '\\udfff', '\\ud800\\ud800', '\\udc00\\ud800', '\\ud800x', '\\ud800\\n', '\\ud83d\\u0041', '\\uDEAD']
  for (const text of lone) {
    add('i', `lone surrogate ${text} in a value`, `["${text}"]`)
    add('i', `lone surrogate ${text} in a key`, `{"${text}":0}`)
  }
}

function encodings(add: Add): void {
  const sequences: readonly (readonly [string, readonly number[]])[] = [
    ['continuation alone', [0x80]],
    ['two continuations', [0xbf, 0x80]],
    ['two-byte head alone', [0xc3]],
    ['three bytes cut after two', [0xe2, 0x82]],
    ['four bytes cut after three', [0xf0, 0x9f, 0x98]],
    ['overlong slash in two', [0xc0, 0xaf]],
    ['overlong quote in two', [0xc0, 0xa2]],
    ['overlong quote in three', [0xe0, 0x80, 0xa2]],
    ['overlong NUL', [0xc0, 0x80]],
    ['overlong in four', [0xf0, 0x80, 0x80, 0xaf]],
    ['five bytes', [0xf8, 0x88, 0x80, 0x80, 0x80]],
    ['six bytes', [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80]],
    ['surrogate as three bytes', [0xed, 0xa0, 0x80]],
    ['surrogate pair as six bytes', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
    ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['byte 254', [0xfe]],
    ['byte 255', [0xff]],
    ['Latin-1 letter', [0x66, 0xe9]],
  ]
  for (const [name, bytes] of sequences) {
    add('i', `${name} in a value`, '{"a":"x', bytes, 'y"}')
    add('i', `${name} in a key`, '{"x', bytes, 'y":"z"}')
    add('i', `${name} before the closing quote`, '["', bytes, '"]')
    add('n', `${name} outside strings`, '[1', bytes, ']')
  }
  add('i', 'byte order mark before an object', [0xef, 0xbb, 0xbf], '{"a":1}')
  add('i', 'byte order mark before an array', [0xef, 0xbb, 0xbf], '[]')
  add('n', 'byte order mark alone', [0xef, 0xbb, 0xbf])
  add('n', 'two byte order marks', [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf], '{}')
  add('n', 'byte order mark inside', '[', [0xef, 0xbb, 0xbf], ']')
  add('n', 'half a byte order mark', [0xef, 0xbb], '{}')
  const wide = (text: string, little: boolean): number[] => [...text].flatMap((letter) => (little ? [letter.charCodeAt(0), 0] : [0, letter.charCodeAt(0)]))
  add('n', 'UTF-16 little endian', wide('["a"]', true))
  add('n', 'UTF-16 big endian', wide('["a"]', false))
  add('n', 'UTF-16 little endian with its mark', [0xff, 0xfe], wide('["a"]', true))
  add('n', 'NUL before', [0], '{}')
  add('n', 'NUL behind', '{}', [0])
  add('n', 'NUL between', '[1,', [0], '2]')
  add('n', 'NUL alone', [0])
}

function structure(add: Add): void {
  const good = [
    '{}',
    '[]',
    '[[]]',
    '[{}]',
    '{"a":{}}',
    '{"a":[]}',
    '{"":0}',
    '{"a":1,"b":2}',
    '{"a":1,"a":2}',
    '{"a":1,"a":1}',
    '[[],[[]],[{},{"a":[]}]]',
    '{"a":{"b":{"c":[1,{"d":null}]}}}',
    '[1,"a",null,true,{"b":false}]',
    '[null,null]',
    '{"__proto__":1}',
    '{"constructor":{"prototype":1}}',
    '{"toString":0,"hasOwnProperty":[]}',
    '{"0":1,"1":2}',
    '{"a.b":{"c[0]":1}}',
    '{"*":1,"**":2}',
    '"text"',
    '""',
    '[""]',
    '{"a":"{\\"b\\":1}"}',
    '{"a":"[1,2"}',
    '{" ":" "}',
  ]
  for (const text of good) add('y', `structure ${text}`, text)
  const bad = [
    '',
    '{',
    '[',
    '}',
    ']',
    '{]',
    '[}',
    '{}}',
    '[]]',
    '[[]',
    '{{}}',
    '{"a"}',
    '{"a":}',
    '{:1}',
    '{"a":1,}',
    '{,"a":1}',
    '{"a":1,,"b":2}',
    '{"a":1 "b":2}',
    '{"a" 1}',
    '{"a"::1}',
    '{"a":1;"b":2}',
    '{"a",1}',
    '{1:2}',
    '{a:1}',
    "{'a':1}",
    '{"a":1:2}',
    '{[]:1}',
    '{{}:1}',
    '{"a":1}{"b":2}',
    '{}[]',
    '{} {}',
    '[][]',
    '1 2',
    '"a" "b"',
    'null null',
    '{},',
    ',{}',
    '[,]',
    '[1,]',
    '[,1]',
    '[1,,2]',
    '[1 2]',
    '[1:2]',
    '[1;2]',
    '["a":1]',
    '{"a"}:1',
    '[1,{"a":]}',
    '[{"a":1]}',
    '{"a":[1}',
    '{"a":1',
    '["a",',
    '{"a":"b",',
    '{"a":"b"',
    '{"a',
    '{"a":',
    '[1',
    '[1,',
    '//',
    '{}//c',
    '/**/{}',
    '{/**/}',
    '[1]#',
    '<a/>',
    '---',
    'a: 1',
    'INFO {}',
    '{} INFO',
    '{"a":1}x',
    '...',
    '{...a}',
    '[...]',
    '(1)',
    '{"a":1})',
    '=',
    '{"a"=1}',
    '\\',
    '{\\"a\\":1}',
    '["a"+"b"]',
    '[1,2,3',
    '@',
    '!',
    '}{',
    '][',
    ':',
    ',',
    '{"a":1}\u00a0',
  ]
  for (const text of bad) add('n', `structure refused ${text}`, text)
}

function whitespace(add: Add): void {
  for (const [name, text] of [
    ['space', space],
    ['tab', '\t'],
    ['line feed', '\n'],
    ['carriage return', '\r'],
    ['all four', ' \t\r\n'],
  ] as const) {
    add('y', `${name} everywhere`, `${text}{${text}"a"${text}:${text}[${text}1${text},${text}2${text}]${text},${text}"b"${text}:${text}{${text}}${text}}${text}`)
    add('y', `${name} around a literal`, `${text}true${text}`)
    add('n', `${name} alone`, text)
  }
  for (const [name, code] of [
    ['vertical tab', 0x0b],
    ['form feed', 0x0c],
    ['no-break space', 0xa0],
    ['next line', 0x85],
    ['line separator', 0x2028],
    ['ideographic space', 0x3000],
    ['zero width space', 0x200b],
    ['word joiner', 0x2060],
  ] as const) {
    add('n', `${name} as white space`, `[1,${String.fromCharCode(code)}2]`)
    add('n', `${name} before`, `${String.fromCharCode(code)}[]`)
  }
}

function depth(add: Add): void {
  for (const levels of [2, 20, 90]) {
    add('y', `${levels} arrays`, '['.repeat(levels), ']'.repeat(levels))
    add('y', `${levels} objects`, '{"a":'.repeat(levels), '1', '}'.repeat(levels))
    add('n', `${levels} arrays, one not closed`, '['.repeat(levels), ']'.repeat(levels - 1))
    add('n', `${levels} arrays, one closed twice`, '['.repeat(levels), ']'.repeat(levels + 1))
    add('n', `${levels} objects closed as arrays`, '{"a":'.repeat(levels), '1', ']'.repeat(levels))
  }
  for (const levels of [500, 5000, 50_000]) {
    add('i', `${levels} arrays`, '['.repeat(levels), ']'.repeat(levels))
    add('i', `${levels} objects`, '{"a":'.repeat(levels), 'null', '}'.repeat(levels))
    add('n', `${levels} arrays not closed`, '['.repeat(levels))
    add('n', `${levels} objects not closed`, '{"a":['.repeat(levels))
  }
}
