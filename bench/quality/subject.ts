// What is measured: the masker with every detector on and every default mask, asked for its findings and for its output.
import { createMasker, type Masker } from '../../src/index.ts'
import { detectors } from '../../src/detectors/index.ts'

export interface Found {
  readonly detector: string
  /** Bytes of the raw record. */
  readonly start: number
  readonly end: number
}

export interface Subject {
  find(raw: string): Found[]
  /** The output under two run secrets: what is in both is no coincidence. */
  mask(raw: string): readonly [string, string]
  readonly masker: Masker
  close(): void
}

/** Detectors of the five groups, by name. */
export const registry: ReadonlyMap<string, { readonly group: string; readonly examples: readonly string[]; readonly counterExamples: readonly string[] }> = new Map(
  detectors.flatMap((d) => (d.group === undefined ? [] : [[d.name, { group: d.group, examples: d.examples, counterExamples: d.counterExamples }] as const])),
)

export function createSubject(): Subject {
  const ruleset = { version: '1.0', rules: [{ detect: ['all'] }] }
  // Finds are asked of a mask that changes everything: of the default ones some leave what is harmless as it is, a loopback address.
  const finder = createMasker({ version: '1.0', rules: [{ detect: ['all'], masks: [{ type: 'redact' }] }] }, { runSecret: 'quality report run secret, one' })
  const [one, two] = ['quality report run secret, one', 'quality report run secret, two'].map((runSecret) => createMasker(ruleset, { runSecret })) as [Masker, Masker]
  return {
    masker: one,
    find: (raw) =>
      one
        .explain(raw)
        .flatMap((finding) => (finding.decision === 'mask' && finding.detector !== undefined ? [{ detector: finding.detector, start: finding.start, end: finding.end }] : [])),
    mask: (raw) => [one.json(raw), two.json(raw)],
    close: () => {
      finder.close()
      one.close()
      two.close()
    },
  }
}
