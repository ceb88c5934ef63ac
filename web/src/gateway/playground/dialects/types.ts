import type { Dialect } from '../../api/types'

/** An attached picture, base64 without a prefix. */
export interface Image { name: string; media_type: string; data: string }
export interface Turn { role: 'user' | 'assistant'; text: string; images: readonly Image[] }

/** What is asked, in no dialect yet. */
export interface Ask {
  model: string
  system: string
  turns: readonly Turn[]
  temperature: number | null
  max_tokens: number | null
  json: boolean
}

/** `input` has the cached ones in it, `output` those spent on reasoning. */
export interface Tokens { input: number; output: number; cached: number; reasoning: number }

/** What one event of a stream says. */
export type Piece =
  | { kind: 'text' | 'reasoning'; text: string }
  | { kind: 'tokens'; tokens: Partial<Tokens> }
  | { kind: 'end'; reason: string }
  | { kind: 'error'; message: string }

export interface Speaker {
  dialect: Dialect
  path: string
  /** Whether the dialect can be held to JSON. */
  hasJson: boolean
  body: (ask: Ask) => Record<string, unknown>
  /** Reads one event's data, parsed. */
  read: (data: unknown) => Piece[]
}

export type Json = Record<string, unknown>

export const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
/** A part of something parsed, or an empty one. */
export const inside = (value: unknown, name: string): Json => {
  const found = isJson(value) ? value[name] : undefined
  return isJson(found) ? found : {}
}
export const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')
export const countIn = (value: unknown): number => (typeof value === 'number' ? value : 0)

export const dataUrl = ({ media_type, data }: Image): string => `data:${media_type};base64,${data}`

export function said(kind: 'text' | 'reasoning', value: unknown): Piece[] {
  const text = textIn(value)
  return text === '' ? [] : [{ kind, text }]
}

/** The server's words for what went wrong, in any dialect's shape and as a problem document. */
export function errorOf(body: unknown): string | null {
  if (!isJson(body)) return null
  const { error, detail, message, title } = body
  if (isJson(error)) return textIn(error.message) || textIn(error.type) || null
  return [error, detail, message, title].map(textIn).find((text) => text !== '') ?? null
}
