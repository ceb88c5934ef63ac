import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { Button, Dialog } from '@/ui'
import type { NewGatewayKey } from '../api/types'
import { Snippets, useExampleModel } from '../connect/ConnectClient'
import { Snippet } from '@/ui/Snippet'

/** The key itself, this once, and code that uses it. */
export function KeyMade({ made, onClose }: { made: NewGatewayKey; onClose: () => void }): ReactNode {
  const t = useT('gateway')
  const example = useExampleModel()
  return (
    <Dialog
      open size="l" title={t('keyMade', { name: made.name })} description={t('keyOnce')} onClose={onClose}
      footer={<Button variant="primary" onClick={onClose}>{t('keyKeptSafe')}</Button>}
    >
      <div className="stack">
        <Snippet label={t('key')} text={made.key} />
        <Snippets place={{ origin: location.origin, key: made.key, model: made.models?.[0] ?? example }} />
      </div>
    </Dialog>
  )
}
