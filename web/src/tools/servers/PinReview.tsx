import { lazy, Suspense, useMemo, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { Badge, Button, Spinner } from '@/ui'
import type { Pin } from '../api/servers'
import { definitionText, pinDiff } from './diff'

const DiffView = lazy(() => import('@/artifacts/diff/DiffView'))

/** A definition that is new or has changed since it was accepted, line by line, and the way to accept it. */
export function PinReview({ pin, busy, onAccept }: { pin: Pin; busy: boolean; onAccept: () => void }): ReactNode {
  const t = useT('servers')
  const name = pin.tool || t('serverItself')
  const diff = useMemo(() => pinDiff(pin), [pin])
  return (
    <article className="pin-review" aria-label={name}>
      <header className="row">
        <b className="mono cut">{name}</b>
        <Badge tone="warn">{t(`pin_${pin.state}`)}</Badge>
        {pin.state === 'changed' && <span className="tiny"><span className="tone-ok">+{diff.added}</span> <span className="tone-bad">−{diff.removed}</span></span>}
        <span className="grow" />
        <Button size="s" variant="primary" disabled={busy} aria-label={t('acceptTool', { name })} onClick={onAccept}>{t('accept')}</Button>
      </header>
      <div className="pin-diff">
        <Suspense fallback={<Spinner label={t('loading')} />}>
          <DiffView before={definitionText(pin.before)} after={definitionText(pin.after)} diff={diff} language={null} title={name} wrap fontSize={12.5} />
        </Suspense>
      </div>
    </article>
  )
}
