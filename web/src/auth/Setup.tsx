import { useEffect } from 'react'
import { Link, useSearch } from '@/lib/router'
import { useT } from '@/i18n'
import { EmptyState } from '@/ui'
import { AuthForm } from './AuthForm'
import { AuthFrame } from './AuthFrame'

export default function Setup() {
  return <AuthFrame><SetupForm /></AuthFrame>
}

function SetupForm() {
  const t = useT('auth')
  const { token } = useSearch()
  useEffect(() => { document.title = `${t('setup')} · Entourage` }, [t])
  if (!token) return <EmptyState title={t('noToken')} actions={<Link className="btn" to="/signin">{t('signIn')}</Link>}><p>{t('noTokenDetail')}</p></EmptyState>
  return <AuthForm title={t('setup')} lead={t('setupLead')} action={t('setupDo')} path="/api/v1/auth/setup" extra={{ token }} isNew />
}
