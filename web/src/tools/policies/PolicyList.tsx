import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import Plus from 'lucide-react/icons/plus'
import { Loaded } from '@/admin/parts/Loaded'
import { Card, Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { Button } from '@/ui'
import type { Reach, ToolPolicy } from '../api/policies'
import { policiesQuery } from '../api/queries'
import { PolicyEditor } from './PolicyEditor'
import { PolicyRow } from './PolicyRow'
import './policies.css'

/** All rules over tools: one's own, or those for everyone. */
export function PolicyList({ reach }: { reach: Reach }): ReactNode {
  const t = useT('tools')
  const [edited, setEdited] = useState<ToolPolicy | 'new' | null>(null)
  const title = reach === 'mine' ? t('grantsAndLimits') : t('grantsForEveryone')
  return (
    <Section
      title={title} lead={reach === 'mine' ? t('grantsLead') : t('grantsForEveryoneLead')}
      actions={<Button icon={<Plus size={15} />} onClick={() => setEdited('new')}>{reach === 'mine' ? t('ruleNew') : t('ruleNewEveryone')}</Button>}
    >
      <Loaded query={useQuery(policiesQuery(reach))}>
        {(rules) => (rules.length === 0
          ? <Card><p className="small muted policy-none">{t('grantsEmpty')}</p></Card>
          : <Card label={title}>{rules.map((rule) => <PolicyRow key={rule.id} rule={rule} reach={reach} onEdit={() => setEdited(rule)} />)}</Card>)}
      </Loaded>
      {edited !== null && <PolicyEditor rule={edited === 'new' ? undefined : edited} tool="" reach={reach} onClose={() => setEdited(null)} />}
    </Section>
  )
}
