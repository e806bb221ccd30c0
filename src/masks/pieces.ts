import type { MaskContext } from '../engine/types.ts'

/** Text put together from parts that stay and parts that a mask wrote; the latter are settled for detection. */
export class Pieces {
  text = ''
  #read = 0
  readonly #ranges: number[] = []
  readonly #sources: number[] = []

  keep(text: string): void {
    this.text += text
    this.#read += text.length
  }

  /** A part that was written in the place of `length` characters (UTF-16) of the input. */
  write(text: string, length: number): void {
    this.#ranges.push(this.text.length, this.text.length + text.length)
    this.#sources.push(this.#read, this.#read + length)
    this.text += text
    this.#read += length
  }

  /** A part of which only the `settled` ranges were written, in the place of the `sources` ranges of it. */
  mixed(text: string, settled: readonly number[], sources: readonly number[], length: number): void {
    for (const at of settled) this.#ranges.push(this.text.length + at)
    for (const at of sources) this.#sources.push(this.#read + at)
    this.text += text
    this.#read += length
  }

  /** A part that was written anew in the place of `length` characters, and of which only the `settled` ranges count as written. */
  anew(text: string, settled: readonly number[], length: number): void {
    if (settled.length === 2 && settled[0] === 0 && settled[1] === text.length) {
      this.write(text, length)
      return
    }
    // nothing that was settled in the part before is followed into it: the last range, an empty one, ends it
    const sources = [0, length]
    for (let at = 0; at < settled.length; at += 2) sources.push(length, length)
    this.mixed(text, [...settled, text.length, text.length], sources, length)
  }

  /** Tells the engine what is settled and gives the text. */
  done(context: MaskContext): string {
    context.settle?.(this.#ranges, this.#sources)
    return this.text
  }
}
