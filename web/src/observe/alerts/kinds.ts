export const KINDS = ['error_rate', 'event_match', 'stuck_agent', 'budget_burn', 'slow_query', 'queue_overflow'] as const
export type Kind = (typeof KINDS)[number]

/** Kinds that look at the whole server. */
export const ADMIN_KINDS: readonly Kind[] = ['slow_query', 'queue_overflow']
