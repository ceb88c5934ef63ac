import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import Lock from 'lucide-react/icons/lock'
import { useT } from '@/i18n'
import { api, ApiError } from '@/lib/api'
import { ago } from '@/lib/format'
import type { Secret } from '@/lib/types'
import { Button, confirm, EmptyState, Field, Input, toast, toastError } from '@/ui'
import { Loaded } from '../parts/Loaded'
import { Card, Page, Section } from '../parts/Page'
import { checkSecretName } from './secretName'

const SECRETS = ['secrets'] as const

export function Secrets(): ReactNode {
  const t = useT('admin')
  const [replacing, setReplacing] = useState<string | null>(null)
  const secrets = useQuery({
    queryKey: SECRETS,
    queryFn: ({ signal }) => api.get<{ items: Secret[] }>('/my/secrets', {}, { signal }),
  })
  return (
    <Page title={t('secrets')} lead={t('secretsLead')}>
      <Loaded query={secrets}>
        {({ items }) =>
          items.length > 0 ? (
            <Card label={t('secrets')}>
              {items.map((secret) => (
                <SecretRow key={secret.name} secret={secret} onReplace={() => setReplacing(secret.name)} />
              ))}
            </Card>
          ) : (
            <EmptyState icon={<Lock size={20} />} title={t('secretsEmpty')}>
              <p>{t('secretsEmptyDetail')}</p>
            </EmptyState>
          )
        }
      </Loaded>
      <Section title={replacing ? t('secretReplace', { name: replacing }) : t('secretNew')}>
        <Card>
          <SecretForm key={replacing ?? ''} name={replacing} onDone={() => setReplacing(null)} />
        </Card>
      </Section>
    </Page>
  )
}

function SecretRow({ secret, onReplace }: { secret: Secret; onReplace: () => void }): ReactNode {
  const t = useT('admin')
  const client = useQueryClient()
  const remove = async (): Promise<void> => {
    if (
      !(await confirm({
        title: t('secretDeleteTitle', { name: secret.name }),
        detail: t('secretDeleteDetail'),
        action: t('delete'),
        danger: true,
      }))
    )
      return
    await api.delete(`/my/secrets/${encodeURIComponent(secret.name)}`)
    await client.invalidateQueries({ queryKey: SECRETS })
  }
  return (
    <div className="admin-line" role="listitem">
      <span className="mono cut">{secret.name}</span>
      <span className="grow tiny faint">{t('changedAgo', { when: ago(secret.updated_at) })}</span>
      <Button size="s" variant="ghost" onClick={onReplace}>
        {t('replace')}
      </Button>
      <Button size="s" variant="danger" onClick={() => void remove().catch(toastError)}>
        {t('delete')}
      </Button>
    </div>
  )
}

function SecretForm({ name: fixed, onDone }: { name: string | null; onDone: () => void }): ReactNode {
  const t = useT('admin')
  const client = useQueryClient()
  const [name, setName] = useState(fixed ?? '')
  const [value, setValue] = useState('')
  const [checked, setChecked] = useState(false)
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const wrongName = checkSecretName(name)
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setChecked(true)
    setRefusal(null)
    if (wrongName || value === '') return
    setBusy(true)
    try {
      await api.put(`/my/secrets/${encodeURIComponent(name.trim())}`, { value })
      await client.invalidateQueries({ queryKey: SECRETS })
      toast({ tone: 'ok', title: t('secretSaved', { name: name.trim() }) })
      setName('')
      setValue('')
      setChecked(false)
      onDone()
    } catch (error) {
      if (error instanceof ApiError && error.errors.length > 0) setRefusal(error)
      else toastError(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="admin-form" onSubmit={(event) => void save(event)} noValidate autoComplete="off">
      <div className="admin-columns">
        <Field
          label={t('name')}
          hint={t('secretNameHint')}
          error={refusal?.field('name') ?? (checked && wrongName ? t(wrongName) : undefined)}
        >
          {(control) => (
            <Input
              {...control}
              className="mono"
              value={name}
              readOnly={fixed !== null}
              onChange={(event) => setName(event.target.value)}
              spellCheck={false}
              placeholder="SERVICE_TOKEN"
            />
          )}
        </Field>
        <Field
          label={t('value')}
          hint={t('secretValueHint')}
          error={refusal?.field('value') ?? (checked && value === '' ? t('needed') : undefined)}
        >
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="new-password"
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          )}
        </Field>
      </div>
      <div className="admin-form-foot">
        {fixed !== null && <Button onClick={onDone}>{t('cancel')}</Button>}
        <Button variant="primary" type="submit" loading={busy}>
          {fixed ? t('replace') : t('secretAdd')}
        </Button>
      </div>
    </form>
  )
}
