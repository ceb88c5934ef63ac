import { useState, type FormEvent, type ReactNode } from 'react'
import { Card, Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { Button, Field, Input } from '@/ui'
import type { MemorySettings, SettingsChange } from '../api/types'
import { rangeOf, wholeIn } from './whole'

type Cap = 'max_memories' | 'keep_interactions_days'
const caps: readonly Cap[] = ['max_memories', 'keep_interactions_days']

/** How much is kept and how long; what is past it goes, the least useful first. */
export function Keeping({ settings, onSave }: { settings: MemorySettings; onSave: (change: SettingsChange) => Promise<void> }): ReactNode {
  const t = useT('memory')
  const [typed, setTyped] = useState<Partial<Record<Cap, string>>>({})
  const shown = (cap: Cap) => typed[cap] ?? String(settings[cap])
  const wrong = (cap: Cap) => (wholeIn(shown(cap), rangeOf[cap]) === null ? t('between', { least: rangeOf[cap][0], most: rangeOf[cap][1] }) : undefined)
  const isChanged = caps.some((cap) => shown(cap) !== String(settings[cap]))
  const save = (event: FormEvent) => {
    event.preventDefault()
    const change = Object.fromEntries(caps.map((cap) => [cap, wholeIn(shown(cap), rangeOf[cap])]))
    if (Object.values(change).some((value) => value === null)) return
    void onSave(change as SettingsChange).then(() => setTyped({}))
  }
  return (
    <Section title={t('keeping')} lead={t('keepingLead')}>
      <Card>
        <form className="keeping" noValidate onSubmit={save}>
          {caps.map((cap) => <Field key={cap} label={t(cap)} error={wrong(cap)}>{(control) => <Input {...control} inputMode="numeric" value={shown(cap)} onChange={(event) => setTyped({ ...typed, [cap]: event.target.value })} />}</Field>)}
          <Button type="submit" variant="primary" disabled={!isChanged || caps.some((cap) => wrong(cap) !== undefined)}>{t('save')}</Button>
        </form>
      </Card>
    </Section>
  )
}
