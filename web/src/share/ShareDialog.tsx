import { useState } from 'react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import Link2 from 'lucide-react/icons/link-2'
import { useT } from '@/i18n'
import { copyText } from '@/lib/clipboard'
import { dateTime } from '@/lib/format'
import type { Chat } from '@/lib/types'
import { Button, Dialog, ErrorState, Spinner, toast, toastError } from '@/ui'
import { linkOf, listShares, makeShare, type NewShare, revokeShare, type Share, sharesKey } from './data'
import './share.css'

/** Makes, lists and revokes read-only links to one conversation. */
export default function ShareDialog({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const t = useT('share')
  const client = useQueryClient()
  const [made, setMade] = useState<NewShare | null>(null)
  const [busy, setBusy] = useState(false)
  const shares = useQuery({ queryKey: sharesKey(chat.id), queryFn: () => listShares(chat.id) })
  const make = async () => {
    setBusy(true)
    try {
      const share = await makeShare(chat.id)
      setMade(share)
      await client.invalidateQueries({ queryKey: sharesKey(chat.id) })
      await copyText(linkOf(share)).then(() => toast({ tone: 'ok', title: t('linkCopied') }), () => undefined)
    } catch (error) { toastError(error) }
    setBusy(false)
  }
  const revoke = async (share: Share) => {
    await revokeShare(share)
    if (made?.id === share.id) setMade(null)
    await client.invalidateQueries({ queryKey: sharesKey(chat.id) })
  }
  return (
    <Dialog
      open onClose={onClose} title={t('shareTitle')} description={t('shareLead')} className="share-dialog"
      footer={<Button variant="primary" icon={<Link2 size={15} />} loading={busy} disabled={chat.message_count === 0} onClick={() => void make()}>{t('makeLink')}</Button>}
    >
      {chat.message_count === 0 && <p className="small muted">{t('nothingToShare')}</p>}
      {made && <Made share={made} />}
      {shares.isPending && <Spinner />}
      {shares.isError && <ErrorState error={shares.error} onRetry={() => void shares.refetch()} />}
      {shares.data && shares.data.length > 0 && (
        <section className="share-links">
          <h3>{t('links', { n: shares.data.length })}</h3>
          <ul>{shares.data.map((share) => <LinkRow key={share.id} share={share} isNew={share.id === made?.id} onRevoke={() => revoke(share).catch(toastError)} />)}</ul>
        </section>
      )}
    </Dialog>
  )
}

/** The address of a new link: the server keeps no copy of it. */
function Made({ share }: { share: NewShare }) {
  const t = useT('share')
  const link = linkOf(share)
  return (
    <div className="share-made" role="status">
      <div className="share-line">
        <input className="input mono" readOnly value={link} aria-label={t('link')} onFocus={(event) => event.target.select()} />
        <Button onClick={() => void copyText(link).then(() => toast({ tone: 'ok', title: t('linkCopied') }), toastError)}>{t('copy')}</Button>
      </div>
      <p className="tiny muted">{t('shownOnce')}</p>
    </div>
  )
}

function LinkRow({ share, isNew, onRevoke }: { share: Share; isNew: boolean; onRevoke: () => Promise<unknown> }) {
  const t = useT('share')
  const [busy, setBusy] = useState(false)
  return (
    <li>
      <span className="grow cut">{t('linkOf', { when: dateTime(share.created_at) })}{isNew && <span className="badge">{t('new')}</span>}</span>
      <Button size="s" variant="danger" loading={busy} onClick={() => { setBusy(true); void onRevoke().finally(() => setBusy(false)) }}>{t('revoke')}</Button>
    </li>
  )
}
