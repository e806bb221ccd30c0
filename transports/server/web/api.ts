// The server, as the page sees it. Tokens are kept in this object alone: a page that is loaded again asks for the password again.

export interface Issue {
  readonly code: string
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly line?: number
  readonly column?: number
  readonly path?: string
  readonly known?: string
}

export interface Options {
  readonly enabled: boolean
  readonly default_encoding: string
  readonly default_charset: string
  readonly default_log_level: string
}

export interface PlanSummary {
  readonly name: string
  readonly serial: number
  readonly created_time: string
  readonly modified_time: string
  readonly options: Options
  readonly url: string
}

export interface PlanDetail extends PlanSummary {
  readonly ruleset_yaml: string
  readonly schema: object | null
  readonly schema_mode: 'enforce' | 'report'
  readonly logs?: readonly { readonly log_level: string; readonly message: string }[]
}

export interface Finding {
  readonly record: number
  readonly path: string
  /** Bytes in the text of `data`. */
  readonly start: number
  readonly end: number
  readonly where: 'value' | 'key' | 'number' | 'line'
  readonly rule?: string
  readonly detector?: string
  readonly score?: number
  readonly length: number
  readonly decision: 'mask' | 'keep'
  readonly group?: string
  readonly reasons?: readonly { readonly code: string; readonly add: number }[]
  readonly absorbed_by?: string
}

export interface Stats {
  readonly uptime_seconds: number
  readonly plans: number
  readonly requests: { readonly total: number; readonly in_flight: number; readonly by_status: Readonly<Record<string, number>> }
  readonly mask: { readonly requests: number; readonly latency_ms: { readonly median: number | null; readonly p99: number | null } }
  readonly records: number
  readonly masked: { readonly total: number; readonly by_rule: Readonly<Record<string, number>>; readonly by_detector: Readonly<Record<string, number>> }
  readonly errors: Readonly<Record<string, number>>
}

/** What the server refused, in its own words. Status 0: it could not be reached. */
export class ApiError extends Error {
  readonly status: number
  readonly issues: readonly Issue[]

  constructor(status: number, message: string, issues: readonly Issue[] = []) {
    super(message)
    this.status = status
    this.issues = issues
  }
}

interface Sent {
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export class Api {
  #access: string | undefined
  #refresh: string | undefined
  #refreshing: Promise<boolean> | undefined
  #asking: Promise<boolean> | undefined
  /** The login has run out, and nobody has signed in again or out since. */
  #lapsed = false
  user = ''
  scopes: readonly string[] = []
  /** Lines pass through the server. */
  hasLive = false
  /** Called when the login has run out. True: there is a new one. */
  onExpired: () => Promise<boolean> = () => Promise.resolve(false)

  /** True: the server takes everybody. */
  async open(): Promise<boolean> {
    const info = (await this.#json(await this.#fetch('GET', '/ifm/info/', {}))) as { auth: string; live?: boolean }
    this.hasLive = info.live === true
    if (info.auth !== 'none') return false
    this.user = 'no login'
    await this.#readScopes()
    return true
  }

  async login(username: string, password: string): Promise<void> {
    const answer = await this.#fetch('POST', '/api/auth/jwt/login/', { body: JSON.stringify({ username, password }) }, false)
    const { access_token, refresh_token } = (await this.#json(answer)) as { access_token: string; refresh_token: string }
    this.#access = access_token
    this.#refresh = refresh_token
    this.user = username
    this.#lapsed = false
    try {
      await this.#readScopes()
    } catch (error) {
      this.logout()
      throw error
    }
  }

  logout(): void {
    this.#access = this.#refresh = undefined
    this.user = ''
    this.scopes = []
    this.#lapsed = false
  }

  can(scope: string): boolean {
    return this.scopes.includes(scope)
  }

  async #readScopes(): Promise<void> {
    this.scopes = ((await this.get('/ifm/verify-token/')) as { scopes: string[] }).scopes
  }

  /** Sends a request with the token; one that has run out is renewed once. Throws ApiError. */
  async send(method: string, path: string, sent: Sent = {}): Promise<Response> {
    let answer = await this.#fetch(method, path, sent)
    if (answer.status === 401 && this.#refresh !== undefined && (await (this.#refreshing ??= this.#renew()))) answer = await this.#fetch(method, path, sent)
    if (answer.status === 401 && (this.#access !== undefined || this.#lapsed)) {
      this.#access = this.#refresh = undefined
      this.#lapsed = true
      // whoever waits for an answer meanwhile waits for the one login
      this.#asking ??= this.onExpired().finally(() => {
        this.#asking = undefined
      })
      if (await this.#asking) answer = await this.#fetch(method, path, sent)
    }
    if (!answer.ok) throw await refusal(answer)
    return answer
  }

  async #renew(): Promise<boolean> {
    try {
      const answer = await this.#fetch('POST', '/api/auth/jwt/refresh/', { body: JSON.stringify({ refresh: this.#refresh }) }, false)
      if (!answer.ok) return false
      this.#access = ((await answer.json()) as { access_token: string }).access_token
      return true
    } catch {
      return false
    } finally {
      this.#refreshing = undefined
    }
  }

  async #fetch(method: string, path: string, { body, headers = {}, signal }: Sent, withToken = true): Promise<Response> {
    try {
      return await fetch(path, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(withToken && this.#access !== undefined ? { Authorization: `Bearer ${this.#access}` } : {}),
          ...headers,
        },
        credentials: 'omit',
        cache: 'no-store',
        redirect: 'error',
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
      })
    } catch (error) {
      if (signal?.aborted === true) throw error
      throw new ApiError(0, 'The server cannot be reached.')
    }
  }

