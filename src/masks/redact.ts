import { NumberText } from '../engine/types.ts'
import type { MaskDefinition, Value } from '../engine/types.ts'

const ZERO = new NumberText('0')

export const redact: MaskDefinition = {
  type: 'redact',
  summary: 'A placeholder.',
  input: 'A',
  settles: 'value',
  options: {
    text: { kind: 'string', default: '[REDACTED]', summary: 'The placeholder.' },
    label: { kind: 'string', summary: 'Gives `[REDACTED:<label>]`; not with `text`.' },
    keep_type: { kind: 'boolean', default: false, summary: 'Numbers become `0`, booleans `false`, containers `{}` or `[]`; strings still get the placeholder.' },
  },
  check(options, report) {
    if (options.has('text') && options.has('label')) report('label', 'invalid_value', "'label' and 'text' exclude each other")
  },
  compile(options) {
    const label = options.get('label') as string | undefined
    const text = label === undefined ? ((options.get('text') as string | undefined) ?? '[REDACTED]') : `[REDACTED:${label}]`
    const keepType = options.get('keep_type') === true
    return (value): Value => {
      if (value === null || value === '') return value
      if (!keepType || typeof value === 'string') return text
      if (value instanceof NumberText) return ZERO
      if (typeof value === 'boolean') return false
      return value instanceof Map ? new Map<string, Value>() : []
    }
  },
  examples: [
    { in: '"a"', out: '"[REDACTED]"' },
    { in: 'null', out: 'null' },
    { options: { label: 'x' }, in: '"a"', out: '"[REDACTED:x]"' },
    { options: { keep_type: true }, in: '41', out: '0' },
    { options: { keep_type: true }, in: 'true', out: 'false' },
    { options: { keep_type: true }, in: '{"a":1}', out: '{}' },
    { options: { text: '***' }, in: '[1,2]', out: '"***"' },
    { in: '""', out: '""' },
  ],
}
