import { useEffect, useState } from 'react'
import { Link, useSearch } from '@/lib/router'
import { useT } from '@/i18n'
import { EmptyState, Field, Input } from '@/ui'
import { AuthForm } from './AuthForm'
import { AuthFrame } from './AuthFrame'
import { useSetup } from './useSetup'

export default function Register() {
  return <AuthFrame><RegisterForm /></AuthFrame>
}

function RegisterForm() {
  const t = useT('auth')
  const search = useSearch()
  const [invite, setInvite] = useState(search.invite ?? '')
  const registration = useSetup().data?.registration
  useEffect(() => { document.title = `${t('register')} · Entourage` }, [t])
  const signIn = <Link to="/signin">{t('signIn')}</Link>
  if (registration === 'closed' && invite === '') return <EmptyState title={t('closed')} actions={signIn} />
  return (
    <AuthForm
      title={t('register')} lead={t('registerLead')} action={t('register')} path="/api/v1/auth/register" isNew next={search.next}
      {...(invite !== '' ? { extra: { invite } } : {})} footer={<p className="auth-other">{t('haveAccount')} {signIn}</p>}
    >
      {(error) => (registration !== 'open' || search.invite !== undefined) && (
        <Field label={t('invite')} hint={t('inviteHint')} error={error?.field('invite')}>
          {(control) => <Input {...control} required={registration === 'invite'} value={invite} onChange={(event) => setInvite(event.target.value.trim())} />}
        </Field>
      )}
    </AuthForm>
  )
}
