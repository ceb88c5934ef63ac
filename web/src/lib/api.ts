import { ApiError, request } from './http'
import { accessToken, refresh } from './session'

export { ApiError } from './http'

type Query = Record<string, string | number | boolean | null | undefined>
interface Options { query?: Query; signal?: AbortSignal | undefined; headers?: Record<string, string> }

function address(path: string, query?: Query): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null)
  if (pairs.length === 0) return path
  return `${path}?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`
}

async function send(path: string, init: RequestInit, options: Options): Promise<Response> {
  const token = await accessToken()
  const call = (bearer: string | null) => {
    const headers = new Headers({ accept: 'application/json', ...options.headers })
    if (init.body !== undefined && typeof init.body === 'string' && !headers.has('content-type')) headers.set('content-type', 'application/json')
    if (bearer !== null) headers.set('authorization', `Bearer ${bearer}`)
    return request(address(path, options.query), { ...init, headers, signal: options.signal ?? null })
  }
  try {
    return await call(token)
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401 || token === null) throw error
    const again = await refresh(token)
    if (again === null) throw error
    return call(again)
  }
}

async function json<T>(method: string, path: string, body: unknown, options: Options): Promise<T> {
  const answer = await send(path, body === undefined ? { method } : { method, body: JSON.stringify(body) }, options)
  return (answer.status === 204 ? undefined : await answer.json()) as T
}

/** The typed door to the server: JSON in and out, sign-in renewed on the way, `ApiError` when refused. */
export const api = {
  get: <T>(path: string, query?: Query, options: Options = {}) => json<T>('GET', path, undefined, { ...options, ...(query ? { query } : {}) }),
  post: <T>(path: string, body: unknown = {}, options: Options = {}) => json<T>('POST', path, body, options),
  patch: <T>(path: string, body: unknown, options: Options = {}) => json<T>('PATCH', path, body, options),
  put: <T>(path: string, body: unknown, options: Options = {}) => json<T>('PUT', path, body, options),
  delete: (path: string, options: Options = {}) => json<undefined>('DELETE', path, undefined, options),
  /** The bare answer, for text, bytes and anything with its own content type. */
  raw: (path: string, init: RequestInit = {}, options: Options = {}) => send(path, init, options),
  upload,
}

interface UploadOptions { onProgress?: (share: number) => void; signal?: AbortSignal }

/** Sends one file as multipart `file`, or a form as it is; progress is a share from 0 to 1. */
async function upload<T>(path: string, file: File | FormData, { onProgress, signal }: UploadOptions = {}): Promise<T> {
  const token = await accessToken()
  return new Promise<T>((resolve, reject) => {
    const call = new XMLHttpRequest()
    call.open('POST', path)
    call.setRequestHeader('accept', 'application/json')
    if (token !== null) call.setRequestHeader('authorization', `Bearer ${token}`)
    call.upload.onprogress = (event) => { if (event.lengthComputable) onProgress?.(event.loaded / event.total) }
    call.onload = () => {
      const answer: unknown = parse(call.responseText)
      if (call.status < 300) resolve(answer as T)
      else reject(new ApiError(answer !== null && typeof answer === 'object' ? answer : {}, call.status))
    }
    call.onerror = () => reject(new ApiError({ title: 'No connection', detail: 'The file was not sent.' }, 0))
    call.onabort = () => reject(new DOMException('Cancelled', 'AbortError'))
    signal?.addEventListener('abort', () => call.abort())
    const form = file instanceof File ? new FormData() : file
    if (file instanceof File) form.append('file', file)
    call.send(form)
  })
}

function parse(text: string): unknown {
  try { return JSON.parse(text) } catch { return null }
}
