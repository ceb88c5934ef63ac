import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Box from 'lucide-react/icons/box'
import Plus from 'lucide-react/icons/plus'
import { useT } from '@/i18n'
import { Loaded } from '@/admin/parts/Loaded'
import { Button, EmptyState, toastError } from '@/ui'
import { sandboxes } from '../api/calls'
import { keys, sandboxesQuery, useRefresh } from '../api/queries'
import type { Sandbox } from '../api/types'
import { useDesk } from '../open/context'
import { SandboxCard } from './SandboxCard'
import { Snapshots } from './Snapshots'
import './sandboxes.css'

/** The sandboxes in which programs run, this workspace's first; with what they take, as they take it. */
export default function SandboxesPanel(): ReactNode {
  const t = useT('workspaces')
  const { desk, canWrite } = useDesk()
  const query = useQuery(sandboxesQuery)
  const refresh = useRefresh()
  const [isBusy, setBusy] = useState(false)
  const start = async () => {
    setBusy(true)
    try { await sandboxes.create({ workspace_id: desk.id }) } catch (error) { toastError(error) }
    await refresh(keys.sandboxes)
    setBusy(false)
  }
  const startButton = canWrite && <Button size="s" loading={isBusy} icon={<Plus size={14} />} onClick={() => void start()}>{t('startSandbox')}</Button>
  return (
    <Loaded query={query}>
      {(all) => {
        const alive = all.filter(({ status }) => status !== 'ended')
        const [here, elsewhere] = [alive.filter((one) => one.workspace_id === desk.id), alive.filter((one) => one.workspace_id !== desk.id)]
        if (alive.length === 0) return <EmptyState icon={<Box size={20} />} title={t('noSandboxes')} actions={startButton}><p>{t('noSandboxesText')}</p></EmptyState>
        return (
          <div className="ws-panel">
            <Group title={t('sandboxesHere')} items={here} />
            {here.length === 0 && <p className="small muted">{t('noneHere')}</p>}
            {startButton && <div>{startButton}</div>}
            <Group title={t('sandboxesElsewhere')} items={elsewhere} />
            <Snapshots />
          </div>
        )
      }}
    </Loaded>
  )
}

function Group({ title, items }: { title: string; items: Sandbox[] }): ReactNode {
  if (items.length === 0) return null
  return <section className="ws-sandbox-group" aria-label={title}><h2>{title}</h2>{items.map((item) => <SandboxCard key={item.id} sandbox={item} />)}</section>
}
