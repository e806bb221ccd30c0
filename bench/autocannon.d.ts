// The part of autocannon that is used; it has no types of its own.
declare module 'autocannon' {
  interface Options {
    readonly url: string
    readonly method: 'POST'
    readonly headers: Readonly<Record<string, string>>
    readonly requests: readonly { readonly body: string }[]
    readonly connections: number
    readonly duration: number
  }
  interface Instance extends PromiseLike<{ readonly non2xx: number; readonly errors: number; readonly timeouts: number }> {
    /** `milliseconds`: from the first byte of a request to the last of its answer. */
    on(event: 'response', listener: (client: unknown, status: number, bytes: number, milliseconds: number) => void): this
  }
  export default function autocannon(options: Options): Instance
}
