/** What goes through a terminal's socket as text; output and input go as bytes. Offsets count output bytes from its start. */
export type ServerFrame =
  | { type: 'hello'; start: number; offset: number; rows: number; cols: number; viewers: number; writable: boolean }
  | { type: 'resized'; rows: number; cols: number }
  | { type: 'viewers'; count: number }
  | { type: 'gap'; from: number; to: number }
  | { type: 'exit'; code: number }
  | { type: 'error'; title: string; detail: string }
  | { type: 'pong' }

export type ClientFrame = { type: 'ack'; offset: number } | { type: 'resize'; rows: number; cols: number }
export type Hello = Extract<ServerFrame, { type: 'hello' }>
