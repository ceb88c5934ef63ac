import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import CalendarClock from 'lucide-react/icons/calendar-clock'
import Plus from 'lucide-react/icons/plus'
import { Loaded } from '@/admin/parts/Loaded'
import { useT } from '@/i18n'
import { Button, EmptyState } from '@/ui'
import { schedulesQuery } from '../api/queries'
import type { Schedule } from '../api/types'
import { ScheduleEditor } from './ScheduleEditor'
import { ScheduleRow } from './ScheduleRow'

/** What the team is asked again and again, and when. */
export default function SchedulesPage(): ReactNode {
  const t = useT('runs')
  const [edited, setEdited] = useState<Schedule | 'new' | null>(null)
  const add = <Button variant="primary" icon={<Plus size={15} />} onClick={() => setEdited('new')}>{t('newSchedule')}</Button>
  return (
    <div className="runs-page">
      <h1 className="sr-only">{t('schedules')}</h1>
      <Loaded query={useQuery(schedulesQuery)}>
        {(items) => (items.length === 0
          ? <EmptyState icon={<CalendarClock size={20} />} title={t('noSchedules')} actions={add}><p>{t('noSchedulesText')}</p></EmptyState>
          : (
            <>
              <div className="narrow"><p className="small muted grow">{t('schedulesLead')}</p>{add}</div>
              <div className="schedules" role="list" aria-label={t('schedules')}>{items.map((schedule) => <ScheduleRow key={schedule.id} schedule={schedule} onEdit={() => setEdited(schedule)} />)}</div>
            </>
          ))}
      </Loaded>
      {edited !== null && <ScheduleEditor schedule={edited === 'new' ? undefined : edited} onClose={() => setEdited(null)} />}
    </div>
  )
}
