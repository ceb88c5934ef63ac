import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import ArrowLeft from 'lucide-react/icons/arrow-left'
import RefreshCw from 'lucide-react/icons/refresh-cw'
import { Loaded } from '@/admin/parts/Loaded'
import { Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { Link, navigate } from '@/lib/router'
import { Badge, Button, confirm, EmptyState, Input, Table, toast, toastError } from '@/ui'
import { Snippet } from '@/ui/Snippet'
import { keys, operationsQuery, useRefresh } from '../api/queries'
import { services, type Operation, type Service } from '../api/services'
import { Dot } from '../parts/Dot'
import { breakerTones } from '../parts/tones'
import { Analytics } from './Analytics'
import { ServiceEditor } from './ServiceEditor'

/** One service: its address here, how it is used, and what it can do. */
export function ServicePage({ id, items }: { id: string; items: readonly Service[] }): ReactNode {
  const t = useT('services')
  const [editing, setEditing] = useState(false)
  const service = items.find((item) => item.id === id)
  if (!service) return <EmptyState title={t('serviceGone')} actions={<Link className="btn" to="/tools/services">{t('services')}</Link>} />
  return (
    <article className="admin-page" aria-label={service.name}>
      <Head service={service} onEdit={() => setEditing(true)} />
      <Analytics id={service.id} />
      <Operations service={service} />
      {editing && <ServiceEditor service={service} taken={items.filter((item) => item.id !== id).map((item) => item.name)} onClose={() => setEditing(false)} />}
    </article>
  )
}

function Head({ service, onEdit }: { service: Service; onEdit: () => void }): ReactNode {
  const t = useT('services')
  const refresh = useRefresh()
  const mayChange = !service.is_inside && service.is_own
  const { state } = service
  const [busy, setBusy] = useState(false)
  const again = async (): Promise<void> => {
    setBusy(true)
    try {
      await services.refresh(service.id)
      await refresh(keys.services, keys.tools)
      toast({ tone: 'ok', title: t('refreshed', { name: service.name }) })
    } catch (error) { toastError(error) }
    setBusy(false)
  }
  const remove = async (): Promise<void> => {
    if (!(await confirm({ title: t('deleteTitle', { name: service.name }), detail: t('deleteDetail'), action: t('delete'), danger: true }))) return
    await services.remove(service.id)
    await refresh(keys.services, keys.tools)
    await navigate({ to: '/tools/services' })
  }
  return (
    <header className="server-head">
      <Link to="/tools/services" className="btn btn-s"><ArrowLeft size={14} aria-hidden />{t('services')}</Link>
      <div className="row server-title service-title">
        <Dot tone={breakerTones[state]} label={t(`breaker_${state}`)} />
        <h2 className="cut">{service.title || service.name}</h2>
        {service.is_inside && <Badge title={t('builtinHint')}>{t('builtin')}</Badge>}
        {state !== 'closed' && <Badge tone={state === 'open' ? 'bad' : 'warn'}>{t(`breaker_${state}`)}</Badge>}
        <span className="grow" />
        {mayChange && <Button size="s" icon={<RefreshCw size={13} />} loading={busy} onClick={() => void again()}>{t('refresh')}</Button>}
        {mayChange && <Button size="s" onClick={onEdit}>{t('edit')}</Button>}
        {mayChange && <Button size="s" variant="danger" onClick={() => void remove().catch(toastError)}>{t('delete')}</Button>}
      </div>
      {service.base_url !== null && <code className="mono tiny muted service-url">{service.base_url}</code>}
      {service.last_error !== null && state !== 'closed' && <div className="notice notice-bad">{service.last_error}</div>}
      <Snippet label={t('addressHere')} text={`${location.origin}/svc/${service.name}/`} />
      <Facts service={service} />
    </header>
  )
}

function Facts({ service }: { service: Service }): ReactNode {
  const t = useT('services')
  const facts: [string, string][] = [
    [t('auth'), t(`auth_${service.auth.kind}`)], [t('field_timeout_seconds'), String(service.timeout_seconds)], [t('field_retries'), String(service.retries)],
    [t('field_rps'), service.rps === null ? '—' : String(service.rps)], [t('field_quota_per_day'), service.quota_per_day === null ? '—' : String(service.quota_per_day)],
    [t('allow'), service.allow.length === 0 ? t('allowAll') : service.allow.join(', ')],
  ]
  return <dl className="facts">{facts.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>
}

function Operations({ service }: { service: Service }): ReactNode {
  const t = useT('services')
  const [typed, setTyped] = useState('')
  return (
    <Section title={t('operations')} lead={t('operationsLead')}>
      <Loaded query={useQuery(operationsQuery(service.id))}>
        {(items) => (items.length === 0
          ? <p className="small muted">{t('operationsEmpty')}</p>
          : (
            <>
              {items.length > 8 && <Input type="search" aria-label={t('findOperation')} placeholder={t('findOperation')} value={typed} onChange={(event) => setTyped(event.target.value)} />}
              <OperationTable items={items.filter((item) => `${item.method} ${item.path} ${item.title} ${item.tool}`.toLowerCase().includes(typed.toLowerCase()))} />
            </>
          ))}
      </Loaded>
      {service.skipped.length > 0 && <details className="more-fields"><summary>{t('skipped', { n: service.skipped.length })}</summary><ul className="small muted">{service.skipped.map((line) => <li key={line}>{line}</li>)}</ul></details>}
    </Section>
  )
}

function OperationTable({ items }: { items: readonly Operation[] }): ReactNode {
  const t = useT('services')
  return (
    <Table
      label={t('operations')} rows={items} rowKey={(item) => item.id}
      columns={[
        { id: 'method', label: t('method'), cell: (item) => <code className={`mono method method-${item.method.toLowerCase()}`}>{item.method.toUpperCase()}</code> },
        { id: 'path', label: t('path'), cell: (item) => <code className="mono">{item.path}</code> },
        { id: 'summary', label: t('summary'), cell: (item) => <span className="muted">{item.title}</span> },
        { id: 'tool', label: t('tool'), cell: (item) => <Link className="mono nowrap" to="/tools/catalogue" search={{ tool: item.tool }}>{item.tool}</Link> },
      ]}
    />
  )
}
