import type { ApiKey } from '@/lib/types'

/** A key that an application sends its events with. */
export interface IngestKey extends ApiKey { app?: string | null }

/** Under this name the list of keys is kept, here as in the settings. */
export const KEYS = ['keys'] as const
