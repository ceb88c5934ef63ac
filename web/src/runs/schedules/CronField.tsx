import type { ReactNode } from 'react'
import { language, useT } from '@/i18n'
import { Field, Input } from '@/ui'
import { nextTimes, parseCron } from './cron'
import { isZone, presets } from './form'
import { wordsOf } from './words'

const shown_times = 3

/** A cron line with what it means in plain words, and the next times at which it comes. */
export function CronField({ cron, timezone, error, onChange }: { cron: string; timezone: string; error: string | undefined; onChange: (cron: string) => void }): ReactNode {
  const t = useT('runs')
  const read = parseCron(cron)
  return (
    <div className="cron">
      <Field label={t('when')} hint={t('cronHint')} error={error}>
        {(control) => <Input {...control} className="mono" value={cron} autoComplete="off" spellCheck={false} onChange={(event) => onChange(event.target.value)} />}
      </Field>
      <div className="picks" role="group" aria-label={t('examples')}>
        {presets.map((preset) => { const known = parseCron(preset); return <button key={preset} type="button" className="pick" aria-pressed={preset === cron} onClick={() => onChange(preset)}>{known && wordsOf(known, t, language())}</button> })}
      </div>
      <div className="cron-read" role="status">
        {read ? <><b>{wordsOf(read, t, language())}</b>{isZone(timezone) && <Next times={nextTimes(read, timezone, Date.now(), shown_times)} zone={timezone} />}</> : <span className="muted">{t('badCron')}</span>}
      </div>
    </div>
  )
}

function Next({ times, zone }: { times: readonly Date[]; zone: string }): ReactNode {
  const t = useT('runs')
  if (times.length === 0) return <p className="tone-warn small">{t('neverComes')}</p>
  const format = new Intl.DateTimeFormat(language(), { timeZone: zone, weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
  return <ol className="cron-next" aria-label={t('nextTimes')}>{times.map((time) => <li key={time.getTime()} className="tabular">{format.format(time)}</li>)}</ol>
}
