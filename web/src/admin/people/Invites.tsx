import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useT } from '@/i18n'
import { api, ApiError } from '@/lib/api'
import { copyText } from '@/lib/clipboard'
import { dateTime } from '@/lib/format'
import type { Invite, Page as PageOf } from '@/lib/types'
import { Button, Field, Input, toast, toastError } from '@/ui'
import { Loaded } from '../parts/Loaded'
import { Once } from '../parts/Once'
import { Card } from '../parts/Page'

const INVITES = ['invites'] as const
const linkOf = (invite: Invite): string | null => (invite.link_path ? new URL(invite.link_path, location.origin).href : null)

export function Invites(): ReactNode {
  const invites = useQuery({
    queryKey: INVITES,
    queryFn: ({ signal }) => api.get<PageOf<Invite>>('/api/v1/admin/invites', { limit: 200 }, { signal }),
  })
  return (
    <Card>
      <InviteForm />
      <Loaded query={invites}>{({ items }) => items.map((invite) => <InviteRow key={invite.id} invite={invite} />)}</Loaded>
    </Card>
  )
}

function InviteRow({ invite }: { invite: Invite }): ReactNode {
  const t = useT('admin')
  const client = useQueryClient()
  const link = linkOf(invite)
  const revoke = async (): Promise<void> => {
    await api.delete(`/api/v1/admin/invites/${invite.id}`)
    await client.invalidateQueries({ queryKey: INVITES })
  }
  return (
    <div className="admin-line invite">
      <span className="cut">{invite.email ?? t('inviteAnyone')}</span>
      <span className="grow tiny faint">{t('expiresAt', { when: dateTime(invite.expires_at) })}</span>
      {link && (
        <Button
          size="s"
          variant="ghost"
          onClick={() => void copyText(link).then(() => toast({ tone: 'ok', title: t('copied') }), toastError)}
        >
          {t('copyLink')}
        </Button>
      )}
      <Button size="s" variant="danger" onClick={() => void revoke().catch(toastError)}>
        {t('revoke')}
      </Button>
    </div>
  )
}

function InviteForm(): ReactNode {
  const t = useT('admin')
  const client = useQueryClient()
  const [email, setEmail] = useState('')
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const [made, setMade] = useState<Invite | null>(null)
  const invite = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (email.trim() !== '' && !/^\S+@\S+$/.test(email.trim())) return setError(t('badEmail'))
    setBusy(true)
    try {
      setMade(await api.post<Invite>('/api/v1/admin/invites', email.trim() ? { email: email.trim() } : {}))
      setEmail('')
      await client.invalidateQueries({ queryKey: INVITES })
    } catch (cause) {
      const said = cause instanceof ApiError ? cause.field('email') : undefined
      if (said === undefined) toastError(cause)
      setError(said)
    } finally {
      setBusy(false)
    }
  }
  const link = made && linkOf(made)
  return (
    <form className="admin-form" onSubmit={(event) => void invite(event)} noValidate>
      <div className="invite-form">
        <Field label={t('email')} hint={t('inviteHint')} error={error}>
          {(control) => (
            <Input
              {...control}
              type="email"
              autoComplete="off"
              value={email}
              onChange={(event) => {
                setEmail(event.target.value)
                setError(undefined)
              }}
              placeholder="name@example.org"
            />
          )}
        </Field>
        <Button variant="primary" type="submit" loading={busy}>
          {t('inviteMake')}
        </Button>
      </div>
      {link && (
        <div className="stack">
          <p className="tiny muted">{t('inviteMade')}</p>
          <Once value={link} label={t('copyLink')} />
        </div>
      )}
    </form>
  )
}
