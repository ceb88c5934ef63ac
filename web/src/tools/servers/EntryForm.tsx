import { useState, type FormEvent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { Badge, Field, Input, Spinner, toastError } from '@/ui'
import { servers, type Entry, type Server } from '../api/servers'
import { freeName, joined } from './form'
import { SecretInput } from './SecretInput'

interface Props { id: string; entry: Entry; taken: readonly string[]; onDone: (server: Server) => void }

/** What a ready-made server still needs: a name, and the values that only the person knows. */
export function EntryForm({ id, entry, taken, onDone }: Props): ReactNode {
  const t = useT('servers')
  const [name, setName] = useState(() => freeName(entry.id, taken))
  const [values, setValues] = useState<Record<string, string>>(() => Object.fromEntries(entry.needs.map((need) => [need.name, ''])))
  const [checked, setChecked] = useState(false)
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const missing = entry.needs.filter((need) => need.required && (values[need.name] ?? '').trim() === '').map((need) => need.name)
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setChecked(true)
    if (missing.length > 0 || name === '' || busy) return
    setBusy(true)
    try {
      onDone(await servers.create({ name, entry: entry.id, values: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')) }))
    } catch (error) {
      if (error instanceof ApiError && error.errors.length > 0) setRefusal(error)
      else toastError(error)
      setBusy(false)
    }
  }
  return (
    <form id={id} className="stack" noValidate onSubmit={(event) => void save(event)}>
      <Field label={t('name')} hint={t('nameHint')} error={refusal?.field('name') ?? (checked && name === '' ? t('needed') : undefined)}>
        {(control) => <Input {...control} className="mono" value={name} autoComplete="off" spellCheck={false} onChange={(event) => setName(event.target.value)} />}
      </Field>
      {entry.needs.map((need) => (
        <Field key={need.name} label={need.required ? need.label : t('optionalOf', { label: need.label })} hint={need.secret ? t('secretHint') : undefined} error={refusal?.field(need.name) ?? (checked && missing.includes(need.name) ? t('needed') : undefined)}>
          {(control) => (need.secret
            ? <SecretInput control={control} value={values[need.name] ?? ''} onChange={(value) => setValues({ ...values, [need.name]: value })} />
            : <Input {...control} className="mono" value={values[need.name] ?? ''} placeholder={need.placeholder} autoComplete="off" spellCheck={false} onChange={(event) => setValues({ ...values, [need.name]: event.target.value })} />)}
        </Field>
      ))}
      <dl className="pairs">
        <div><dt>{entry.command === '' ? t('address') : t('command')}</dt><dd><code className="mono">{entry.command === '' ? entry.url : joined([entry.command, ...entry.args])}</code></dd></div>
        {entry.tried_version !== '' && <div><dt>{t('triedVersion')}</dt><dd><Badge>{entry.tried_version}</Badge></dd></div>}
        {entry.docs !== '' && <div><dt>{t('docs')}</dt><dd><a href={entry.docs} target="_blank" rel="noreferrer">{entry.docs}</a></dd></div>}
      </dl>
      {busy && <p className="small muted row" role="status"><Spinner label={t('adding')} />{t('adding')}</p>}
    </form>
  )
}
