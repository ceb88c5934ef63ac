import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import Link2 from 'lucide-react/icons/link-2'
import { useT } from '@/i18n'
import { copyText } from '@/lib/clipboard'
import { dateTime } from '@/lib/format'
import type { Artifact } from '@/lib/types'
import { Button, Dialog, ErrorState, Field, Select, Spinner, toast, toastError } from '@/ui'
import { type ArtifactShare, linkOf, listShares, makeShare, type NewArtifactShare, revokeShare, sharesKey } from './data'
import '@/share/share.css'

const DAY_S = 86_400
const LASTING = { hour: 3600, day: DAY_S, week: 7 * DAY_S, month: 30 * DAY_S, ever: 0 } as const
type Lasting = keyof typeof LASTING

interface Props {
  artifact: Artifact
  version: number
  onClose: () => void
}

/** Makes, lists and revokes read-only links to one artifact. */
export default function ShareDialog({ artifact, version, onClose }: Props): ReactNode {
  const t = useT('artifacts')
  const client = useQueryClient()
  const [made, setMade] = useState<NewArtifactShare | null>(null)
  const [busy, setBusy] = useState(false)
  const [lasting, setLasting] = useState<Lasting>('week')
  const [which, setWhich] = useState<'newest' | 'this'>('newest')
  const shares = useQuery({ queryKey: sharesKey(artifact.id), queryFn: () => listShares(artifact.id) })
  const refresh = (): Promise<void> => client.invalidateQueries({ queryKey: sharesKey(artifact.id) })
  const make = async (): Promise<void> => {
    setBusy(true)
    try {
      const seconds = LASTING[lasting]
      const share = await makeShare(artifact.id, {
        ...(which === 'this' ? { version } : {}),
        ...(seconds > 0 ? { expires_in_seconds: seconds } : {}),
      })
      setMade(share)
      await refresh()
      await copyText(linkOf(share)).then(() => toast({ tone: 'ok', title: t('linkCopied') }), () => undefined)
    } catch (error) {
      toastError(error)
    }
    setBusy(false)
  }
  const revoke = async (share: ArtifactShare): Promise<void> => {
    await revokeShare(share)
    if (made?.id === share.id) setMade(null)
    await refresh()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('shareTitle', { title: artifact.title })}
      description={t('shareLead')}
      className="share-dialog"
      footer={
        <Button variant="primary" icon={<Link2 size={15} />} loading={busy} onClick={() => void make()}>
          {t('makeLink')}
        </Button>
      }
    >
      <Field label={t('shareWhich')}>
        {(props) => (
          <Select
            {...props}
            value={which}
            onChange={(value) => setWhich(value as 'newest' | 'this')}
            options={[
              { value: 'newest', label: t('shareNewest') },
              { value: 'this', label: t('shareThis', { version }) },
            ]}
          />
        )}
      </Field>
      <Field label={t('shareLasting')}>
        {(props) => (
          <Select
            {...props}
            value={lasting}
            onChange={(value) => setLasting(value as Lasting)}
            options={(Object.keys(LASTING) as Lasting[]).map((id) => ({ value: id, label: t(`lasting_${id}`) }))}
          />
        )}
      </Field>
      {made && <Made share={made} />}
      {shares.isPending && <Spinner label={t('loading')} />}
      {shares.isError && <ErrorState error={shares.error} onRetry={() => void shares.refetch()} />}
      {shares.data && shares.data.length > 0 && (
        <section className="share-links">
          <h3>{t('links', { n: shares.data.length })}</h3>
          <ul>
            {shares.data.map((share) => (
              <LinkRow key={share.id} share={share} onRevoke={() => revoke(share).catch(toastError)} />
            ))}
          </ul>
        </section>
      )}
    </Dialog>
  )
}

function Made({ share }: { share: NewArtifactShare }): ReactNode {
  const t = useT('artifacts')
  const link = linkOf(share)
  const copy = (): void => void copyText(link).then(() => toast({ tone: 'ok', title: t('linkCopied') }), toastError)
  return (
    <div className="share-made" role="status">
      <div className="share-line">
        <input className="input mono" readOnly value={link} aria-label={t('link')} onFocus={(event) => event.target.select()} />
        <Button onClick={copy}>{t('copyLink')}</Button>
      </div>
      <p className="tiny muted">{t('shownOnce')}</p>
    </div>
  )
}

function LinkRow({ share, onRevoke }: { share: ArtifactShare; onRevoke: () => Promise<unknown> }): ReactNode {
  const t = useT('artifacts')
  const [busy, setBusy] = useState(false)
  const what = share.version === null ? t('shareNewest') : t('shareThis', { version: share.version })
  const until = share.expires_at === null ? t('lasting_ever') : t('until', { when: dateTime(share.expires_at) })
  return (
    <li>
      <span className="grow cut">
        {what} · {until}
      </span>
      <Button
        size="s"
        variant="danger"
        loading={busy}
        onClick={() => {
          setBusy(true)
          void onRevoke().finally(() => setBusy(false))
        }}
      >
        {t('revoke')}
      </Button>
    </li>
  )
}
