import { lazy, Suspense, type ReactNode } from 'react'
import { load, useT } from '@/i18n'
import { Spinner } from '@/ui'
import { loadXterm } from './load'
import type { ScreenProps } from './Screen'
import './terminal.css'

const Lazy = lazy(async () => { await Promise.all([loadXterm(), load('terminal')]); return import('./Screen') })

/** A terminal of the server's; fills its parent. */
export function TerminalScreen(props: ScreenProps): ReactNode {
  const t = useT('shell')
  return <Suspense fallback={<div className="terminal-wait"><Spinner label={t('loading')} /></div>}><Lazy {...props} /></Suspense>
}

export { loadXterm } from './load'
export type { ScreenProps }
