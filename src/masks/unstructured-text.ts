import type { AiLabel, HashSource, MaskDefinition, MaskNode, MaskTools, OptionSpec, PartMasker, TextMatch } from '../engine/types.ts'
import { aiFinder } from './ai-finder.ts'
import { stepBack, stepOn } from './characters.ts'
import { checksumFinder } from './checksum-finder.ts'
import { field, resultText, textMasker } from './input.ts'
import { Pieces } from './pieces.ts'
import { CHECKSUM_TYPES } from './set-checksum.ts'
import { wordFinder } from './word-finder.ts'

const TYPE = 'unstructured_text'
const WITHIN = 40

const label: OptionSpec = { kind: 'label', required: true, summary: 'Capital letters, digits and `_`, beginning with a letter.' }

const contextFilters: OptionSpec = {
  kind: 'list',
  summary: 'A match stays if every `include` pattern and no `exclude` pattern is found beside it.',
  of: {
    kind: 'object',
    fields: {
      pattern: { kind: 'regex', required: true, summary: 'RE2 syntax. It sees the text on that side alone: before a match, `$` is right at it.' },
      position: { kind: 'string', enum: ['before', 'after', 'either'], default: 'either', summary: 'Where it is looked for.' },
      within: { kind: 'integer', min: 1, max: 1000, default: WITHIN, summary: 'In how many characters.' },
      action: { kind: 'string', enum: ['include', 'exclude'], default: 'include', summary: 'Found: the match stays, or goes.' },
    },
  },
}

/** A list of matchers of one kind. */
function matchers(summary: string, fields: Readonly<Record<string, OptionSpec>>): OptionSpec {
  return { kind: 'list', summary, of: { kind: 'object', fields: { label, ...fields, context_filters: contextFilters } } }
}

/** Kinds of matchers; in this order they win where matches are of one place and length. */
const KINDS = ['regex', 'checksum', 'seed_files', 'detectors', 'ai_detect'] as const

