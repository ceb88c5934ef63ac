import { type ReactNode, useState } from 'react'
import { useQueries } from '@tanstack/react-query'
import Plus from 'lucide-react/icons/plus'
import { Card, Page, Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { Button, ErrorState, Spinner } from '@/ui'
import { Aliases } from '../aliases/Aliases'
import type { Provider } from '../api/types'
import { ConnectClient } from '../connect/ConnectClient'
import { Health } from '../health/Health'
import { ConnectForm } from '../providers/ConnectForm'
import { kindsQuery, providersQuery } from '../providers/data'
import { DefaultModel } from '../providers/DefaultModel'
import { ProviderCard } from '../providers/ProviderCard'
import { servicesOf, type Service } from '../providers/services'
import '../providers/providers.css'

/** What agents and other programs think with: providers, names for several models, how they are doing. */
export default function Models(): ReactNode {
  const t = useT('gateway')
  const [providers, kinds] = useQueries({ queries: [providersQuery, kindsQuery] })
  const failed = [providers, kinds].find((query) => query.isError && query.data === undefined)
  return (
    <Page title={t('models')} lead={t('modelsLead')}>
      {failed ? <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
        : providers.data && kinds.data ? <Loaded providers={providers.data} services={servicesOf(kinds.data)} />
          : <div className="admin-wait"><Spinner label={t('loading')} /></div>}
    </Page>
  )
}

interface Props { providers: Provider[]; services: Service[] }

function Loaded({ providers, services }: Props): ReactNode {
  const isEmpty = providers.length === 0
  return (
    <>
      {isEmpty && <OfflineNotice />}
      <Providers providers={providers} services={services} />
      {!isEmpty && <Aliases providers={providers} />}
      {!isEmpty && <Health />}
      <ConnectClient />
    </>
  )
}

function Providers({ providers, services }: Props): ReactNode {
  const t = useT('gateway')
  const [connecting, setConnecting] = useState(false)
  const [fresh, setFresh] = useState<string | null>(null)
  const isEmpty = providers.length === 0
  const taken = providers.map((provider) => provider.name)
  const connected = (provider: Provider): void => {
    setFresh(provider.id)
    setConnecting(false)
  }
  return (
    <>
      {(connecting || isEmpty) && (
        <Section title={t('connect')} lead={t('connectLead')}>
          <Card><ConnectForm services={services} taken={taken} onDone={connected} {...(!isEmpty && { onCancel: () => setConnecting(false) })} /></Card>
        </Section>
      )}
      {!isEmpty && (
        <>
          <DefaultModel />
          <Section
            title={t('providers')}
            actions={!connecting && <Button icon={<Plus size={15} />} onClick={() => setConnecting(true)}>{t('connect')}</Button>}
          >
            {providers.map((provider) => (
              <ProviderCard
                key={provider.id} provider={provider} services={services} fresh={provider.id === fresh}
                taken={taken.filter((name) => name !== provider.name)}
              />
            ))}
          </Section>
        </>
      )}
    </>
  )
}

/** What one has without any provider, in plain words. */
function OfflineNotice(): ReactNode {
  const t = useT('gateway')
  return (
    <div className="notice offline-notice">
      <h2>{t('offlineTitle')}</h2>
      <p className="muted">{t('offlineDetail')}</p>
      <p className="muted">{t('offlineWay')}</p>
    </div>
  )
}
