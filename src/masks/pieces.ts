import type { MaskContext } from '../engine/types.ts'

/** Text put together from parts that stay and parts that a mask wrote; the latter are settled for detection (spec 2.6). */
export class Pieces {
  text = ''
  readonly #ranges: number[] = []

  keep(text: string): void {
    this.text += text
  }

  write(text: string): void {
    if (text !== '') this.#ranges.push(this.text.length, this.text.length + text.length)
    this.text += text
  }

  /** A part of which only the `settled` ranges were written. */
  mixed(text: string, settled: readonly number[]): void {
    for (const at of settled) this.#ranges.push(this.text.length + at)
    this.text += text
  }

  /** Tells the engine what is settled and gives the text. */
  done(context: MaskContext): string {
    context.settle?.(this.#ranges)
    return this.text
  }
}
