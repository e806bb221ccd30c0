import { createServer, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export const runSecret = 'test run secret, 24 letters'

/** Values of a ruleset and of detectors that must never arrive. */
export const CANARY = {
  email: 'canary.bird@nest.example',
  card: '4111 1111 1111 1111',
  password: 'c4nary-Pa55word',
  token: 'ghp_0123456789abcdefghijABCDEFGHIJ012345',
} as const

export const record = { id: 1, email: CANARY.email, card: CANARY.card, nested: { password: CANARY.password }, note: `token ${CANARY.token}` }

/** What of the canaries is in a text. */
export function leaks(text: string): string[] {
  return Object.values(CANARY).filter((value) => text.includes(value) || text.includes(encodeURIComponent(value)))
}

export interface Answer {
  readonly status: number
  readonly message: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly trailers: NodeJS.Dict<string>
  /** Headers of early hints. */
  readonly hints: readonly object[]
  readonly bytes: Buffer
  readonly text: string
  /** The connection broke off before the end. */
  readonly broken: boolean
}

/** One request over a socket, with whatever comes back. */
export function ask(port: number, path = '/', options: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string } = {}): Promise<Answer> {
  const hints: object[] = []
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method: options.method ?? 'GET', headers: options.headers ?? {}, agent: false, timeout: 20_000 },
      (response: IncomingMessage) => {
        const chunks: Buffer[] = []
        const done = (broken: boolean): void => {
          const bytes = Buffer.concat(chunks)
          resolve({
            status: response.statusCode ?? 0,
            message: response.statusMessage ?? '',
            headers: response.headers,
            rawHeaders: response.rawHeaders,
            trailers: response.trailers,
            hints,
            bytes,
            text: bytes.toString(),
            broken,
          })
        }
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => done(false))
        response.on('error', () => done(true))
      },
    )
    request.on('information', ({ headers }) => void hints.push(headers))
    request.on('timeout', () => request.destroy(new Error('no answer in time')))
    request.on('error', reject)
    request.end(options.body)
  })
}

/** Everything of an answer that could hold a value. */
export function everything(answer: Answer): string {
  return [answer.message, JSON.stringify(answer.hints), ...answer.rawHeaders, ...Object.values(answer.trailers), answer.text].join('\n')
}

export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

export async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise<void>((resolve) => server.close(() => resolve()))
}

/** Runs a server for as long as `run` takes. */
export async function serving<T>(handler: RequestListener, run: (port: number) => Promise<T>): Promise<T> {
  const server = createServer(handler)
  const port = await listen(server)
  try {
    return await run(port)
  } finally {
    await close(server)
  }
}
