import { useEffect, useRef, useState } from 'react'
import { ApiError } from '@/lib/api'
import { keys, useRefresh } from '../api/queries'
import { callTool, type Result } from '../api/tools'

type Args = Record<string, unknown>
export type TryState =
  | { kind: 'none' }
  | { kind: 'busy'; since: number }
  | { kind: 'waiting'; approval_id: string; args: Args }
  | { kind: 'done'; result: Result }
  | { kind: 'refused'; error: ApiError | Error }

export interface Try {
  state: TryState
  run: (args: Args) => Promise<void>
  /** Stops waiting for the answer. */
  stop: () => void
}

/** One call at a time: its answer, or that a person must decide first. */
export function useTry(name: string): Try {
  const [state, setState] = useState<TryState>({ kind: 'none' })
  const refresh = useRefresh()
  const running = useRef<AbortController | null>(null)
  useEffect(() => () => running.current?.abort(), [])
  const run = async (args: Args): Promise<void> => {
    running.current?.abort()
    const control = new AbortController()
    running.current = control
    setState({ kind: 'busy', since: Date.now() })
    const next = await outcome(name, args, control.signal)
    if (control.signal.aborted) return
    setState(next)
    await refresh(keys.calls, keys.tools, keys.health)
  }
  const stop = () => { running.current?.abort(); setState({ kind: 'none' }) }
  return { state, run, stop }
}

async function outcome(name: string, args: Args, signal: AbortSignal): Promise<TryState> {
  try {
    const result = await callTool(name, args, signal)
    return result.status === 'waiting' && result.approval_id !== null ? { kind: 'waiting', approval_id: result.approval_id, args } : { kind: 'done', result }
  } catch (error) {
    return { kind: 'refused', error: error instanceof Error ? error : new Error(String(error)) }
  }
}
