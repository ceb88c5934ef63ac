import { type ReactNode, useState } from 'react'
import CircleCheck from 'lucide-react/icons/circle-check'
import { useT } from '@/i18n'
import type { Approval } from '@/lib/types'
import { EmptyState, Kbd } from '@/ui'
import { Segments } from '@/ui/Segments'
import { Loaded } from '../parts/Loaded'
import { Page } from '../parts/Page'
import { BulkBar } from './BulkBar'
import { usePending } from './data'
import { DecidedList } from './DecidedList'
import { PendingCard } from './PendingCard'
import { SourceFilter } from './SourceFilter'
import { sourceOf } from './sources'
import { useInbox } from './useInbox'
import './approvals.css'

/** The inbox: whatever waits for a yes or an answer, whoever asks. */
export default function Approvals(): ReactNode {
  const t = useT('admin')
  const [pending, setPending] = useState(true)
  return (
    <Page
      title={t('approvals')}
      lead={t('approvalsLead')}
      actions={
        <Segments
          label={t('show')}
          value={pending ? 'pending' : 'decided'}
          onChange={(value) => setPending(value === 'pending')}
          options={[
            { value: 'pending', label: t('pending') },
            { value: 'decided', label: t('decided') },
          ]}
        />
      }
    >
      {pending ? <Pending /> : <DecidedList />}
    </Page>
  )
}

function Pending(): ReactNode {
  return <Loaded query={usePending()}>{(items) => <Inbox items={items} />}</Loaded>
}

function Inbox({ items }: { items: Approval[] }): ReactNode {
  const t = useT('admin')
  const [source, setSource] = useState('')
  const shown = source === '' ? items : items.filter((item) => sourceOf(item) === source)
  const inbox = useInbox(shown)
  if (items.length === 0)
    return (
      <EmptyState icon={<CircleCheck size={20} />} title={t('approvalsEmpty')}>
        <p>{t('approvalsEmptyDetail')}</p>
      </EmptyState>
    )
  return (
    <div className="stack">
      <SourceFilter items={items} value={source} onChange={setSource} />
      {inbox.tickable.length > 1 && <BulkBar inbox={inbox} />}
      {shown.length === 0 && <p className="small muted">{t('noneOfThese')}</p>}
      <div role="list" className="stack" aria-label={t('pending')}>
        {shown.map((item) => (
          <div key={item.id} role="listitem">
            <PendingCard
              approval={item}
              busy={inbox.busy.has(item.id)}
              ticked={inbox.ticked.has(item.id)}
              active={inbox.active === item.id}
              editing={inbox.editing === item.id}
              onFocus={() => inbox.focus(item.id)}
              onEdit={(on) => inbox.edit(on ? item.id : null)}
              {...(inbox.tickable.length > 1 && { onTick: () => inbox.tick(item.id) })}
              onDecide={(decision) => void inbox.decide([item.id], decision)}
            />
          </div>
        ))}
      </div>
      <p className="inbox-keys tiny faint" aria-hidden="true">
        <Kbd>J</Kbd> <Kbd>K</Kbd> {t('keysMove')} <Kbd>A</Kbd> {t('approve')} <Kbd>D</Kbd> {t('denyThis')} <Kbd>E</Kbd> {t('edit')} <Kbd>X</Kbd> {t('keysTick')}
      </p>
    </div>
  )
}
