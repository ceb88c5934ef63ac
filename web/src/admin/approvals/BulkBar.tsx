import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { Button, confirm } from '@/ui'
import type { Inbox } from './useInbox'

/** Deciding several at once; many are asked about once more. */
export function BulkBar({ inbox }: { inbox: Inbox }): ReactNode {
  const t = useT('admin')
  const { chosen, tickable, busy } = inbox
  const some = chosen.length > 0
  const decide = async (decision: 'approve' | 'deny'): Promise<void> => {
    const sure = decision === 'deny' || chosen.length === 1 || (await confirm({ title: t('approveManyTitle', { n: chosen.length }), detail: t('approveManyDetail'), action: t('approve') }))
    if (sure) await inbox.decide(chosen, { decision })
  }
  return (
    <div className="bulk">
      <label className="bulk-all">
        <input
          type="checkbox"
          checked={chosen.length === tickable.length}
          onChange={(event) => inbox.tickAll(event.target.checked)}
          ref={(box) => {
            if (box) box.indeterminate = some && chosen.length < tickable.length
          }}
        />
        {some ? t('ticked', { n: chosen.length }) : t('tickAll')}
      </label>
      <span className="grow" />
      <Button size="s" disabled={!some} loading={busy.size > 0 && some} onClick={() => void decide('approve')}>
        {t('approveTicked')}
      </Button>
      <Button size="s" disabled={!some || busy.size > 0} onClick={() => void decide('deny')}>
        {t('denyTicked')}
      </Button>
    </div>
  )
}
