import { useState, type ReactNode } from 'react'
import ArrowDown from 'lucide-react/icons/arrow-down'
import ArrowUp from 'lucide-react/icons/arrow-up'
import Pencil from 'lucide-react/icons/pencil'
import Plus from 'lucide-react/icons/plus'
import Trash from 'lucide-react/icons/trash-2'
import { Card, Section } from '@/admin/parts/Page'
import { useT } from '@/i18n'
import { Button, IconButton } from '@/ui'
import type { Policy, Rule } from '../api/rules'
import { GrantBadge } from '../parts/GrantBadge'
import { moved } from './form'
import { RuleEditor } from './RuleEditor'

interface Props { policy: Policy; busy: boolean; onSave: (rules: Rule[]) => Promise<boolean> }

/** One's own rules over arguments, in the order in which they are asked. */
export function OwnRules({ policy, busy, onSave }: Props): ReactNode {
  const t = useT('tools')
  const [edited, setEdited] = useState<number | 'new' | null>(null)
  const { rules } = policy
  const save = (rule: Rule): Promise<boolean> => onSave(typeof edited === 'number' ? rules.map((old, index) => (index === edited ? rule : old)) : [...rules, rule])
  return (
    <Section title={t('ownRules')} lead={t('ownRulesLead')} actions={<Button icon={<Plus size={15} />} onClick={() => setEdited('new')}>{t('ownRuleNew')}</Button>}>
      <Card label={t('ownRules')}>
        {rules.length === 0 && <p role="listitem" className="small muted policy-none">{t('ownRulesEmpty')}</p>}
        {rules.map((rule, index) => (
          <div key={rule.name} role="listitem" className="own-rule">
            <span className="tiny faint own-rule-at">{index + 1}</span>
            <div className="grow own-rule-text">
              <span className="row own-rule-head"><b>{rule.name}</b><GrantBadge grant={rule.verdict} /></span>
              <Sentence rule={rule} />
              {rule.reason !== '' && <span className="tiny muted">{rule.reason}</span>}
            </div>
            <span className="row policy-do">
              <IconButton size="s" label={t('moveUp', { name: rule.name })} icon={<ArrowUp size={14} />} disabled={busy || index === 0} onClick={() => void onSave(moved(rules, index, -1))} />
              <IconButton size="s" label={t('moveDown', { name: rule.name })} icon={<ArrowDown size={14} />} disabled={busy || index === rules.length - 1} onClick={() => void onSave(moved(rules, index, 1))} />
              <IconButton size="s" label={t('ruleEdit', { tool: rule.name })} icon={<Pencil size={14} />} onClick={() => setEdited(index)} />
              <IconButton size="s" label={t('ruleDelete', { tool: rule.name })} icon={<Trash size={14} />} disabled={busy} onClick={() => void onSave(rules.filter((_, at) => at !== index))} />
            </span>
          </div>
        ))}
      </Card>
      {edited !== null && <RuleEditor rule={typeof edited === 'number' ? rules[edited] : undefined} taken={rules.filter((_, index) => index !== edited).map(({ name }) => name)} onSave={save} onClose={() => setEdited(null)} />}
    </Section>
  )
}

/** A rule as one reads it: which tool, of whom, where which arguments are so. */
function Sentence({ rule }: { rule: Rule }): ReactNode {
  const t = useT('tools')
  return (
    <span className="small muted own-rule-says">
      <code className="mono">{rule.tool}</code>
      {rule.app !== '*' && <> {t('ofSource')} <code className="mono">{rule.app}</code></>}
      {rule.when.map(({ arg, matches }, index) => <span key={`${arg} ${matches}`}> {index === 0 ? t('where') : t('and')} <code className="mono">{arg}</code> {t('is')} <code className="mono">{matches}</code></span>)}
    </span>
  )
}
