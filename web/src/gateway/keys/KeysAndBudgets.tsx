import { type ReactNode, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import KeyRound from 'lucide-react/icons/key-round'
import Plus from 'lucide-react/icons/plus'
import { Loaded } from '@/admin/parts/Loaded'
import { Card, Page, Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { useSession } from '@/lib/session'
import { Button, EmptyState } from '@/ui'
import { keysQuery } from '../api/queries'
import type { GatewayKey } from '../api/types'
import { Budgets } from '../budgets/Budgets'
import { KeyEditor } from './KeyEditor'
import { KeyRow } from './KeyRow'
import './keys.css'

/** Who may use the gateway from outside, and how much anybody may spend. */
export default function KeysAndBudgets(): ReactNode {
  const t = useT('gateway')
  const isAdmin = useSession((state) => state.user?.is_admin ?? false)
  return (
    <Page title={t('keysAndBudgets')} lead={t('keysLead')}>
      <Keys />
      <Budgets reach="mine" />
      {isAdmin && <Budgets reach="everyone" />}
    </Page>
  )
}

function Keys(): ReactNode {
  const t = useT('gateway')
  const query = useQuery(keysQuery)
  const [edited, setEdited] = useState<GatewayKey | 'new' | null>(null)
  return (
    <Section
      title={t('keys')} lead={t('keysSectionLead')}
      actions={<Button variant="primary" icon={<Plus size={15} />} onClick={() => setEdited('new')}>{t('keyNew')}</Button>}
    >
      <Loaded query={query}>
        {(items) => (items.length === 0
          ? <Card><EmptyState icon={<KeyRound size={20} />} title={t('keysEmpty')}><p>{t('keysEmptyDetail')}</p></EmptyState></Card>
          : <Card>{items.map((key) => <KeyRow key={key.id} item={key} onEdit={() => setEdited(key)} />)}</Card>)}
      </Loaded>
      {edited !== null && <KeyEditor item={edited === 'new' ? undefined : edited} onClose={() => setEdited(null)} />}
    </Section>
  )
}
