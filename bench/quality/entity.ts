// What a labelled value is: how it is made, what names it, and where it is to be found.
import type { Random } from '../random.ts'

/** A value in its own frame: `Bearer abc` is the text, `abc` the labelled part. */
export interface Made {
  readonly text: string
  /** The part that must not survive; the whole text without it. */
  readonly secret?: string
  /** Beside the secret, this may go too: user names of URLs, schemes. */
  readonly mayGo?: string
}

/**
 * One type of value. `alone`: `always` stands without any word that names it; `written` does so in its punctuated form;
 * `never` needs a key or a word. `proved` types are found whatever the key says.
 */
export interface Entity {
  /** Equals the detector's name. */
  readonly name: string
  readonly group: 'secrets' | 'pci' | 'pii' | 'phi' | 'network'
  readonly alone: 'always' | 'written' | 'never'
  readonly proved?: boolean
  /** Words before the value in text, and keys above it in records. Empty keys: the value has its own frame and no key names it. */
  readonly words: readonly string[]
  readonly keys: readonly string[]
  /** Digits that may also stand as a bare JSON number. */
  readonly number?: boolean
  /** `written`: the punctuated form is wanted. */
  readonly make: (random: Random, written: boolean) => string | Made
  /** What looks like it and is not. Never to be found by this detector without a word that names it. */
  readonly near?: (random: Random) => string
  /** Leading characters that the default mask keeps by design. */
  readonly keeps?: (value: string) => number
  /** True for values that hold line breaks: they stand in records only. */
  readonly lines?: boolean
  /** Values that cannot be written in a URL parameter or in escapes without losing their meaning. */
  readonly plain?: boolean
  /** A header: it goes to the end of its line, so nothing stands behind it. */
  readonly toEnd?: boolean
  /** Named by a key only: in text there is nothing to be found. */
  readonly keyed?: boolean
}
