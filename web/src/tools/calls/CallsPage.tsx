import type { ReactNode } from 'react'
import { Page, Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { Calls } from './Calls'
import { Health } from './Health'

/** What was called, by whom and how it went, and how the backends are doing. */
export default function CallsPage(): ReactNode {
  const t = useT('tools')
  return (
    <Page title={t('calls')} lead={t('callsLead')}>
      <Health />
      <Section title={t('lastCalls')}><Calls /></Section>
    </Page>
  )
}
