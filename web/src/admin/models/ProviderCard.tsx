import { type ReactNode, useEffect, useRef, useState } from 'react'
import Ellipsis from 'lucide-react/icons/ellipsis'
import { useT } from '@/i18n'
import { duration } from '@/lib/format'
import type { Provider, ProviderTest } from '@/lib/types'
import { Badge, Button, confirm, IconButton, Menu, toast, toastError } from '@/ui'
import { Card } from '../parts/Page'
import { ConnectForm } from './ConnectForm'
import { useProviderActions } from './data'
import { ModelChoice } from './ModelChoice'
import { presetOf } from './form'

const TONES = { ok: 'ok', failing: 'bad', unknown: undefined } as const

interface Props {
  provider: Provider
  /** Names of the other providers. */
  taken: readonly string[]
  /** Connected a moment ago: tested at once. */
  fresh: boolean
}

export function ProviderCard({ provider, taken, fresh }: Props): ReactNode {
  const t = useT('admin')
  const actions = useProviderActions()
  const [result, setResult] = useState<ProviderTest | null>(null)
  const [testing, setTesting] = useState(false)
  const [editing, setEditing] = useState(false)
  const test = async (): Promise<void> => {
    setTesting(true)
    setResult(
      await actions.test(provider.id).catch((error: unknown) => {
        toastError(error)
        return null
      }),
    )
    setTesting(false)
  }
  const tested = useRef(false)
  useEffect(() => {
    if (!fresh || tested.current) return
    tested.current = true
    void test()
    // Once, when the card becomes the fresh one.
  }, [fresh])
  const names = { ok: t('statusOk'), failing: t('statusFailing'), unknown: t('statusUnknown') }
  const problem = result ? result.error : provider.status === 'failing' ? provider.last_error : null
  return (
    <Card>
      <div className="provider-head">
        <div className="grow">
          <div className="row">
            <b>{provider.name}</b>
            <Badge {...(TONES[provider.status] && { tone: TONES[provider.status] })}>{names[provider.status]}</Badge>
            {provider.is_default && <Badge tone="accent">{t('isDefault')}</Badge>}
          </div>
          <div className="tiny muted cut">
            {presetOf(provider).label ?? t(provider.type.startsWith('anthropic') ? 'anthropicCompatible' : 'openaiCompatible')} ·{' '}
            <span className="provider-url">{provider.base_url}</span>
          </div>
        </div>
        {result?.ok && (
          <span className="tiny muted provider-found">
            {t('testOk', { time: duration(result.latency_ms), n: result.models.length })}
          </span>
        )}
        <Button size="s" loading={testing} onClick={() => void test()}>
          {t('test')}
        </Button>
        <ProviderMenu provider={provider} onEdit={() => setEditing(!editing)} />
      </div>
      {problem && (
        <div className="provider-problem" role="status">
          <b>{t('testFailed')}</b> {problem}
        </div>
      )}
      {editing && (
        <ConnectForm
          provider={provider}
          taken={taken}
          onCancel={() => setEditing(false)}
          onDone={() => {
            setEditing(false)
            void test()
          }}
        />
      )}
      <ModelChoice
        provider={provider}
        found={result?.models ?? []}
        onFind={test}
        finding={testing}
        onChoose={async (models) => {
          await actions.patch(provider.id, { models }).catch(toastError)
        }}
      />
    </Card>
  )
}

function ProviderMenu({ provider, onEdit }: { provider: Provider; onEdit: () => void }): ReactNode {
  const t = useT('admin')
  const actions = useProviderActions()
  const remove = async (): Promise<void> => {
    if (
      !(await confirm({
        title: t('providerDeleteTitle', { name: provider.name }),
        detail: t('providerDeleteDetail'),
        action: t('delete'),
        danger: true,
      }))
    )
      return
    await actions.remove(provider.id)
    toast({ tone: 'ok', title: t('providerDeleted', { name: provider.name }) })
  }
  return (
    <Menu
      label={t('actions')}
      align="end"
      trigger={(props) => <IconButton {...props} size="s" label={t('actions')} icon={<Ellipsis size={16} />} />}
      items={[
        { id: 'edit', label: t('edit'), onSelect: onEdit },
        {
          id: 'default',
          label: t('makeDefault'),
          disabled: provider.is_default,
          onSelect: () => void actions.patch(provider.id, { is_default: true }).catch(toastError),
        },
        { id: 'line', line: true },
        { id: 'delete', label: t('delete'), danger: true, onSelect: () => void remove().catch(toastError) },
      ]}
    />
  )
}
