import type { ReactNode } from 'react'
import Ellipsis from 'lucide-react/icons/ellipsis'
import Pause from 'lucide-react/icons/pause'
import Pencil from 'lucide-react/icons/pencil'
import Play from 'lucide-react/icons/play'
import Trash from 'lucide-react/icons/trash-2'
import { AgentName } from '@/admin/parts/AgentName'
import { language, useT } from '@/i18n'
import { ago, dateTime } from '@/lib/format'
import { Link } from '@/lib/router'
import { Badge, Button, confirm, IconButton, Menu, toast } from '@/ui'
import { schedules } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import type { Schedule } from '../api/types'
import { Status } from '../parts/Status'
import { useAct } from '../parts/useAct'
import { parseCron } from './cron'
import { wordsOf } from './words'

/** One schedule: what it asks, when, how it went last, and when it comes next. */
export function ScheduleRow({ schedule, onEdit }: { schedule: Schedule; onEdit: () => void }): ReactNode {
  const t = useT('runs')
  const refresh = useRefresh()
  const { busy, act } = useAct<'run' | 'status' | 'remove'>()
  const isPaused = schedule.status === 'paused'
  const after = (name: 'run' | 'status' | 'remove', work: () => Promise<unknown>) => void act(name, async () => { await work(); await refresh(keys.schedules) })
  const runNow = () => after('run', async () => { await schedules.run(schedule.id); toast({ tone: 'ok', title: t('scheduleStarted', { name: schedule.name }) }) })
  const remove = async () => { if (await confirm({ title: t('scheduleDelete', { name: schedule.name }), detail: t('scheduleDeleteText'), action: t('delete'), danger: true })) after('remove', () => schedules.remove(schedule.id)) }
  return (
    <div className="schedule" role="listitem" data-paused={isPaused || undefined}>
      <div className="schedule-main">
        <div className="row schedule-name"><b>{schedule.name}</b>{isPaused && <Badge tone="warn">{t('qPaused')}</Badge>}{schedule.agent !== null && <AgentName name={schedule.agent} />}</div>
        <p className="small muted cut">{schedule.text}</p>
        <p className="tiny"><When schedule={schedule} /></p>
        {schedule.error !== null && schedule.error !== undefined && <p className="tiny tone-bad">{schedule.error}</p>}
        <p className="tiny muted"><Last schedule={schedule} /></p>
      </div>
      <div className="row">
        <Button size="s" icon={<Play size={13} />} loading={busy === 'run'} onClick={runNow}>{t('runNow')}</Button>
        <Menu
          label={t('actions')} align="end" trigger={(props) => <IconButton size="s" {...props} label={t('actionsOf', { name: schedule.name })} icon={<Ellipsis size={16} />} />}
          items={[
            { id: 'edit', label: t('edit'), icon: <Pencil size={14} />, onSelect: onEdit },
            { id: 'pause', label: isPaused ? t('resume') : t('pause'), icon: isPaused ? <Play size={14} /> : <Pause size={14} />, onSelect: () => after('status', () => schedules.change(schedule, { status: isPaused ? 'active' : 'paused' })) },
            { id: 'line', line: true },
            { id: 'delete', label: t('delete'), icon: <Trash size={14} />, danger: true, onSelect: () => void remove() },
          ]}
        />
      </div>
    </div>
  )
}

function When({ schedule: { cron: line, timezone, next_at, status } }: { schedule: Schedule }): ReactNode {
  const t = useT('runs')
  const cron = parseCron(line)
  return (
    <>
      {cron ? wordsOf(cron, t, language()) : <span className="mono">{line}</span>} <span className="muted">({timezone})</span>
      {next_at !== null && status === 'active' && <span className="muted"> · {t('nextAt', { when: dateTime(next_at) })}</span>}
    </>
  )
}

function Last({ schedule: { last_at, last_run_id, last_status } }: { schedule: Schedule }): ReactNode {
  const t = useT('runs')
  if (last_at === null) return t('neverRan')
  return <span className="row">{t('lastRan', { when: ago(last_at) })} {last_status !== null && <Status status={last_status} />} {last_run_id !== null && <Link to={`/runs/${last_run_id}`}>{t('openRun')}</Link>}</span>
}
