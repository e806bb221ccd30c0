// Server-sent events (the event stream format of the HTML standard) from a body that is read with fetch.

export interface ServerEvent {
  readonly event: string
  readonly data: string
}

/** An event longer than this ends the reading: it is none of ours. */
const LONGEST = 8 << 20

/** The events of a stream, one after the other; comments are passed over. Ends with the stream, which is cancelled when the reader leaves. */
export async function* eventReader(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  let event = ''
  let data: string[] = []
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      rest += decoder.decode(value, { stream: true })
      if (rest.length > LONGEST) return
      // a carriage return at the end may be half of a line end
      const lines = rest.split(/\r\n|\n|\r(?!$)/)
      rest = lines.pop()!
      for (const line of lines) {
        if (line === '') {
          if (data.length > 0) yield { event: event === '' ? 'message' : event, data: data.join('\n') }
          event = ''
          data = []
          continue
        }
        const colon = line.indexOf(':')
        if (colon === 0) continue
        const field = colon < 0 ? line : line.slice(0, colon)
        const content = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
        if (field === 'event') event = content
        else if (field === 'data') data.push(content)
      }
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}
