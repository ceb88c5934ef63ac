import { useT } from '@/i18n'

const widths = [62, 90, 84, 46]

/** Grey lines where the conversation will be. */
export function TalkSkeleton() {
  const t = useT('shell')
  return (
    <div className="talk-box skeleton" role="status">
      <span className="sr-only">{t('loading')}</span>
      <div className="column">{widths.map((width) => <i key={width} style={{ width: `${width}%` }} />)}</div>
    </div>
  )
}
