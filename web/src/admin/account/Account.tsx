import { type FormEvent, type ReactNode, useState } from 'react'
import LogOut from 'lucide-react/icons/log-out'
import { useT } from '@/i18n'
import { api, ApiError } from '@/lib/api'
import { dateTime } from '@/lib/format'
import { adopt, signOut, useSession } from '@/lib/session'
import type { Tokens } from '@/lib/types'
import { Badge, Button, Field, Input, toast, toastError } from '@/ui'
import { Card, Page, Section, Setting } from '../parts/Page'
import { checkPassword, type PasswordForm } from './password'

export function Account(): ReactNode {
  const t = useT('admin')
  const user = useSession((state) => state.user)
  return (
    <Page title={t('account')}>
      {user && (
        <Card>
          <Setting label={t('fullName')}>
            <span className="small">{user.full_name}</span>
            {user.is_admin && <Badge tone="accent">{t('administrator')}</Badge>}
          </Setting>
          <Setting label={t('email')}>
            <span className="small">{user.email}</span>
          </Setting>
          <Setting label={t('memberSince')}>
            <span className="small muted">{dateTime(user.created_at)}</span>
          </Setting>
          <Setting label={t('signedIn')} hint={t('signedInHint')}>
            <Button icon={<LogOut size={15} />} onClick={() => void signOut()}>
              {t('signOut')}
            </Button>
          </Setting>
        </Card>
      )}
      <Section title={t('password')} lead={t('passwordLead')}>
        <Card>
          <PasswordChange email={user?.email ?? ''} />
        </Card>
      </Section>
    </Page>
  )
}

/** A refusal of the present password comes as 403 without naming the field. */
function refused(refusal: ApiError | null, name: keyof PasswordForm): string | undefined {
  if (refusal?.status === 403) return name === 'current_password' ? refusal.detail : undefined
  return refusal?.field(name)
}

const EMPTY: PasswordForm = { current_password: '', new_password: '', again: '' }

function PasswordChange({ email }: { email: string }): ReactNode {
  const t = useT('admin')
  const [form, setForm] = useState(EMPTY)
  const [checked, setChecked] = useState(false)
  const [refusal, setRefusal] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const mistakes = checked ? checkPassword(form) : {}
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setChecked(true)
    setRefusal(null)
    if (Object.keys(checkPassword(form)).length > 0) return
    setBusy(true)
    try {
      adopt(
        await api.post<Tokens>('/api/v1/auth/password', {
          current_password: form.current_password,
          new_password: form.new_password,
        }),
      )
      setForm(EMPTY)
      setChecked(false)
      toast({ tone: 'ok', title: t('passwordChanged'), detail: t('passwordChangedDetail') })
    } catch (error) {
      if (error instanceof ApiError && (error.errors.length > 0 || error.status === 403)) setRefusal(error)
      else toastError(error)
    } finally {
      setBusy(false)
    }
  }
  const field = (name: keyof PasswordForm, label: string, autoComplete: string, hint?: string): ReactNode => (
    <Field label={label} hint={hint} error={refused(refusal, name) ?? (mistakes[name] && t(mistakes[name]))}>
      {(control) => (
        <Input
          {...control}
          type="password"
          autoComplete={autoComplete}
          value={form[name]}
          onChange={(event) => setForm({ ...form, [name]: event.target.value })}
        />
      )}
    </Field>
  )
  return (
    <form className="admin-form" onSubmit={(event) => void submit(event)} noValidate>
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      {field('current_password', t('passwordNow'), 'current-password')}
      <div className="admin-columns">
        {field('new_password', t('passwordNew'), 'new-password', t('passwordHint'))}
        {field('again', t('passwordAgain'), 'new-password')}
      </div>
      <div className="admin-form-foot">
        <Button variant="primary" type="submit" loading={busy}>
          {t('passwordChange')}
        </Button>
      </div>
    </form>
  )
}
