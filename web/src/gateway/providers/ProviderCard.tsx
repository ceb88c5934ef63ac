import { type ReactNode, useEffect, useRef, useState } from 'react'
import Ellipsis from 'lucide-react/icons/ellipsis'
import { Card } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { duration } from '@/lib/format'
import { Badge, Button, confirm, IconButton, Menu, toast, toastError } from '@/ui'
import type { Provider, ProviderTest } from '../api/types'
import { ConnectForm } from './ConnectForm'
import { useProviderActions } from './data'
import { ModelChoice } from './ModelChoice'
import { serviceOf, type Service } from './services'

const TONES = { ok: 'ok', failing: 'bad', unknown: undefined } as const

interface Props {
  provider: Provider
  services: readonly Service[]
  /** Names of the other providers. */
  taken: readonly string[]
  /** Connected a moment ago: tested at once. */
  fresh: boolean
}

export function ProviderCard({ provider, services, taken, fresh }: Props): ReactNode {
  const t = useT('gateway')
  const actions = useProviderActions()
  const { result, testing, test } = useTest(provider, fresh)
  const [editing, setEditing] = useState(false)
  const isOwn = provider.is_own ?? true
  const problem = result ? result.error : provider.status === 'failing' ? provider.last_error : null
  return (
    <Card>
      <div className="provider-head">
        <div className="grow">
          <div className="row">
            <b>{provider.name}</b>
            <Badges provider={provider} />
          </div>
          <div className="tiny muted cut">
            {serviceOf(provider, services)?.title ?? provider.type} · <span className="provider-url">{provider.base_url}</span>
          </div>
        </div>
        {result?.ok && <span className="tiny muted provider-found" role="status">{t('testOk', { time: duration(result.latency_ms), n: result.models.length })}</span>}
        {isOwn && <Button size="s" loading={testing} onClick={() => void test()}>{t('test')}</Button>}
        {isOwn && <ProviderMenu provider={provider} onEdit={() => setEditing(!editing)} />}
      </div>
      {problem && <div className="provider-problem" role="status"><b>{t('testFailed')}</b>{result && <span className="muted"> {duration(result.latency_ms)}</span>} {problem}</div>}
      {editing && (
        <ConnectForm
          provider={provider} services={services} taken={taken} onCancel={() => setEditing(false)}
          onDone={() => { setEditing(false); void test() }}
        />
      )}
      <ModelChoice
        provider={provider} isOwn={isOwn} found={result?.models ?? []} onFind={test} finding={testing}
        onChoose={async (models) => { await actions.patch(provider.id, { models }).catch(toastError) }}
      />
    </Card>
  )
}

interface Test { result: ProviderTest | null; testing: boolean; test: () => Promise<void> }

function useTest(provider: Provider, fresh: boolean): Test {
  const actions = useProviderActions()
  const [result, setResult] = useState<ProviderTest | null>(null)
  const [testing, setTesting] = useState(false)
  const test = async (): Promise<void> => {
    setTesting(true)
    setResult(await actions.test(provider.id).catch((error: unknown) => { toastError(error); return null }))
    setTesting(false)
  }
  const tested = useRef(false)
  useEffect(() => {
    if (!fresh || tested.current) return
    tested.current = true
    void test()
    // Once, when the card becomes the fresh one.
  }, [fresh])
  return { result, testing, test }
}

function Badges({ provider }: { provider: Provider }): ReactNode {
  const t = useT('gateway')
  const names = { ok: t('statusOk'), failing: t('statusFailing'), unknown: t('statusUnknown') }
  const tone = TONES[provider.status]
  const priced = Object.keys(provider.prices ?? {}).length
  return (
    <>
      <Badge {...(tone && { tone })}>{names[provider.status]}</Badge>
      {provider.is_default && <Badge tone="accent">{t('isDefault')}</Badge>}
      {provider.is_shared && <Badge title={t('sharedHint')}>{t('shared')}</Badge>}
      {provider.billing !== 'own' && <Badge>{t(`billing_${provider.billing}`)}</Badge>}
      {priced > 0 && <Badge>{t('ownPrices', { n: priced })}</Badge>}
    </>
  )
}

function ProviderMenu({ provider, onEdit }: { provider: Provider; onEdit: () => void }): ReactNode {
  const t = useT('gateway')
  const actions = useProviderActions()
  const remove = async (): Promise<void> => {
    const question = { title: t('providerDeleteTitle', { name: provider.name }), detail: t('providerDeleteDetail'), action: t('delete'), danger: true }
    if (!(await confirm(question))) return
    await actions.remove(provider.id)
    toast({ tone: 'ok', title: t('providerDeleted', { name: provider.name }) })
  }
  return (
    <Menu
      label={t('actionsFor', { name: provider.name })} align="end"
      trigger={(props) => <IconButton {...props} size="s" label={t('actionsFor', { name: provider.name })} icon={<Ellipsis size={16} />} />}
      items={[
        { id: 'edit', label: t('edit'), onSelect: onEdit },
        { id: 'default', label: t('makeDefault'), disabled: provider.is_default, onSelect: () => void actions.patch(provider.id, { is_default: true }).catch(toastError) },
        { id: 'line', line: true },
        { id: 'delete', label: t('delete'), danger: true, onSelect: () => void remove().catch(toastError) },
      ]}
    />
  )
}
