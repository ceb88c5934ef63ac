import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Play from 'lucide-react/icons/play'
import Trash from 'lucide-react/icons/trash-2'
import { useT } from '@/i18n'
import { bytes, dateTime } from '@/lib/format'
import { confirm, IconButton, toastError } from '@/ui'
import { sandboxes } from '../api/calls'
import { keys, snapshotsQuery, useRefresh } from '../api/queries'
import type { Snapshot } from '../api/types'

/** Files that were kept of sandboxes, to begin others from. Nothing is shown where there are none. */
export function Snapshots(): ReactNode {
  const t = useT('workspaces')
  const { data: snapshots = [] } = useQuery(snapshotsQuery)
  if (snapshots.length === 0) return null
  return (
    <section className="ws-sandbox-group" aria-label={t('snapshots')}>
      <h2>{t('snapshots')}</h2>
      <ul className="ws-snapshots">{snapshots.map((snapshot) => <Row key={snapshot.id} snapshot={snapshot} />)}</ul>
    </section>
  )
}

function Row({ snapshot }: { snapshot: Snapshot }): ReactNode {
  const t = useT('workspaces')
  const refresh = useRefresh()
  const [isBusy, setBusy] = useState(false)
  const act = async (run: () => Promise<unknown>) => {
    setBusy(true)
    try { await run() } catch (error) { toastError(error) }
    await refresh(keys.sandboxes, keys.snapshots)
    setBusy(false)
  }
  const forget = async () => {
    if (await confirm({ title: t('forgetSnapshotTitle'), detail: t('forgetSnapshotText'), action: t('forgetSnapshot'), danger: true })) await act(() => sandboxes.forget(snapshot.id))
  }
  return (
    <li>
      <div>
        <span className="cut">{snapshot.name ?? t('snapshotOf', { id: snapshot.sandbox_id.slice(-6) })}</span>
        <span className="tiny muted cut">{bytes(snapshot.size_bytes)}, {dateTime(snapshot.created_at)}</span>
      </div>
      <IconButton size="s" disabled={isBusy} label={t('beginFromSnapshot')} icon={<Play size={14} />} onClick={() => void act(() => sandboxes.create({ snapshot_id: snapshot.id }))} />
      <IconButton size="s" disabled={isBusy} label={t('forgetSnapshot')} icon={<Trash size={14} />} onClick={() => void forget()} />
    </li>
  )
}
