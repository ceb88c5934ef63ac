import type { Artifact } from '@/lib/types'

/** `view` is the artifact as its reader wants it, `source` its text, `changes` what the version changed. */
export type Mode = 'view' | 'source' | 'changes'
export type ViewerKind = 'code' | 'markdown' | 'plain' | 'image' | 'csv' | 'json' | 'web'

/** Beyond this a text is offered for download only. */
export const MAX_TEXT_BYTES = 32_000_000
/** Beyond this changes are not counted unasked. */
export const MAX_COUNTED_BYTES = 1_000_000

export function viewerKind({ type, format }: Pick<Artifact, 'type' | 'format'>): ViewerKind {
  if (type === 'image' || type === 'web' || type === 'code') return type
  if (type === 'data') return format.includes('json') ? 'json' : 'csv'
  return format.includes('markdown') ? 'markdown' : 'plain'
}

export function isText(artifact: Pick<Artifact, 'type' | 'format'>): boolean {
  return artifact.type !== 'image' || artifact.format.includes('svg')
}

export function modesOf(artifact: Pick<Artifact, 'type' | 'format' | 'versions'>): Mode[] {
  const kind = viewerKind(artifact)
  const reading: Mode[] = kind === 'code' || kind === 'plain' ? ['source'] : ['view', 'source']
  if (!isText(artifact)) return ['view']
  return artifact.versions > 1 ? [...reading, 'changes'] : reading
}

const EXTENSIONS: Record<string, string> = {
  'text/csv': 'csv',
  'application/json': 'json',
  'text/markdown': 'md',
  'text/html': 'html',
  'image/svg+xml': 'svg',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'text/plain': 'txt',
}
const CODE_EXTENSIONS: Record<string, string> = {
  python: 'py',
  javascript: 'js',
  typescript: 'ts',
  bash: 'sh',
  rust: 'rs',
  ruby: 'rb',
  markdown: 'md',
  kotlin: 'kt',
  csharp: 'cs',
  yaml: 'yml',
}

/** A name for the file: the title, with an ending when it has none. */
export function fileName({ title, format, language, type }: Pick<Artifact, 'title' | 'format' | 'language' | 'type'>): string {
  const clean = title.replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, '-').trim() || 'artifact'
  if (/\.[a-z0-9]{1,8}$/i.test(clean)) return clean
  const name = language?.toLowerCase() ?? ''
  const ending =
    type === 'code' && name ? (CODE_EXTENSIONS[name] ?? name) : (EXTENSIONS[format.split(';')[0]?.trim() ?? ''] ?? 'txt')
  return `${clean}.${ending}`
}
