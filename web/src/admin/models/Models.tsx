import { type ReactNode, useState } from 'react'
import Plus from 'lucide-react/icons/plus'
import { useT } from '@/i18n'
import type { Provider } from '@/lib/types'
import { Button } from '@/ui'
import { Loaded } from '../parts/Loaded'
import { Card, Page, Section } from '../parts/Page'
import { ConnectForm } from './ConnectForm'
import { useProviders } from './data'
import { DefaultModel } from './DefaultModel'
import { ProviderCard } from './ProviderCard'
import './models.css'

export function Models(): ReactNode {
  const t = useT('admin')
  const providers = useProviders()
  return (
    <Page title={t('models')} lead={t('modelsLead')}>
      <Loaded query={providers}>{(items) => <Providers providers={items} />}</Loaded>
    </Page>
  )
}

function Providers({ providers }: { providers: Provider[] }): ReactNode {
  const t = useT('admin')
  const [connecting, setConnecting] = useState(false)
  const [fresh, setFresh] = useState<string | null>(null)
  const empty = providers.length === 0
  return (
    <>
      {empty && <OfflineNotice />}
      {(connecting || empty) && (
        <Section title={t('connect')} lead={t('connectLead')}>
          <Card>
            <ConnectForm
              taken={providers.map((provider) => provider.name)}
              onDone={(provider) => {
                setFresh(provider.id)
                setConnecting(false)
              }}
              {...(!empty && { onCancel: () => setConnecting(false) })}
            />
          </Card>
        </Section>
      )}
      {!empty && (
        <>
          <DefaultModel />
          <Section
            title={t('providers')}
            actions={
              !connecting && (
                <Button icon={<Plus size={15} />} onClick={() => setConnecting(true)}>
                  {t('connect')}
                </Button>
              )
            }
          >
            {providers.map((provider) => (
              <ProviderCard
                key={provider.id}
                provider={provider}
                taken={providers.filter((other) => other !== provider).map((other) => other.name)}
                fresh={provider.id === fresh}
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
  const t = useT('admin')
  return (
    <div className="notice offline-notice">
      <h2>{t('offlineTitle')}</h2>
      <p className="muted">{t('offlineDetail')}</p>
      <p className="muted">{t('offlineWay')}</p>
    </div>
  )
}
