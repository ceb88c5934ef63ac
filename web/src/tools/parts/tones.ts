import type { ServerState } from '../api/servers'
import type { BreakerState, CallStatus } from '../api/tools'
import type { Tone } from './Dot'

export const breakerTones: Record<BreakerState, Tone> = { closed: 'ok', open: 'bad', half_open: 'warn' }
export const serverTones: Record<ServerState, Tone> = { idle: 'none', starting: 'busy', ready: 'ok', unavailable: 'bad', quarantined: 'warn' }
/** The colour of a badge for how a call ended; a good end needs none. */
export const callTones: Record<CallStatus | 'running', 'ok' | 'warn' | 'bad' | 'accent' | undefined> = { ok: 'ok', failed: 'bad', denied: 'warn', cancelled: undefined, waiting: 'warn', running: 'accent' }