export const unstructuredText: MaskDefinition = {
  type: TYPE,
  summary:
    'Masks what matchers find in free text, each label with masks of its own: patterns, check digits, words of seed files, detectors, an AI engine. The rest of the text stays.',
  input: 'T',
  settles: 'replaced',
  options: {
    matchers: {
      kind: 'object',
      required: true,
      summary:
        'What is looked for, at least one. Where matches overlap, the leftmost wins, then the longest, then the order of these lists; what is left of the other is masked too.',
      fields: {
        regex: matchers('Matches of regular expressions.', { pattern: { kind: 'regex', required: true, summary: 'RE2 syntax; runs in linear time.' } }),
        checksum: matchers('Runs of digits (for `iban` also letters), spaces and hyphens inside, whose check digits are right.', {
          type: { kind: 'string', enum: CHECKSUM_TYPES, required: true, summary: 'As of `set_checksum`.' },
        }),
        seed_files: matchers('Whole words, or sequences of words, equal to a cell of at least 2 characters.', {
          seed_file: { kind: 'seed_file', required: true, summary: 'CSV file with a header, by bare name.' },
          seed_column: { kind: 'string', summary: 'Header of the cells; default: the first column.' },
          case_sensitive: { kind: 'boolean', default: false, summary: 'Capital and small letters differ.' },
        }),
        detectors: matchers('What a detector finds.', { detector: { kind: 'detector', required: true, summary: 'Name of a detector.' } }),
        ai_detect: matchers('What an AI engine finds; one has to be configured.', {
          annotation_config: {
            kind: 'object',
            required: true,
            summary: 'What the engine is asked for.',
            fields: {
              use_preset: {
                kind: 'string',
                enum: ['FULL_NAME', 'FIRST_NAME', 'LAST_NAME', 'ADDRESS', 'ORGANIZATION', 'DATE_OF_BIRTH'],
                summary: 'Something that engines know.',
              },
              guidelines: { kind: 'string', minLength: 1, summary: 'What to look for, in words.' },
              valid_examples: { kind: 'list', of: { kind: 'string' }, summary: 'Text that is meant.' },
              invalid_examples: { kind: 'list', of: { kind: 'string' }, summary: 'Text that is not meant.' },
            },
            atMostOne: [['use_preset', 'guidelines']],
            atLeastOne: [['use_preset', 'guidelines']],
            needs: { valid_examples: ['guidelines'], invalid_examples: ['guidelines'] },
          },
        }),
      },
    },
    masks: {
      kind: 'list',
      required: true,
      summary: 'What becomes of each label.',
      of: { kind: 'object', fields: { label, masks: { kind: 'masks', required: true, summary: 'Applied to each match.' } } },
    },
    fallback_masks: { kind: 'masks', summary: 'For labels without an entry.' },
    hash_sources: {
      kind: 'hash_sources',
      summary: 'What the results depend on; default: the wider level, where `self` is the match. `self: entity` is the match, `label: X` the first text labelled X.',
    },
  },
  check(options, report, host) {
    const written = readMatchers(options)
    const labels = [...new Set(written.map((matcher) => matcher.label))]
    if (written.length === 0) report('matchers', 'invalid_value', 'at least one matcher is needed')
    const entries = readMasks(options).map((entry) => entry.label)
    const fallback = options.has('fallback_masks')
    for (const matcher of written) {
      if (!fallback && !entries.includes(matcher.label))
        report([...matcher.at, 'label'], 'label_without_masks', `label '${matcher.label}' has no masks: it needs an entry in 'masks', or 'fallback_masks'`, entries)
    }
    for (const [i, entry] of entries.entries()) {
      if (entries.indexOf(entry) < i) report(['masks', i, 'label'], 'invalid_value', `label '${entry}' has an entry already`)
      else if (!labels.includes(entry)) report(['masks', i, 'label'], 'unused_label', `no matcher has the label '${entry}'`, labels)
    }
    const asked = written.filter((matcher) => matcher.kind === 'ai_detect')
    for (const [i, matcher] of asked.entries()) {
      if (!host.aiEngine) report(matcher.at, 'unsupported_feature', "'ai_detect' needs an AI engine, and none is configured: see the option 'aiEngine'")
      else if (asked.findIndex((other) => other.label === matcher.label) < i)
        report([...matcher.at, 'label'], 'invalid_value', `'ai_detect' asks for label '${matcher.label}' already: the engine answers by label`)
    }
    for (const [i, source] of ((options.get('hash_sources') as readonly HashSource[] | null | undefined) ?? []).entries()) {
      if (source.from === 'label' && !labels.includes(source.path[0] as string))
        report(['hash_sources', i, 'label'], 'invalid_value', `no matcher has the label '${String(source.path[0])}'`, labels)
    }
  },
  compile(options, tools) {
    const written = readMatchers(options)
    const find = finder(written, tools)
    const labels = written.map((matcher) => matcher.label)
    const sources = options.get('hash_sources') as readonly HashSource[] | null | undefined
    const byLabel = sources?.some((source) => source.from === 'label') === true
    const own = new Map(readMasks(options).map((entry) => [entry.label, entry.masks]))
    const fallback = options.get('fallback_masks') as readonly MaskNode[] | undefined
    const maskers = new Map<string, PartMasker>()
    for (const name of new Set(labels)) maskers.set(name, tools.parts(own.get(name) ?? fallback ?? [], sources?.length === 0 ? null : sources, ['label']))

    return textMasker(TYPE, (text, context) => {
      const pieces = apart(find(text))
      if (pieces.length === 0) return text
      const self = ({ start, end, encoded }: TextMatch): string => (encoded === true ? decoded(text.slice(start, end)) : text.slice(start, end))
      const first = new Map<string, string>()
      if (byLabel) for (const piece of pieces) if (!first.has(labels[piece.matcher]!)) first.set(labels[piece.matcher]!, self(piece))
      const out = new Pieces()
      let copied = 0
      for (const piece of pieces) {
        const { start, end, matcher, encoded } = piece
        const result = maskers.get(labels[matcher]!)!({ self: self(piece), find: (source) => first.get(source.path[0] as string) }, context)
        const written = resultText(TYPE, result)
        out.keep(text.slice(copied, start))
        out.write(encoded === true ? encodeURIComponent(written.toWellFormed()) : written, end - start)
        copied = end
      }
      out.keep(text.slice(copied))
      return out.done(context)
    })
  },
  examples: [
    {
      options: {
        matchers: { regex: [{ label: 'PATIENT_ID', pattern: 'P_[0-9]{3}' }], checksum: [{ label: 'NHS', type: 'nhs' }] },
        masks: [
          { label: 'PATIENT_ID', masks: [{ type: 'from_fixed', value: '[ID]' }] },
          { label: 'NHS', masks: [{ type: 'imitate' }, { type: 'set_checksum', checksum_type: 'nhs' }] },
        ],
      },
      in: '"Patient (P_123), NHS 943 476 5919, still unwell."',
      out: '"Patient ([ID]), NHS 997 106 4308, still unwell."',
    },
    {
      options: {
        matchers: { detectors: [{ label: 'MAIL', detector: 'email' }], regex: [{ label: 'WARD', pattern: 'ward [0-9]+' }] },
        masks: [{ label: 'MAIL', masks: [{ type: 'redact', label: 'mail' }] }],
        fallback_masks: [{ type: 'remove' }],
      },
      in: '"ward 7: ask ann@shop.example"',
      out: '": ask [REDACTED:mail]"',
    },
    {
      options: {
        matchers: { regex: [{ label: 'DOSE', pattern: '[0-9]+ mg', context_filters: [{ pattern: 'lithium', position: 'before', within: 12, action: 'include' }] }] },
        masks: [{ label: 'DOSE', masks: [{ type: 'redact' }] }],
      },
      in: '"lithium: 400 mg, then aspirin: 100 mg"',
      out: '"lithium: [REDACTED], then aspirin: 100 mg"',
    },
    {
      options: { matchers: { regex: [{ label: 'A', pattern: 'a' }] }, masks: [{ label: 'A', masks: [{ type: 'redact' }] }] },
      in: '42',
      error: 'non_string_value',
    },
  ],
}

