import { useState, type ReactNode } from 'react'
import Ellipsis from 'lucide-react/icons/ellipsis'
import { useT } from '@/i18n'
import { Badge, Button, confirm, IconButton, Menu, toast, toastError } from '@/ui'
import { Snippet } from '@/ui/Snippet'
import { bundles, type Bundle } from '../api/bundles'
import { keys, useRefresh } from '../api/queries'
import { ConnectClient } from './ConnectClient'
import { Tokens } from './Tokens'

/** One bundle: what it lets in, its address, its tokens, and how a client is connected. */
export function BundleCard({ bundle, onEdit }: { bundle: Bundle; onEdit: () => void }): ReactNode {
  const t = useT('servers')
  const [connecting, setConnecting] = useState(false)
  const isOwn = bundle.is_own
  return (
    <article className="admin-card bundle" aria-label={bundle.name}>
      <header className="bundle-head">
        <b className="cut">{bundle.title || bundle.name}</b>
        {bundle.title !== '' && bundle.title !== bundle.name && <code className="mono muted">{bundle.name}</code>}
        {bundle.is_shared && <Badge title={t('sharedHint')}>{t('shared')}</Badge>}
        {bundle.agent !== null && <Badge title={t('bundleAgentHint')}>@{bundle.agent}</Badge>}
        <span className="grow" />
        <Button size="s" aria-expanded={connecting} onClick={() => setConnecting(!connecting)}>{t('connect')}</Button>
        {isOwn && <BundleMenu bundle={bundle} onEdit={onEdit} />}
      </header>
      <div className="bundle-body">
        <div className="bundle-globs">{bundle.tools.map((glob) => <code key={glob} className="mono glob">{glob}</code>)}</div>
        <Snippet label={t('address')} text={bundle.url} />
      </div>
      {connecting && <div className="bundle-body"><ConnectClient bundle={bundle.name} token={null} /></div>}
      <Tokens bundle={bundle} />
    </article>
  )
}

function BundleMenu({ bundle, onEdit }: { bundle: Bundle; onEdit: () => void }): ReactNode {
  const t = useT('servers')
  const refresh = useRefresh()
  const remove = async (): Promise<void> => {
    if (!(await confirm({ title: t('bundleDeleteTitle', { name: bundle.name }), detail: t('bundleDeleteDetail'), action: t('delete'), danger: true }))) return
    await bundles.remove(bundle.id)
    await refresh(keys.bundles)
    toast({ tone: 'ok', title: t('deleted', { name: bundle.name }) })
  }
  return (
    <Menu
      label={t('actionsFor', { name: bundle.name })} align="end"
      trigger={(props) => <IconButton {...props} size="s" label={t('actionsFor', { name: bundle.name })} icon={<Ellipsis size={16} />} />}
      items={[{ id: 'edit', label: t('edit'), onSelect: onEdit }, { id: 'line', line: true }, { id: 'delete', label: t('delete'), danger: true, onSelect: () => void remove().catch(toastError) }]}
    />
  )
}
