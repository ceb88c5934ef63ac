import { useState, type FormEvent, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Plus from 'lucide-react/icons/plus'
import { Loaded } from '@/admin/parts/Loaded'
import { useT } from '@/i18n'
import { ago, dateTime } from '@/lib/format'
import { Badge, Button, confirm, Dialog, Field, Input, Select, Textarea, toast, toastError } from '@/ui'
import { Snippet } from '@/ui/Snippet'
import { bundles, type Bundle, type BundleToken, type NewBundleToken } from '../api/bundles'
import { keys, tokensQuery, useRefresh } from '../api/queries'
import { ConnectClient } from './ConnectClient'
import { patterns } from './form'

/** The tokens of a bundle: each opens this bundle and nothing else. */
export function Tokens({ bundle }: { bundle: Bundle }): ReactNode {
  const t = useT('servers')
  const [making, setMaking] = useState(false)
  return (
    <section className="bundle-tokens" aria-label={t('tokens')}>
      <Loaded query={useQuery(tokensQuery(bundle.id))}>
        {(tokens) => <>{tokens.map((token) => <TokenRow key={token.id} bundle={bundle} token={token} />)}</>}
      </Loaded>
      <div><Button size="s" icon={<Plus size={13} />} onClick={() => setMaking(true)}>{t('tokenNew')}</Button></div>
      {making && <NewToken bundle={bundle} onClose={() => setMaking(false)} />}
    </section>
  )
}

function TokenRow({ bundle, token }: { bundle: Bundle; token: BundleToken }): ReactNode {
  const t = useT('servers')
  const refresh = useRefresh()
  const isOver = token.expires_at !== null && Date.parse(token.expires_at) < Date.now()
  const revoke = async (): Promise<void> => {
    if (!(await confirm({ title: t('tokenRevokeTitle', { name: token.name }), detail: t('tokenRevokeDetail'), action: t('revoke'), danger: true }))) return
    await bundles.revokeToken(bundle.id, token.id)
    await refresh(keys.bundles)
    toast({ tone: 'ok', title: t('tokenRevoked', { name: token.name }) })
  }
  return (
    <div className="token-row">
      <b className="cut">{token.name}</b>
      <code className="mono muted tiny">{token.prefix}…</code>
      {isOver && <Badge tone="warn">{t('expired')}</Badge>}
      {token.tools !== null && <span className="mono tiny muted cut">{token.tools.join(' ')}</span>}
      <span className="grow" />
      <span className="tiny muted">{token.last_used_at === null ? t('neverUsed') : t('usedAgo', { when: ago(token.last_used_at) })} · {token.expires_at === null ? t('neverExpires') : t('expiresAt', { when: dateTime(token.expires_at) })}</span>
      <Button size="s" variant="danger" aria-label={t('revokeOf', { name: token.name })} onClick={() => void revoke().catch(toastError)}>{t('revoke')}</Button>
    </div>
  )
}

const DAYS = [7, 30, 90, 365]
const day_ms = 86_400_000

function NewToken({ bundle, onClose }: { bundle: Bundle; onClose: () => void }): ReactNode {
  const t = useT('servers')
  const refresh = useRefresh()
  const [name, setName] = useState('')
  const [tools, setTools] = useState('')
  const [days, setDays] = useState('90')
  const [checked, setChecked] = useState(false)
  const [busy, setBusy] = useState(false)
  const [made, setMade] = useState<NewBundleToken | null>(null)
  const make = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setChecked(true)
    if (name.trim() === '') return
    setBusy(true)
    try {
      const only = patterns(tools)
      setMade(await bundles.makeToken(bundle.id, { name: name.trim(), ...(only.length > 0 && { tools: only }), ...(days !== '' && { expires_at: new Date(Date.now() + Number(days) * day_ms).toISOString() }) }))
      await refresh(keys.bundles)
    } catch (error) { toastError(error) }
    setBusy(false)
  }
  if (made) return (
    <Dialog open size="l" title={t('tokenMade', { name: made.name })} description={t('tokenOnce')} onClose={onClose} footer={<Button variant="primary" onClick={onClose}>{t('tokenKept')}</Button>}>
      <div className="stack"><Snippet label={t('token')} text={made.token} /><ConnectClient bundle={bundle.name} token={made.token} /></div>
    </Dialog>
  )
  return (
    <Dialog open title={t('tokenNew')} description={t('tokenLead', { name: bundle.name })} onClose={onClose} footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" form="token" loading={busy}>{t('create')}</Button></>}>
      <form id="token" className="stack" noValidate onSubmit={(event) => void make(event)}>
        <Field label={t('name')} hint={t('tokenNameHint')} error={checked && name.trim() === '' ? t('needed') : undefined}>{(control) => <Input {...control} value={name} placeholder="laptop" autoComplete="off" onChange={(event) => setName(event.target.value)} />}</Field>
        <Field label={t('tokenTools')} hint={t('tokenToolsHint')}>{(control) => <Textarea {...control} className="mono" rows={2} value={tools} spellCheck={false} onChange={(event) => setTools(event.target.value)} />}</Field>
        <Field label={t('expires')}>{(control) => <Select {...control} value={days} onChange={setDays} options={[...DAYS.map((n) => ({ value: String(n), label: t('inDays', { n }) })), { value: '', label: t('never') }]} />}</Field>
      </form>
    </Dialog>
  )
}
