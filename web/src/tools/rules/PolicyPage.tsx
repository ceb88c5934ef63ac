import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Loaded } from '@/admin/parts/Loaded'
import { Page } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { useSession } from '@/lib/session'
import { rulesQuery } from '../api/queries'
import { PolicyList } from '../policies/PolicyList'
import { Guards } from './Guards'
import { OwnRules } from './OwnRules'
import { TryCall } from './TryCall'
import { usePolicy } from './usePolicy'
import './rules.css'

/** What may be done at all: guards over commands and paths, rules over arguments, grants and limits over tools. */
export default function PolicyPage(): ReactNode {
  const t = useT('tools')
  const isAdmin = useSession((state) => state.user?.is_admin ?? false)
  return (
    <Page title={t('policy')} lead={t('policyLead')}>
      <TryCall />
      <Loaded query={useQuery(rulesQuery)}>{() => <Chosen />}</Loaded>
      <PolicyList reach="mine" />
      {isAdmin && <PolicyList reach="everyone" />}
    </Page>
  )
}

function Chosen(): ReactNode {
  const { policy, save, busy } = usePolicy()
  if (!policy) return null
  return (
    <>
      <Guards policy={policy} busy={busy} onChange={(change) => void save(change)} />
      <OwnRules policy={policy} busy={busy} onSave={(rules) => save({ rules })} />
    </>
  )
}
