import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { ago } from '@/lib/format'
import { Field, Select } from '@/ui'
import { fetchSessions } from '../api/calls'
import { keys } from '../api/queries'
import { everything } from '../filters/filters'

const words = 56

/** Chooses one of the latest sessions, as `source/id`. */
export function SessionPicker({ label, value, onChange }: { label: string; value: string; onChange: (of: string) => void }): ReactNode {
  const t = useT('observe')
  const list = useQuery({ queryKey: [...keys.sessions, 'latest'], queryFn: ({ signal }) => fetchSessions(everything, { status: null, project: '', cursor: null }, signal) }).data?.items ?? []
  const options = list.map((session) => ({
    value: `${session.source}/${session.id}`, label: `${(session.title || session.last_summary || session.id).slice(0, words)} · ${session.source} · ${ago(session.last_at)}`,
  }))
  const isListed = value === '' || options.some((option) => option.value === value)
  return (
    <Field label={label}>
      {(control) => <Select {...control} value={value} onChange={onChange} options={[{ value: '', label: t('chooseSession') }, ...(isListed ? [] : [{ value, label: value }]), ...options]} />}
    </Field>
  )
}