  async #json(answer: Response): Promise<unknown> {
    if (!answer.ok) throw await refusal(answer)
    return answer.json()
  }

  async get(path: string, signal?: AbortSignal): Promise<unknown> {
    return (await this.send('GET', path, signal === undefined ? {} : { signal })).json()
  }

  async post(path: string, body: object, signal?: AbortSignal): Promise<unknown> {
    return (await this.send('POST', path, { body: JSON.stringify(body), ...(signal === undefined ? {} : { signal }) })).json()
  }

  plans(search: string, offset: number, signal: AbortSignal): Promise<{ items: PlanSummary[]; total: number }> {
    const query = new URLSearchParams({ limit: '50', offset: String(offset), ...(search === '' ? {} : { search }) })
    return this.get(`/ifm/ruleset-plans/?${query}`, signal) as Promise<{ items: PlanSummary[]; total: number }>
  }

  plan(name: string): Promise<PlanDetail> {
    return this.get(`/ifm/ruleset-plans/${encodeURIComponent(name)}/`) as Promise<PlanDetail>
  }

  /** Changes a plan, if it still has the serial that was read. */
  async change(name: string, serial: number | undefined, body: object): Promise<PlanDetail> {
    const headers: Record<string, string> = serial === undefined ? {} : { 'If-Match': `"${serial}"` }
    return (await this.send('PATCH', `/ifm/ruleset-plans/${encodeURIComponent(name)}/`, { body: JSON.stringify(body), headers })).json() as Promise<PlanDetail>
  }

  async remove(name: string, serial: number): Promise<void> {
    await this.send('DELETE', `/ifm/ruleset-plans/${encodeURIComponent(name)}/`, { headers: { 'If-Match': `"${serial}"` } })
  }
}

async function refusal(answer: Response): Promise<ApiError> {
  let body: { error?: unknown; detail?: unknown; issues?: unknown } = {}
  try {
    body = (await answer.json()) as typeof body
  } catch {
    // no JSON: a proxy, perhaps
  }
  const details = Array.isArray(body.detail) ? (body.detail as { loc?: unknown[]; msg?: string }[]) : []
  const words = details.map(({ loc = [], msg = '' }) => `${loc.slice(1).join('.')} ${msg}`.trim()).join('; ')
  const text = typeof body.error === 'string' ? body.error : words !== '' ? words : `The server answered with status ${answer.status}.`
  const retry = answer.status === 429 ? ` Try again in ${answer.headers.get('Retry-After') ?? 'some'} seconds.` : ''
  return new ApiError(answer.status, text + retry, Array.isArray(body.issues) ? (body.issues as Issue[]) : [])
}

/** An error in words for people. */
export const words = (error: unknown): string => (error instanceof ApiError ? error.message : 'Something went wrong in the page.')
