// What a row of the table of identifiers says. Rows hold arithmetic and words; they know nothing of texts, paths or scores.

export interface IdRow {
  /** Name of the detector. */
  readonly name: string
  readonly group: 'pii' | 'phi' | 'pci' | 'network' | 'secrets'
  /** Earlier wins for equal spans and scores. */
  readonly priority: number
  /** Also on bare numbers. */
  readonly numbers: boolean
  readonly summary: string
  /** Default mask, if not `redact`. */
  readonly mask?: { readonly type: string; readonly [option: string]: unknown }
  /**
   * Words and phrases that name the id: English, the local language with and without diacritics, abbreviations. Lower case; a
   * phrase stands for its spaced, `_`, `-`, camel and joined forms.
   */
  readonly words: readonly string[]
  /**
   * Shapes of the written id: `9` a digit, `A` a letter, `N` a digit or letter, `?` the symbol before it is optional,
   * anything else itself. Compact form first, then the usual written ones. A `named` row says with its shape how many
   * letters and digits it takes; its value may have single blanks or any of `-./` between them.
   */
  readonly shapes: readonly string[]
  /** Judges the id in compact form: separators removed, letters in upper case. Any string is allowed; none throws. */
  readonly check: (id: string) => boolean
  /** What suffices beside one of the words, where that is less than `check` asks: ids that not every issuer gives a check digit. */
  readonly withContext?: (id: string) => boolean
  /** Shapes that stand without context. */
  readonly alone?: readonly string[]
  /**
   * `checked`: a random id of the compact shape passes at most 1 time in 1,000; `named`: no shape of its own. Standing without
   * context is another matter, which `alone` decides: a date-stamped order number passes a date and a check digit too often.
   */
  readonly kind: 'checked' | 'shaped' | 'named'
  /** Share of random ids of the compact shapes that pass: that of the shape with most, rounded up. */
  readonly passes: number
  /** Text in which exactly the marked stretch is found. */
  readonly examples: readonly string[]
  /** Text in which this row finds nothing. */
  readonly counterExamples: readonly string[]
}
