import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Package from 'lucide-react/icons/package-open'
import Plus from 'lucide-react/icons/plus'
import { Loaded } from '@/admin/parts/Loaded'
import { Card, Page, Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { Button, EmptyState } from '@/ui'
import type { Bundle } from '../api/bundles'
import { bundlesQuery } from '../api/queries'
import { BundleCard } from './BundleCard'
import { BundleEditor } from './BundleEditor'
import { ConnectClient } from './ConnectClient'
import './bundles.css'

/** Everything under one address, or a chosen part of it under an address and tokens of its own. */
export default function Bundles(): ReactNode {
  const t = useT('servers')
  const query = useQuery(bundlesQuery)
  const [edited, setEdited] = useState<Bundle | 'new' | null>(null)
  const taken = (query.data ?? []).filter((item) => item !== edited).map((item) => item.name)
  const make = <Button icon={<Plus size={15} />} onClick={() => setEdited('new')}>{t('bundleNew')}</Button>
  return (
    <Page title={t('connect')} lead={t('bundlesLead')}>
      <Section title={t('connectClient')} lead={t('connectClientLead')}><ConnectClient bundle={null} token={null} /></Section>
      <Section title={t('bundles')} lead={t('bundlesSectionLead')} actions={make}>
        <Loaded query={query}>
          {(items) => (items.length === 0
            ? <Card><EmptyState icon={<Package size={20} />} title={t('bundlesEmpty')} actions={make}><p>{t('bundlesEmptyDetail')}</p></EmptyState></Card>
            : <div className="stack">{items.map((bundle) => <BundleCard key={bundle.id} bundle={bundle} onEdit={() => setEdited(bundle)} />)}</div>)}
        </Loaded>
      </Section>
      {edited !== null && <BundleEditor bundle={edited === 'new' ? undefined : edited} taken={taken} onClose={() => setEdited(null)} />}
    </Page>
  )
}
