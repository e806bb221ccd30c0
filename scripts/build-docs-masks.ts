// Writes docs/masks.md from the registry: `node dist/scripts/build-docs-masks.js [--write]`. Without --write the page goes
// to stdout. A test compares the committed page with what this file gives.

import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { masks } from '../src/masks/index.ts'
import type { MaskDefinition, OptionShape, OptionSpec } from '../src/engine/types.ts'

const INPUTS: Readonly<Record<MaskDefinition['input'], string>> = {
  G: 'generates: the input is ignored, null is replaced too',
  T: 'strings',
  I: 'strings and integers',
  N: 'numbers and numeric strings',
  D: 'dates in strings',
  A: 'any value',
}

const RANDOM = { r: 'draws: consistent under hash sources', p: 'permutes: one-to-one on the value' } as const

/** The page. */
export function masksPage(): string {
  const sorted = [...masks].sort((a, b) => (a.type < b.type ? -1 : 1))
  const lines = [
    '# Masks',
    '',
    '<!-- Made by scripts/build-docs-masks.ts from the mask definitions; edit those. -->',
    '',
    'What each mask takes, its options, and worked examples. Exact results use the run secret `s3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e`',
    'and hash the value itself, unless inputs are given. Null passes through every mask that reads its input, and the empty',
    'string has nothing to mask. Every mask that draws or permutes takes `seed`, a namespace: 42 as a customer and 42 as a',
    'product then differ.',
    '',
    '| mask | in short |',
    '|---|---|',
    ...sorted.map((mask) => `| [\`${mask.type}\`](#${mask.type}) | ${cell(mask.summary)} |`),
  ]
  for (const mask of sorted) lines.push('', ...section(mask))
  return `${lines.join('\n')}\n`
}

function section(mask: MaskDefinition): string[] {
  const lines = [`## ${mask.type}`, '', mask.summary, '', `Takes ${INPUTS[mask.input]}.${mask.random === undefined ? '' : ` ${capitalised(RANDOM[mask.random])}.`}`]
  const names = [...(mask.aliases ?? []).map((name) => `\`${name}\``), ...(mask.deprecatedAliases ?? []).map((name) => `\`${name}\` (deprecated)`)]
  if (names.length > 0) lines.push('', `Also written ${names.join(', ')}.`)
  const options = Object.entries(mask.options)
  if (options.length > 0) lines.push('', '| option | type | default | meaning |', '|---|---|---|---|', ...rows(options))
  if (mask.examples.length > 0) {
    lines.push('', '| options | in | out |', '|---|---|---|')
    for (const example of mask.examples) {
      const given = [
        ...(example.options === undefined ? [] : [code(JSON.stringify(example.options))]),
        ...(example.inputs === undefined ? [] : [`inputs ${code(JSON.stringify(example.inputs))}`]),
        ...(example.document === undefined ? [] : [`in ${code(example.document)}`]),
      ]
      const out = example.error === undefined ? (example.out === '' ? 'removed' : code(example.out ?? '')) : `error ${code(example.error)}`
      lines.push(`| ${given.join(', ')} | ${code(example.in)} | ${out} |`)
    }
  }
  return lines
}

/** A row for each option, and for each field of a mapping or of a list of mappings. What several have in common is told once. */
function rows(options: readonly (readonly [string, OptionSpec])[]): string[] {
  const told = new Map<OptionSpec, string>()
  const row = (name: string, option: OptionSpec): string[] => {
    const fallback = option.required === true ? 'required' : option.default === undefined ? '' : code(JSON.stringify(option.default))
    const fields = Object.entries(fieldsOf(option))
    const before = told.get(option)
    if (fields.length > 0 && before !== undefined) return [`| \`${name}\` | ${cell(shape(option))} | ${fallback} | As \`${before}\`. |`]
    told.set(option, name)
    const lines = [`| \`${name}\` | ${cell(shape(option))} | ${fallback} | ${cell(option.summary)} |`]
    for (const [field, spec] of fields) lines.push(...row(`${name}${option.kind === 'object' ? '' : '[]'}.${field}`, spec))
    return lines
  }
  return options.flatMap(([name, option]) => row(name, option))
}

function fieldsOf(of: OptionShape): Readonly<Record<string, OptionSpec>> {
  if (of.kind === 'object') return of.fields
  if (of.kind === 'list') return fieldsOf(of.of)
  if (of.kind === 'any_of') return Object.assign({}, ...of.of.map(fieldsOf)) as Record<string, OptionSpec>
  return {}
}

function shape(of: OptionShape): string {
  switch (of.kind) {
    case 'string':
      return of.enum === undefined ? 'string' : of.enum.map(code).join(', ')
    case 'integer':
    case 'number': {
      const range =
        of.min !== undefined && of.max !== undefined ? ` ${of.min} to ${of.max}` : of.min !== undefined ? ` from ${of.min}` : of.max !== undefined ? ` to ${of.max}` : ''
      return of.kind + range
    }
    case 'character':
      return 'one character'
    case 'boolean':
      return 'bool'
    case 'regex':
      return 'regular expression'
    case 'key_globs':
      return 'list of key globs'
    case 'detectors':
      return 'list of detectors and groups'
    case 'detector':
      return 'name of a detector'
    case 'hash_sources':
      return 'hash sources'
    case 'seed_file':
      return 'file name'
    case 'path_list':
      return 'list of keys and indexes'
    case 'xpath':
      return 'XPath'
    case 'list':
      return `list of ${shape(of.of)}`
    case 'object':
      return 'mapping'
    case 'any_of':
      return of.of.map(shape).join(' or ')
    default:
      return of.kind
  }
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function code(text: string): string {
  return text.includes('`') ? `\`\` ${cell(text)} \`\`` : `\`${cell(text)}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const page = masksPage()
  if (process.argv.includes('--write')) writeFileSync('docs/masks.md', page)
  else if (process.argv.includes('--check')) process.exitCode = readFileSync('docs/masks.md', 'utf8') === page ? 0 : 1
  else process.stdout.write(page)
}
