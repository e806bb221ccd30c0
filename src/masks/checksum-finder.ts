// Finds numbers with right check digits in text: runs of digits, for IBANs of letters and digits, with spaces and hyphens inside.

import type { TextMatch } from '../engine/types.ts'
import { kindAt, runEnd, widthAt, WORD } from './characters.ts'
import { holdsChecksum } from './set-checksum.ts'

interface Form {
  /** What a group is made of. */
  readonly group: RegExp
  readonly separators: string
  /** What a number begins with. */
  readonly begins?: RegExp
  /**
   * Numbers stand side by side, and the letters of a sentence beside an IBAN: where a run as a whole does not hold, its groups are
   * tried together up to the last length, from the first one on. For checksums of any length these are those of cards and of Aadhaar
   * numbers: of shorter ones, every tenth would hold by chance.
   */
  readonly lengths: readonly [least: number, most: number]
}

const DIGITS = /^[0-9]+$/
const BETWEEN = ' -\u00a0\u202f\u2011'

const forms: Readonly<Record<string, Form>> = {
  luhn: { group: DIGITS, separators: BETWEEN, lengths: [13, 19] },
  iban: { group: /^[0-9A-Za-z]+$/, separators: BETWEEN, begins: /^[A-Za-z]{2}[0-9]{2}/, lengths: [15, 34] },
  nhs: { group: DIGITS, separators: BETWEEN, lengths: [10, 10] },
  aba: { group: DIGITS, separators: BETWEEN, lengths: [9, 9] },
  cpf: { group: DIGITS, separators: `${BETWEEN}.`, lengths: [11, 11] },
  nz_ird: { group: DIGITS, separators: BETWEEN, lengths: [8, 9] },
  verhoeff: { group: DIGITS, separators: BETWEEN, lengths: [12, 12] },
  ean: { group: DIGITS, separators: BETWEEN, lengths: [8, 14] },
}

/** Finds what holds a checksum, at each start the longest. */
export function checksumFinder(type: string): (text: string) => TextMatch[] {
  const form = forms[type]!
  return (text) => {
    const matches: TextMatch[] = []
    let run: TextMatch[] = []
    let i = 0
    while (i < text.length) {
      if (kindAt(text, i) !== WORD) {
        if (run.length > 0 && !form.separators.includes(text[i]!)) {
          judge(text, run, type, form, matches)
          run = []
        }
        i += widthAt(text, i)
        continue
      }
      const end = runEnd(text, i, WORD)
      // a group is a whole word: `P_123` and `A1` hold no run of digits
      if (form.group.test(text.slice(i, end))) run.push({ start: i, end })
      else if (run.length > 0) {
        judge(text, run, type, form, matches)
        run = []
      }
      i = end
    }
    if (run.length > 0) judge(text, run, type, form, matches)
    return matches
  }
}

/** Judges the groups of a run. */
function judge(text: string, run: readonly TextMatch[], type: string, form: Form, matches: TextMatch[]): void {
  const [least, most] = form.lengths
  const whole = run.map((group) => text.slice(group.start, group.end)).join('')
  if (holdsChecksum(type, whole)) {
    matches.push({ start: run[0]!.start, end: run[run.length - 1]!.end })
    return
  }
  /** Groups from first to last, at each first the last one possible. */
  const found: { first: number; last: number }[] = []
  let from = 0
  for (const [first, { start, end }] of run.entries()) {
    let best = -1
    if (form.begins?.test(whole.slice(from, from + 4)) !== false) {
      for (let last = first, to = from; last < run.length; last++) {
        to += run[last]!.end - run[last]!.start
        if (to - from > most) break
        if (to - from >= least && holdsChecksum(type, whole.slice(from, to))) best = last
      }
    }
    if (best >= 0) found.push({ first, last: best })
    from += end - start
  }
  // Groups of two neighbours may hold together by chance: what the others cover is left out, so that numbers stay whole.
  for (let i = 0; i < found.length; ) {
    const { first, last } = found[i]!
    matches.push({ start: run[first]!.start, end: run[last]!.end })
    let next = -1
    let k = i + 1
    for (; k < found.length && found[k]!.first <= last + 1; k++) if (found[k]!.last > last && (next < 0 || found[k]!.last >= found[next]!.last)) next = k
    i = next < 0 ? k : next
  }
}
