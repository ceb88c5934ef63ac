import type { ReactNode } from 'react'
import { languages, useT } from '@/i18n'
import { chooseLanguage } from '@/shell/choices'
import { Logo } from '@/shell/Logo'
import { Toaster } from '@/ui/toast'
import { TooltipHost } from '@/ui/Tooltip'
import './auth.css'

/** The frame of the screens for people who are not signed in. */
export function AuthFrame({ children }: { children: ReactNode }) {
  const t = useT('shell')
  return (
    <div className="auth">
      <main className="auth-card">
        <div className="auth-brand"><Logo size={26} /><span>Entourage</span></div>
        {children}
      </main>
      <nav className="auth-foot" aria-label={t('language')}>
        {languages.map(({ id, name }) => <button key={id} type="button" lang={id} aria-pressed={document.documentElement.lang === id} onClick={() => void chooseLanguage(id)}>{name}</button>)}
      </nav>
      <Toaster />
      <TooltipHost />
    </div>
  )
}
