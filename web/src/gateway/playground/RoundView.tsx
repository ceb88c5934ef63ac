import { lazy, memo, Suspense, useState, type ReactNode } from 'react'
import Code from 'lucide-react/icons/code'
import Copy from 'lucide-react/icons/copy'
import RotateCcw from 'lucide-react/icons/rotate-ccw'
import { useT } from '@/i18n'
import { copyText } from '@/lib/clipboard'
import { IconButton, Spinner, toast, toastError } from '@/ui'
import { dataUrl } from './dialects/types'
import { Figures } from './Figures'
import { isBusy, type Round } from './lane'
import { RawDialog } from './RawDialog'
import { useSetup } from './store'

const Markdown = lazy(() => import('@/chat/Markdown').then((module) => ({ default: module.Markdown })))

interface Props { round: Round; onAgain?: () => void }

/** A question and its answer, as they came. */
export const RoundView = memo(function RoundView({ round, onAgain }: Props): ReactNode {
  const t = useT('gateway')
  const [isRawOpen, setRawOpen] = useState(false)
  const copy = () => void copyText(round.text).then(() => toast({ tone: 'ok', title: t('copied') }), toastError)
  return (
    <article className="round">
      <div className="round-question">
        {round.question}
        {round.images.length > 0 && <div className="round-images">{round.images.map((image) => <img key={image.name} src={dataUrl(image)} alt={image.name} />)}</div>}
      </div>
      {round.reasoning !== '' && <details className="round-reasoning"><summary>{t('reasoning')}</summary><p>{round.reasoning}</p></details>}
      {round.status === 'waiting' && <div className="round-wait"><Spinner label={t('waiting')} /></div>}
      {round.text !== '' && <Answer round={round} />}
      <Problem round={round} />
      {!isBusy(round) && (
        <div className="round-foot">
          <Figures round={round} />
          <span className="round-actions">
            {onAgain && <IconButton size="s" label={t('again')} icon={<RotateCcw size={14} />} onClick={onAgain} />}
            {round.text !== '' && <IconButton size="s" label={t('copyAnswer')} icon={<Copy size={14} />} onClick={copy} />}
            <IconButton size="s" label={t('raw')} icon={<Code size={14} />} onClick={() => setRawOpen(true)} />
          </span>
        </div>
      )}
      {isRawOpen && <RawDialog round={round} onClose={() => setRawOpen(false)} />}
    </article>
  )
})

function Answer({ round }: { round: Round }): ReactNode {
  const formatted = useSetup((setup) => setup.formatted)
  const isLive = round.status === 'streaming'
  const plain = <div className="round-answer">{round.text}{isLive && <span className="round-cursor" aria-hidden="true" />}</div>
  return formatted ? <Suspense fallback={plain}><Markdown text={round.text} live={isLive} /></Suspense> : plain
}

function Problem({ round }: { round: Round }): ReactNode {
  const t = useT('gateway')
  if (round.status === 'stopped') return <p className="tiny muted">{t('stopped')}</p>
  if (round.status === 'cut') return <div className="notice notice-warn">{t('wasCut')}{round.problem !== null && ` ${round.problem}`}</div>
  if (round.status === 'failed') return <div className="notice notice-bad" role="alert">{round.problem ?? t('noConnection')}</div>
  return null
}
