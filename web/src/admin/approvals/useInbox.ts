import { useEffect, useState } from 'react'
import { useT } from '@/i18n'
import type { Approval, Decision } from '@/lib/types'
import { toast, toastError } from '@/ui'
import { useDecide } from './data'
import { useInboxKeys } from './useInboxKeys'

export interface Inbox {
  busy: ReadonlySet<string>
  ticked: ReadonlySet<string>
  tickable: readonly string[]
  /** Those of the ticked ones that still wait. */
  chosen: readonly string[]
  active: string | null
  editing: string | null
  focus: (id: string) => void
  edit: (id: string | null) => void
  tick: (id: string) => void
  tickAll: (on: boolean) => void
  decide: (ids: readonly string[], decision: Decision) => Promise<void>
}

/** Which card the keys are for, which are selected, which are being decided. */
export function useInbox(items: readonly Approval[]): Inbox {
  const t = useT('admin')
  const send = useDecide()
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set())
  const [wanted, setWanted] = useState<{ id: string | null; at: number }>({ id: null, at: 0 })
  const [editing, setEditing] = useState<string | null>(null)
  const ids = items.map((item) => item.id)
  // The card that took the place of a decided one is next.
  const active = wanted.id !== null && ids.includes(wanted.id) ? wanted.id : (ids[Math.min(wanted.at, ids.length - 1)] ?? null)
  const tickable = items.filter((item) => item.kind === 'approval').map((item) => item.id)
  const focus = (id: string) => { if (id !== wanted.id) setWanted({ id, at: ids.indexOf(id) }) }
  const tick = (id: string) => {
    const next = new Set(ticked)
    if (!next.delete(id)) next.add(id)
    setTicked(next)
  }
  const decide = async (chosen: readonly string[], decision: Decision): Promise<void> => {
    setBusy(new Set(chosen))
    try {
      const { late } = await send(chosen, decision)
      if (late > 0) toast({ title: t('decidedLate', { n: late }) })
      setTicked(new Set([...ticked].filter((id) => !chosen.includes(id))))
      setEditing(null)
    } catch (error) {
      toastError(error)
    } finally {
      setBusy(new Set())
    }
  }
  useInboxKeys({
    move: (step) => {
      const to = Math.max(0, Math.min(ids.length - 1, ids.indexOf(active ?? '') + (wanted.id === null && step > 0 ? 0 : step)))
      const id = ids[to]
      if (id !== undefined) { setWanted({ id, at: to }); document.getElementById(`approval-${id}`)?.focus() }
    },
    approve: () => act({ decision: 'approve' }),
    deny: () => act({ decision: 'deny' }),
    edit: () => { if (active !== null && tickable.includes(active)) setEditing(active) },
    tick: () => { if (active !== null && tickable.length > 1 && tickable.includes(active)) tick(active) },
  })
  const act = (decision: Decision) => { if (wanted.id !== null && active !== null && tickable.includes(active) && !busy.has(active) && editing !== active) void decide([active], decision) }
  useEffect(() => { if (editing !== null && !ids.includes(editing)) setEditing(null) })
  return {
    busy, ticked, tickable, chosen: tickable.filter((id) => ticked.has(id)), active: wanted.id === null ? null : active, editing, focus, edit: setEditing, tick, decide,
    tickAll: (on) => setTicked(new Set(on ? tickable : [])),
  }
}
