import { useT } from '@/i18n'
import { useLayers } from '@/lib/ui-store'
import { Dialog, Kbd } from '@/ui'

export default function KeysDialog() {
  const t = useT('shell')
  const map: [string, string[]][] = [
    [t('keyPalette'), ['Ctrl K']],
    [t('keyNew'), ['Alt N']],
    [t('keyNextChat'), ['Alt ↓', 'Alt ↑']],
    [t('keyFocus'), ['/', 'F6']],
    [t('keySend'), ['Enter']],
    [t('keyNewline'), ['Shift Enter']],
    [t('keyMention'), ['@']],
    [t('keyCommand'), ['/']],
    [t('keyStop'), ['Esc']],
    [t('keyApprove'), ['A', 'Alt A']],
    [t('keyDeny'), ['D', 'Alt D']],
    [t('keyList'), ['Ctrl B']],
    [t('keyDock'), ['Ctrl .']],
    [t('keyKeys'), ['?', 'Ctrl /']],
  ]
  return (
    <Dialog open onClose={() => useLayers.setState({ keys: false })} title={t('keyboard')}>
      <dl className="keys">
        {map.map(([what, keys]) => (
          <div key={what} style={{ display: 'contents' }}>
            <dt>{what}</dt>
            <dd>{keys.map((key) => <Kbd key={key}>{key}</Kbd>)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
