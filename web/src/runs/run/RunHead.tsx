import { lazy, Suspense, useState, type ReactNode } from 'react'
import ArrowLeft from 'lucide-react/icons/arrow-left'
import Ellipsis from 'lucide-react/icons/ellipsis'
import GitCompare from 'lucide-react/icons/git-compare'
import GitFork from 'lucide-react/icons/git-fork'
import OctagonPause from 'lucide-react/icons/octagon-pause'
import Pause from 'lucide-react/icons/pause'
import Play from 'lucide-react/icons/play'
import RotateCcw from 'lucide-react/icons/rotate-ccw'
import Square from 'lucide-react/icons/square'
import { useQueryClient } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { Link, useNavigate } from '@/lib/router'
import { Button, confirm, IconButton, Menu, type MenuEntry } from '@/ui'
import { runs } from '../api/calls'
import { keys } from '../api/queries'
import type { Run } from '../api/types'
import { canRetry, isGoing } from '../parts/facts'
import { Status } from '../parts/Status'
import { useAct } from '../parts/useAct'

const ForkDialog = lazy(() => import('./ForkDialog'))

/** The name of a run, how it stands, and what can be done with it. */
export function RunHead({ run, title }: { run: Run; title: string }): ReactNode {
  const t = useT('runs')
  return (
    <header className="run-head">
      <Link to="/runs" className="icon-btn icon-btn-s" aria-label={t('toRuns')} data-tip={t('toRuns')}><ArrowLeft size={16} /></Link>
      <h1 className="cut">{title}</h1>
      <Status status={run.status} dead={run.dead} />
      <span className="grow" />
      <Acts run={run} />
    </header>
  )
}

type Act = 'pause' | 'interrupt' | 'resume' | 'cancel' | 'retry'

function Acts({ run }: { run: Run }): ReactNode {
  const t = useT('runs')
  const client = useQueryClient()
  const navigate = useNavigate()
  const [forking, setForking] = useState(false)
  const { busy, act } = useAct<Act>()
  const door = (name: Act, work: () => Promise<unknown>) => void act(name, async () => { await work(); await Promise.all([client.invalidateQueries({ queryKey: keys.run(run.id) }), client.invalidateQueries({ queryKey: keys.lists })]) })
  const cancel = async () => { if (await confirm({ title: t('cancelTitle'), detail: t('cancelText'), action: t('cancelRun'), danger: true })) door('cancel', () => runs.cancel(run.id)) }
  const going = isGoing(run)
  const isPaused = run.status === 'paused'
  const items: MenuEntry[] = [
    ...(going && !isPaused ? [{ id: 'interrupt', label: t('interrupt'), icon: <OctagonPause size={15} />, onSelect: () => door('interrupt', () => runs.pause(run.id, 'interrupt')) }] : []),
    { id: 'fork', label: t('forkRun'), icon: <GitFork size={15} />, onSelect: () => setForking(true) },
    { id: 'compare', label: t('compareWith'), icon: <GitCompare size={15} />, onSelect: () => void navigate({ to: '/runs/compare', search: { a: run.id, b: run.forked_from ?? undefined } }) },
    ...(going ? [{ id: 'line', line: true as const }, { id: 'cancel', label: t('cancelRun'), icon: <Square size={15} />, danger: true, onSelect: () => void cancel() }] : []),
  ]
  return (
    <div className="row run-acts">
      {going && !isPaused && <Button icon={<Pause size={14} />} loading={busy === 'pause'} onClick={() => door('pause', () => runs.pause(run.id, 'pause'))}>{t('pause')}</Button>}
      {isPaused && <Button variant="primary" icon={<Play size={14} />} loading={busy === 'resume'} onClick={() => door('resume', () => runs.resume(run.id))}>{t('resume')}</Button>}
      {canRetry(run) && <Button variant="primary" icon={<RotateCcw size={14} />} loading={busy === 'retry'} onClick={() => door('retry', () => runs.retry(run))}>{t('retry')}</Button>}
      <Menu label={t('actions')} align="end" items={items} trigger={(props) => <IconButton {...props} label={t('actions')} icon={<Ellipsis size={17} />} />} />
      {forking && <Suspense><ForkDialog runId={run.id} onClose={() => setForking(false)} /></Suspense>}
    </div>
  )
}
