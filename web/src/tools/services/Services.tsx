import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Package from 'lucide-react/icons/package'
import Plus from 'lucide-react/icons/plus'
import { Loaded } from '@/admin/parts/Loaded'
import { Card, Page } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { Link, Navigate, useParams, useSearch } from '@/lib/router'
import { Badge, Button, EmptyState } from '@/ui'
import { servicesQuery } from '../api/queries'
import type { Service } from '../api/services'
import { Dot } from '../parts/Dot'
import { breakerTones } from '../parts/tones'
import { ServiceEditor } from './ServiceEditor'
import { ServicePage } from './ServicePage'
import './services.css'

/** HTTP services behind the gateway: all of them, or one by itself. */
export default function Services(): ReactNode {
  const { _splat: path = '' } = useParams()
  const { name } = useSearch()
  const id = path.split('/')[1]
  return <Loaded query={useQuery(servicesQuery)}>{(items) => <Found items={items} id={id} name={name} />}</Loaded>
}

function Found({ items, id, name }: { items: readonly Service[]; id: string | undefined; name: string | undefined }): ReactNode {
  const named = name === undefined ? undefined : items.find((item) => item.name === name)
  if (named) return <Navigate to={`/tools/services/${named.id}`} replace />
  if (id !== undefined) return <ServicePage key={id} id={id} items={items} />
  return <List items={items} />
}

function List({ items }: { items: readonly Service[] }): ReactNode {
  const t = useT('services')
  const [adding, setAdding] = useState(false)
  const add = <Button variant="primary" icon={<Plus size={15} />} onClick={() => setAdding(true)}>{t('addService')}</Button>
  return (
    <Page title={t('services')} lead={t('servicesLead')} actions={add}>
      {items.length === 0
        ? <Card><EmptyState icon={<Package size={20} />} title={t('servicesEmpty')} actions={add}><p>{t('servicesEmptyDetail')}</p></EmptyState></Card>
        : <Card label={t('services')}>{items.map((service) => <Row key={service.id} service={service} />)}</Card>}
      {adding && <ServiceEditor taken={items.map((item) => item.name)} onClose={() => setAdding(false)} />}
    </Page>
  )
}

function Row({ service }: { service: Service }): ReactNode {
  const t = useT('services')
  const { state } = service
  return (
    <div className="service-row" role="listitem">
      <div className="row service-line">
        <Dot tone={breakerTones[state]} label={t(`breaker_${state}`)} />
        <Link className="service-name cut" to={`/tools/services/${service.id}`}><b>{service.title || service.name}</b>{service.title !== '' && service.title !== service.name && <span className="mono muted"> {service.name}</span>}</Link>
        {service.is_inside && <Badge title={t('builtinHint')}>{t('builtin')}</Badge>}
        {service.is_shared && !service.is_inside && <Badge title={t('sharedHint')}>{t('shared')}</Badge>}
        <span className="grow" />
        <span className="tiny muted nowrap">{t('operationsCount', { n: service.operations })}</span>
      </div>
      <code className="mono tiny muted service-url">{service.base_url ?? `/svc/${service.name}/`}</code>
      {service.last_error !== null && state !== 'closed' && <div className="tiny tone-bad service-url">{service.last_error}</div>}
    </div>
  )
}
