import { useEffect } from 'react'
import { Link, useSearch } from '@/lib/router'
import { useT } from '@/i18n'
import { AuthForm } from './AuthForm'
import { AuthFrame } from './AuthFrame'
import { useSetup } from './useSetup'

export default function SignIn() {
  return <AuthFrame><SignInForm /></AuthFrame>
}

function SignInForm() {
  const t = useT('auth')
  const { next } = useSearch()
  const setup = useSetup()
  useEffect(() => { document.title = `${t('signIn')} · Entourage` }, [t])
  const footer = setup.data?.registration === 'open'
    ? <p className="auth-other">{t('noAccount')} <Link to="/register" search={{ next }}>{t('register')}</Link></p>
    : null
  return (
    <>
      {setup.isError && <div className="notice notice-bad" role="alert"><b>{t('noServer')}</b><p className="muted">{t('noServerDetail')}</p></div>}
      {setup.data?.needs_admin && <div className="notice notice-warn" role="status">{t('needsSetup')}</div>}
      <AuthForm title={t('signIn')} lead={t('signInLead')} action={t('signIn')} path="/api/v1/auth/login" isNew={false} next={next} footer={footer} />
    </>
  )
}
