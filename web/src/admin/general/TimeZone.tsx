import type { ReactNode } from 'react'
import { language, useT } from '@/i18n'
import { Button, Select } from '@/ui'
import { Setting } from '../parts/Page'

const own = Intl.DateTimeFormat().resolvedOptions().timeZone

/** Every zone the browser knows, the one in use and UTC always among them. */
export function timeZones(chosen: string): string[] {
  return [...new Set(['UTC', chosen, own, ...Intl.supportedValuesOf('timeZone')])].filter(Boolean).sort()
}

function nowIn(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat(language(), { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(new Date())
  } catch {
    return ''
  }
}

export function TimeZone({ value, onChange }: { value: string; onChange: (zone: string) => void }): ReactNode {
  const t = useT('admin')
  return (
    <Setting label={t('timeZone')} hint={t('timeZoneNow', { now: nowIn(value) })} htmlFor="time-zone">
      {value !== own && (
        <Button size="s" variant="ghost" onClick={() => onChange(own)}>
          {t('timeZoneOwn', { zone: own })}
        </Button>
      )}
      <Select
        id="time-zone"
        value={value}
        onChange={onChange}
        options={timeZones(value).map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))}
      />
    </Setting>
  )
}
