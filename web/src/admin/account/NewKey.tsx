import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useT } from '@/i18n'
import { api, ApiError } from '@/lib/api'
import type { NewApiKey } from '@/lib/types'
import { Button, Dialog, Field, Input, Select, toastError } from '@/ui'
import { Once } from '../parts/Once'

/** Under this name the list of keys is kept. */
export const KEYS = ['keys'] as const

const DAYS = [30, 90, 365]
/** What a key may do, by the scopes it gets. */
const SCOPES = { all: ['read', 'write'], read: ['read'], ingest: ['ingest'] }
type Reach = keyof typeof SCOPES

/** Asks for a key's name, reach and life; shows the key itself once. */
export function NewKey({ onClose }: { onClose: () => void }): ReactNode {
  const t = useT('admin')
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [days, setDays] = useState('90')
  const [reach, setReach] = useState<Reach>('all')
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const [made, setMade] = useState<NewApiKey | null>(null)
  const create = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (name.trim() === '') return setError(t('needed'))
    setBusy(true)
    try {
      setMade(
        await api.post<NewApiKey>('/my/keys', {
          name: name.trim(),
          scopes: SCOPES[reach],
          ...(days && { expires_in_days: Number(days) }),
        }),
      )
      await client.invalidateQueries({ queryKey: KEYS })
    } catch (cause) {
      const said = cause instanceof ApiError ? cause.field('name') : undefined
      if (said === undefined) toastError(cause)
      setError(said)
    } finally {
      setBusy(false)
    }
  }
  if (made) {
    return (
      <Dialog
        open
        size="m"
        onClose={onClose}
        title={t('keyMade', { name: made.name })}
        description={t('keyOnce')}
        footer={
          <Button variant="primary" onClick={onClose}>
            {t('keyKeptSafe')}
          </Button>
        }
      >
        <Once value={made.key} label={t('key')} />
        <pre
          className="key-example"
          tabIndex={0}
          role="region"
          aria-label="curl"
        >{`curl -H "Authorization: Bearer $KEY" ${location.origin}/my/chat`}</pre>
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      size="s"
      onClose={onClose}
      title={t('keyNew')}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button variant="primary" type="submit" form="new-key" loading={busy}>
            {t('create')}
          </Button>
        </>
      }
    >
      <form id="new-key" className="stack" onSubmit={(event) => void create(event)} noValidate>
        <Field label={t('name')} hint={t('keyNameHint')} error={error}>
          {(control) => (
            <Input
              {...control}
              autoFocus
              value={name}
              onChange={(event) => {
                setName(event.target.value)
                setError(undefined)
              }}
            />
          )}
        </Field>
        <Field label={t('keyReach')}>
          {(control) => (
            <Select
              {...control}
              value={reach}
              onChange={(value) => setReach(value as Reach)}
              options={[
                { value: 'all', label: t('keyAll') },
                { value: 'read', label: t('keyRead') },
                { value: 'ingest', label: t('keyIngest') },
              ]}
            />
          )}
        </Field>
        <Field label={t('expires')}>
          {(control) => (
            <Select
              {...control}
              value={days}
              onChange={setDays}
              options={[
                ...DAYS.map((item) => ({ value: String(item), label: t('inDays', { n: item }) })),
                { value: '', label: t('never') },
              ]}
            />
          )}
        </Field>
      </form>
    </Dialog>
  )
}
