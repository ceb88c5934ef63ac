import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Camera from 'lucide-react/icons/camera'
import Clock from 'lucide-react/icons/clock'
import Globe from 'lucide-react/icons/globe'
import Pause from 'lucide-react/icons/pause'
import Play from 'lucide-react/icons/play'
import Square from 'lucide-react/icons/square'
import { useT } from '@/i18n'
import { ago, bytes, duration, money, number } from '@/lib/format'
import { Sparkline } from '@/observe/performance/Sparkline'
import { Badge, confirm, IconButton, toast, toastError } from '@/ui'
import { sandboxes } from '../api/calls'
import { keys, metricsQuery, useRefresh } from '../api/queries'
import type { Metrics, Sandbox } from '../api/types'
import { NetworkDialog } from './NetworkDialog'
import { useHistory } from './useHistory'

const more_seconds = 3600

/** One sandbox: what it takes of the machine, and what can be done with it. */
export function SandboxCard({ sandbox }: { sandbox: Sandbox }): ReactNode {
  const t = useT('workspaces')
  const refresh = useRefresh()
  const [isNetwork, setNetwork] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const metrics = useQuery(metricsQuery(sandbox.id, sandbox.status === 'running')).data ?? sandbox.metrics
  const isPaused = sandbox.status === 'paused'
  const act = async (run: () => Promise<unknown>) => {
    setBusy(true)
    try { await run() } catch (error) { toastError(error) }
    await refresh(keys.sandboxes, keys.terminals)
    setBusy(false)
  }
  const kill = async () => {
    if (await confirm({ title: t('killTitle'), detail: t('killText'), action: t('kill'), danger: true })) await act(() => sandboxes.kill(sandbox.id))
  }
  const keep = async () => {
    const snapshot = await sandboxes.keep(sandbox.id)
    await refresh(keys.snapshots)
    toast({ tone: 'ok', title: t('snapshotTaken', { size: bytes(snapshot.size_bytes) }) })
  }
  const { allow } = sandbox.network
  return (
    <article className="ws-sandbox" data-status={sandbox.status} aria-label={t('sandboxOf', { id: sandbox.id.slice(-6) })}>
      <header>
        <b className="small mono">{sandbox.id.slice(-6)}</b>
        <Badge tone={isPaused ? 'warn' : 'ok'}>{t(`status_${sandbox.status}`)}</Badge>
        <span className="grow" />
        <IconButton size="s" disabled={isBusy} label={t(isPaused ? 'resume' : 'pause')} icon={isPaused ? <Play size={14} /> : <Pause size={14} />} onClick={() => void act(() => sandboxes.act(sandbox.id, isPaused ? 'resume' : 'pause'))} />
        {!isPaused && <IconButton size="s" disabled={isBusy} label={t('takeSnapshot')} icon={<Camera size={14} />} onClick={() => void act(keep)} />}
        <IconButton size="s" disabled={isBusy} label={t('extend')} icon={<Clock size={14} />} onClick={() => void act(() => sandboxes.extend(sandbox.id, more_seconds))} />
        <IconButton size="s" disabled={isBusy} label={t('kill')} icon={<Square size={13} fill="currentColor" />} onClick={() => void kill()} />
      </header>
      {sandbox.files_only && <p className="tiny muted">{t('filesOnly')}</p>}
      {metrics && <Figures metrics={metrics} />}
      <dl>
        <div><dt>{t('backend')}</dt><dd>{sandbox.backend}</dd></div>
        <div><dt>{t('time')}</dt><dd>{duration(sandbox.seconds * 1000)}</dd></div>
        <div><dt>{t('cost')}</dt><dd>{money(sandbox.cost_usd)}</dd></div>
        {sandbox.expires_at !== null && <div><dt>{t('ends')}</dt><dd>{ago(sandbox.expires_at)}</dd></div>}
      </dl>
      <button type="button" className="ws-network" onClick={() => setNetwork(true)}><Globe size={13} aria-hidden /><span className="cut">{allow.length === 0 ? t('networkNone') : allow.includes('*') ? t('networkAll') : t('networkSome', { hosts: allow.join(', ') })}</span></button>
      {isNetwork && <NetworkDialog sandbox={sandbox} onClose={() => setNetwork(false)} />}
    </article>
  )
}

function Figures({ metrics }: { metrics: Metrics }): ReactNode {
  const t = useT('workspaces')
  const history = useHistory(metrics, (now) => now.cpu_percent)
  return (
    <div className="ws-figures">
      <div className="ws-figure"><span>{t('cpu')}</span><Sparkline values={history} /><b>{number(metrics.cpu_percent, 0)} %</b></div>
      <Share label={t('memory')} used={metrics.memory_bytes} most={metrics.memory_limit_bytes} />
      <Share label={t('disk')} used={metrics.disk_bytes} most={metrics.disk_limit_bytes} />
      <div className="ws-figure"><span>{t('processes')}</span><span /><b>{number(metrics.processes)}</b></div>
    </div>
  )
}

function Share({ label, used, most }: { label: string; used: number; most: number }): ReactNode {
  const t = useT('workspaces')
  return <div className="ws-figure"><span>{label}</span><meter min={0} max={Math.max(1, most)} value={used} aria-label={label} /><b title={t('usageShort', { used: bytes(used), quota: bytes(most) })}>{bytes(used)}</b></div>
}
