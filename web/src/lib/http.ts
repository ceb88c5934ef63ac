import type { FieldError } from './types'

interface Problem { title?: string; detail?: string; hint?: string; errors?: FieldError[]; status?: number }

/** A refused or failed request, in the server's words (RFC 9457). `status` 0 means that no answer came. */
export class ApiError extends Error {
  readonly title: string
  readonly detail: string
  readonly hint: string | undefined
  readonly errors: readonly FieldError[]
  readonly status: number
  readonly retry_after_seconds: number | undefined

  constructor(problem: Problem, status: number, retryAfter?: number) {
    super(problem.detail || problem.title || `HTTP ${status}`)
    this.name = 'ApiError'
    this.title = problem.title ?? `HTTP ${status}`
    this.detail = problem.detail ?? ''
    this.hint = problem.hint
    this.errors = problem.errors ?? []
    this.status = status
    this.retry_after_seconds = retryAfter
  }

  /** The message for one form field, if the server named it. */
  field(name: string): string | undefined {
    return this.errors.find((error) => error.field === name || error.field.endsWith(`.${name}`))?.message
  }

  get isOffline(): boolean { return this.status === 0 }
}

/** `fetch` that throws `ApiError` for everything but a 2xx answer. */
export async function request(path: string, init: RequestInit): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(path, init)
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError({ title: 'No connection', detail: 'The server did not answer.', hint: 'Check that it is running and that you are online.' }, 0)
  }
  if (answer.ok) return answer
  throw await problemOf(answer)
}

async function problemOf(answer: Response): Promise<ApiError> {
  const retryAfter = Number(answer.headers.get('retry-after')) || undefined
  const isJson = (answer.headers.get('content-type') ?? '').includes('json')
  const problem: Problem = isJson ? await answer.json().catch(() => ({})) : {}
  return new ApiError(problem, answer.status, retryAfter)
}
