// Compiled plans: the ones used last are kept, each under one serial.

import type { MaskedCount, RequestMasker } from '../../src/index.ts'

/** What a masker is compiled of. */
export interface Source {
  readonly name: string
  readonly serial: number
  readonly ruleset_yaml: string
}

interface Kept {
  readonly source: Source
  readonly masker: RequestMasker
  readonly told: Map<string, number>
}

export class Maskers {
  readonly #compile: (yaml: string) => RequestMasker
  readonly #most: number
  readonly #report: (plan: string, counts: readonly MaskedCount[]) => void
  readonly #kept = new Map<string, Kept>()

  constructor(compile: (yaml: string) => RequestMasker, report: (plan: string, counts: readonly MaskedCount[]) => void, most = 256) {
    this.#compile = compile
    this.#report = report
    this.#most = most
  }

  /** The masker of a plan; compiled when it is not there. */
  of(source: Source): RequestMasker {
    const { name } = source
    const kept = this.#kept.get(name)
    if (kept !== undefined && kept.source.ruleset_yaml === source.ruleset_yaml && kept.source.serial === source.serial) {
      // the ones used last stay
      if (this.#kept.size >= this.#most) {
        this.#kept.delete(name)
        this.#kept.set(name, kept)
      }
      return kept.masker
    }
    // an older version may still be asked for by a request that has taken it: it does not take the place of the newer one
    if (kept !== undefined && kept.source.serial > source.serial) return this.#compile(source.ruleset_yaml)
    const masker = this.#compile(source.ruleset_yaml)
    this.put(source, masker)
    return masker
  }

  /** Takes a masker that was compiled elsewhere. */
  put(source: Source, masker: RequestMasker): void {
    this.drop(source.name)
    this.#kept.set(source.name, { source, masker, told: new Map() })
    if (this.#kept.size > this.#most) this.drop(this.#kept.keys().next().value!)
  }

  drop(name: string): void {
    const kept = this.#kept.get(name)
    if (kept === undefined) return
    this.#tell(name, kept)
    this.#kept.delete(name)
    kept.masker.close()
  }

  /** Reports what was masked since the last time. */
  collect(): void {
    for (const [name, kept] of this.#kept) this.#tell(name, kept)
  }

  #tell(name: string, { masker, told }: Kept): void {
    const counts: MaskedCount[] = []
    for (const { rule, detector, count } of masker.counts()) {
      const key = `${rule}\n${detector ?? ''}`
      const more = count - (told.get(key) ?? 0)
      if (more <= 0) continue
      told.set(key, count)
      counts.push({ rule, ...(detector === undefined ? {} : { detector }), count: more })
    }
    if (counts.length > 0) this.#report(name, counts)
  }

  close(): void {
    for (const name of [...this.#kept.keys()]) this.drop(name)
  }
}
