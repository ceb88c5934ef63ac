import type { Artifact } from '@/lib/types'

/** `view` is the artifact as its reader wants it, `source` its text, `changes` what the version changed, `edit` its text to be changed by hand. */
export type Mode = 'view' | 'source' | 'changes' | 'edit'
export type ViewerKind =
  | 'code'
  | 'markdown'
  | 'plain'
  | 'image'
  | 'csv'
  | 'json'
  | 'chart'
  | 'web'
  | 'cast'
  | 'video'
  | 'audio'
  | 'pdf'
  | 'file'

/** Beyond this a text is offered for download only. */
export const MAX_TEXT_BYTES = 32_000_000
/** Beyond this changes are not counted unasked. */
export const MAX_COUNTED_BYTES = 1_000_000
/** From here on code is shown by the editor, which knows a file's structure. */
export const EDITOR_BYTES = 200_000

export function viewerKind({ type, format }: Pick<Artifact, 'type' | 'format'>): ViewerKind {
  if (type === 'image' || type === 'video' || type === 'audio' || type === 'code') return type
  if (type === 'web' || type === 'interactive') return 'web'
  if (type === 'terminal') return format.includes('asciicast') ? 'cast' : 'plain'
  if (type === 'desktop') return 'json'
  if (type === 'data') return dataKind(format)
  if (format === 'application/pdf') return 'pdf'
  if (!format.startsWith('text/')) return 'file'
  return format.includes('markdown') ? 'markdown' : 'plain'
}

function dataKind(format: string): ViewerKind {
  if (format.includes('chart')) return 'chart'
  return format.includes('json') ? 'json' : 'csv'
}

export function isText(artifact: Pick<Artifact, 'type' | 'format'>): boolean {
  const kind = viewerKind(artifact)
  if (kind === 'image') return artifact.format.includes('svg')
  return kind !== 'video' && kind !== 'audio' && kind !== 'pdf' && kind !== 'file'
}

export function modesOf(artifact: Pick<Artifact, 'type' | 'format' | 'versions'>): Mode[] {
  const kind = viewerKind(artifact)
  const reading: Mode[] = kind === 'code' || kind === 'plain' ? ['source'] : ['view', 'source']
  if (!isText(artifact)) return ['view']
  return artifact.versions > 1 ? [...reading, 'changes'] : reading
}

const EXTENSIONS: Record<string, string> = {
  'text/csv': 'csv',
  'text/tab-separated-values': 'tsv',
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/vnd.entourage.chart+json': 'json',
  'application/x-asciicast': 'cast',
  'application/pdf': 'pdf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'text/markdown': 'md',
  'text/html': 'html',
  'text/javascript': 'js',
  'image/svg+xml': 'svg',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'video/ogg': 'ogv',
  'video/quicktime': 'mov',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'audio/ogg': 'ogg',
  'audio/aac': 'aac',
  'audio/flac': 'flac',
  'audio/mp4': 'm4a',
  'audio/webm': 'weba',
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
