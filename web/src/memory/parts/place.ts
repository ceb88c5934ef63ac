import type { Source } from '../api/types'

/** The address of a source: a path of this client, a page of the web, or null when there is none to go to. */
export function placeOf(source: Source, documentId?: string | null): string | null {
  if (source.type === 'chat' && source.session_id) return `/chat/${encodeURIComponent(source.session_id)}`
  if (documentId) return `/memory/documents/${encodeURIComponent(documentId)}`
  if (source.url && /^https?:\/\//i.test(source.url)) return source.url
  return source.session_id ? `/chat/${encodeURIComponent(source.session_id)}` : null
}