/** A matcher as written. */
interface Written {
  readonly kind: (typeof KINDS)[number]
  readonly label: string
  readonly of: unknown
  /** Where it stands in the options. */
  readonly at: readonly (string | number)[]
}

function readMatchers(options: ReadonlyMap<string, unknown>): Written[] {
  const all = options.get('matchers')
  return KINDS.flatMap((kind) =>
    ((field(all, kind) as readonly unknown[] | undefined) ?? []).map((of, i) => ({ kind, label: field(of, 'label') as string, of, at: ['matchers', kind, i] })),
  )
}

function readMasks(options: ReadonlyMap<string, unknown>): { label: string; masks: readonly MaskNode[] }[] {
  return (options.get('masks') as readonly unknown[]).map((of) => ({ label: field(of, 'label') as string, masks: field(of, 'masks') as readonly MaskNode[] }))
}

/** What finds the matches of every matcher: lists in the order of the matchers, each in the order of the text. */
function finder(written: readonly Written[], tools: MaskTools): (text: string) => readonly (readonly TextMatch[])[] {
  const asked = written.filter((matcher) => matcher.kind === 'ai_detect')
  const ask = asked.length === 0 ? undefined : aiFinder(TYPE, tools.aiEngine, asked.map(aiLabel))
  const finds = written.filter((matcher) => matcher.kind !== 'ai_detect').map((matcher) => matcherOf(matcher, tools))
  const filters = written.map(({ of }) => filterOf(of, tools))
  return (text) => {
    const found = [...finds.map((find) => find(text)), ...(ask === undefined ? [] : ask(text))]
    return found.map((matches, i) => {
      const stays = filters[i]
      return stays === undefined ? matches : matches.filter((match) => stays(text, match))
    })
  }
}

function matcherOf({ kind, of }: Written, tools: MaskTools): (text: string) => readonly TextMatch[] {
  switch (kind) {
    case 'regex': {
      const regex = tools.regex(field(of, 'pattern') as string)
      return (text) => {
        const spans = regex.findAll(text)
        const matches: TextMatch[] = []
        for (let i = 0; i < spans.length; i += 2) if (spans[i]! < spans[i + 1]!) matches.push({ start: spans[i]!, end: spans[i + 1]! })
        return matches
      }
    }
    case 'checksum':
      return checksumFinder(field(of, 'type') as string)
    case 'seed_files':
      return wordFinder(tools.seedFile(field(of, 'seed_file') as string).column(field(of, 'seed_column') as string | undefined) ?? [], field(of, 'case_sensitive') === true)
    default:
      return tools.find(field(of, 'detector') as string)
  }
}

function aiLabel({ label: name, of }: Written): AiLabel {
  const config = field(of, 'annotation_config')
  const preset = field(config, 'use_preset') as string | undefined
  if (preset !== undefined) return { label: name, preset }
  const valid = field(config, 'valid_examples') as readonly string[] | undefined
  const invalid = field(config, 'invalid_examples') as readonly string[] | undefined
  return {
    label: name,
    guidelines: field(config, 'guidelines') as string,
    ...(valid === undefined ? {} : { valid_examples: valid }),
    ...(invalid === undefined ? {} : { invalid_examples: invalid }),
  }
}

/** Whether a match stays, by the text beside it. */
function filterOf(of: unknown, tools: MaskTools): ((text: string, match: TextMatch) => boolean) | undefined {
  const written = (field(of, 'context_filters') as readonly unknown[] | undefined) ?? []
  if (written.length === 0) return undefined
  const filters = written.map((filter) => {
    const regex = tools.regex(field(filter, 'pattern') as string)
    return {
      found: (text: string) => regex.findAll(text).length > 0,
      position: field(filter, 'position') ?? 'either',
      within: (field(filter, 'within') as number | undefined) ?? WITHIN,
      wanted: field(filter, 'action') !== 'exclude',
    }
  })
  return (text, { start, end }) =>
    filters.every(({ found, position, within, wanted }) => {
      const before = position !== 'after' && found(text.slice(stepBack(text, start, within), start))
      return (before || (position !== 'before' && found(text.slice(end, stepOn(text, end, within))))) === wanted
    })
}

interface Piece extends TextMatch {
  readonly matcher: number
}

/** What each matcher gets where matches overlap: the leftmost, then the longest, then the first matcher; of others what is left. */
function apart(found: readonly (readonly TextMatch[])[]): Piece[] {
  const next = found.map(() => 0)
  const pieces: Piece[] = []
  let covered = 0
  for (;;) {
    let best: TextMatch | undefined
    let matcher = 0
    for (let i = 0; i < found.length; i++) {
      const match = found[i]![next[i]!]
      if (match === undefined || (best !== undefined && (match.start > best.start || (match.start === best.start && match.end <= best.end)))) continue
      best = match
      matcher = i
    }
    if (best === undefined) return pieces
    next[matcher]!++
    if (best.end <= covered) continue
    pieces.push({ ...best, start: Math.max(best.start, covered), matcher })
    covered = best.end
  }
}

/** Percent-decoded; as it is where it cannot be. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
