import { useState, type ReactNode, type SubmitEvent } from 'react'
import { useNavigate } from '@/lib/router'
import { useT } from '@/i18n'
import { ApiError, request } from '@/lib/http'
import { adopt } from '@/lib/session'
import type { Tokens } from '@/lib/types'
import { Button, Field, Input } from '@/ui'
import { PasswordInput } from './PasswordInput'

interface AuthFormProps {
  title: string
  lead: string
  action: string
  path: string
  /** Further members of the request. */
  extra?: Record<string, string>
  isNew: boolean
  next?: string | undefined
  children?: (error: ApiError | null) => ReactNode
  footer?: ReactNode
}

const shortest_password = 10

/** The one form behind sign-in, registration and set-up: they differ in the name field and the address. */
export function AuthForm({ title, lead, action, path, extra, isNew, next, children, footer }: AuthFormProps) {
  const t = useT('auth')
  const navigate = useNavigate()
  const [form, setForm] = useState({ email: '', password: '', full_name: '' })
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError | null>(null)
  const set = (name: keyof typeof form) => (value: string) => setForm((old) => ({ ...old, [name]: value }))
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    const { full_name, ...rest } = form
    const body = JSON.stringify({ ...rest, ...(isNew ? { full_name } : {}), ...extra, cookie: true })
    try {
      const answer = await request(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      adopt(await answer.json() as Tokens)
      await navigate({ to: next?.startsWith('/') && !next.startsWith('//') ? next : '/' })
    } catch (cause) {
      setError(cause instanceof ApiError ? cause : new ApiError({ title: String(cause) }, 0))
      setBusy(false)
    }
  }
  return (
    <form className="auth-form" onSubmit={(event) => void submit(event)}>
      <div>
        <h1>{title}</h1>
        <p className="auth-lead">{lead}</p>
      </div>
      {error && error.errors.length === 0 && <div className="notice notice-bad" role="alert"><b>{error.title}</b>{error.detail !== '' && ` ${error.detail}`}{error.hint !== undefined && <p className="muted">{error.hint}</p>}</div>}
      {isNew && (
        <Field label={t('fullName')} error={error?.field('full_name')}>
          {(control) => <Input {...control} required maxLength={120} autoComplete="name" autoFocus value={form.full_name} onChange={(event) => set('full_name')(event.target.value)} />}
        </Field>
      )}
      <Field label={t('email')} error={error?.field('email')}>
        {(control) => <Input {...control} type="email" required autoComplete="username" autoFocus={!isNew} value={form.email} onChange={(event) => set('email')(event.target.value)} />}
      </Field>
      <Field label={t('password')} error={error?.field('password')} {...(isNew ? { hint: t('passwordHint', { n: shortest_password }) } : {})}>
        {(control) => <PasswordInput {...control} autoComplete={isNew ? 'new-password' : 'current-password'} value={form.password} onChange={set('password')} />}
      </Field>
      {children?.(error)}
      <Button variant="primary" type="submit" loading={busy}>{action}</Button>
      {footer}
    </form>
  )
}
