/** How a call's end is coloured; what the caller stopped is no fault. */
export const call_tones = { ok: 'ok', failed: 'bad', cut: 'warn', cancelled: undefined } as const
