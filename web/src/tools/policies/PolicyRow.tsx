import type { ReactNode } from 'react'
import Pencil from 'lucide-react/icons/pencil'
import Trash from 'lucide-react/icons/trash-2'
import { useT } from '@/i18n'
import { count, duration } from '@/lib/format'
import { Badge, confirm, IconButton, toastError } from '@/ui'
import { policies, type Reach, type ToolPolicy } from '../api/policies'
import { keys, useRefresh } from '../api/queries'
import { GrantBadge } from '../parts/GrantBadge'
import { subjectOf } from './form'

/** One rule: whom and what it speaks of, and what it says. */
export function PolicyRow({ rule, reach, onEdit }: { rule: ToolPolicy; reach: Reach; onEdit: () => void }): ReactNode {
  const t = useT('tools')
  const refresh = useRefresh()
  const mayEdit = reach === 'everyone' || rule.set_by === 'self'
  const remove = async (): Promise<void> => {
    if (!(await confirm({ title: t('ruleDeleteTitle', { tool: rule.tool }), detail: t('ruleDeleteDetail'), action: t('delete'), danger: true }))) return
    await policies.remove(reach, rule.id)
    await refresh(keys.policies, keys.tools)
  }
  return (
    <div className="policy-row" role="listitem">
      <code className="mono policy-tool">{rule.tool}</code>
      <Subject subject={rule.subject} />
      {rule.grant && <GrantBadge grant={rule.grant} />}
      <Limits rule={rule} />
      <span className="grow" />
      {rule.set_by === 'admin' && reach === 'mine' && <Badge title={t('setByAdminHint')}>{t('setByAdmin')}</Badge>}
      {mayEdit && (
        <span className="row policy-do">
          <IconButton size="s" label={t('ruleEdit', { tool: rule.tool })} icon={<Pencil size={14} />} onClick={onEdit} />
          <IconButton size="s" label={t('ruleDelete', { tool: rule.tool })} icon={<Trash size={14} />} onClick={() => void remove().catch(toastError)} />
        </span>
      )}
    </div>
  )
}

function Subject({ subject }: { subject: string }): ReactNode {
  const t = useT('tools')
  const { kind, name } = subjectOf(subject)
  if (kind === 'everyone') return <span className="small muted">{t('forEveryone')}</span>
  return <span className="small">{kind === 'agent' ? `@${name}` : t('forSource', { name })}</span>
}

function Limits({ rule }: { rule: ToolPolicy }): ReactNode {
  const t = useT('tools')
  const facts = [
    rule.rps !== null && t('limit_rps', { n: rule.rps }), rule.concurrency !== null && t('limit_concurrency', { n: rule.concurrency }), rule.quota_per_day !== null && t('limit_quota', { n: count(rule.quota_per_day) }),
    rule.timeout_seconds !== null && t('limit_timeout', { time: duration(rule.timeout_seconds * 1000) }), rule.cache_seconds !== null && t('limit_cache', { time: duration(rule.cache_seconds * 1000) }),
  ].filter((fact) => fact !== false)
  return facts.length === 0 ? null : <span className="tiny muted">{facts.join(' · ')}</span>
}
