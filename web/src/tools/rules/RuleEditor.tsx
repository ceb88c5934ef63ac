import { useState, type FormEvent, type ReactNode } from 'react'
import Plus from 'lucide-react/icons/plus'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { Button, Dialog, Field, IconButton, Input } from '@/ui'
import type { Rule } from '../api/rules'
import { GrantChoice } from '../parts/GrantChoice'
import { checkRule, formOf, toRule, type RuleForm } from './form'

interface Props { rule: Rule | undefined; taken: readonly string[]; onSave: (rule: Rule) => Promise<boolean>; onClose: () => void }

export function RuleEditor({ rule, taken, onSave, onClose }: Props): ReactNode {
  const t = useT('tools')
  const [form, setForm] = useState<RuleForm>(() => formOf(rule))
  const [checked, setChecked] = useState(false)
  const [busy, setBusy] = useState(false)
  const mistakes = checked ? checkRule(form, taken) : {}
  const set = (change: Partial<RuleForm>) => setForm({ ...form, ...change })
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setChecked(true)
    if (Object.keys(checkRule(form, taken)).length > 0) return
    setBusy(true)
    if (await onSave(toRule(form))) onClose()
    setBusy(false)
  }
  return (
    <Dialog
      open title={rule ? t('ruleEdit', { tool: rule.name }) : t('ownRuleNew')} description={t('ownRuleLead')} onClose={onClose}
      footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" form="own-rule" loading={busy}>{rule ? t('save') : t('create')}</Button></>}
    >
      <form id="own-rule" className="stack" noValidate onSubmit={(event) => void save(event)}>
        <Field label={t('name')} error={mistakes.name && t(mistakes.name)}>
          {(control) => <Input {...control} className="mono" value={form.name} placeholder="no-deploys" autoComplete="off" spellCheck={false} onChange={(event) => set({ name: event.target.value })} />}
        </Field>
        <div className="admin-columns">
          <Field label={t('toolOrPattern')} hint={t('ownRuleToolHint')} error={mistakes.tool && t(mistakes.tool)}>
            {(control) => <Input {...control} className="mono" value={form.tool} placeholder="Bash" autoComplete="off" spellCheck={false} onChange={(event) => set({ tool: event.target.value })} />}
          </Field>
          <Field label={t('source')} hint={t('ownRuleAppHint')} error={mistakes.app && t(mistakes.app)}>
            {(control) => <Input {...control} className="mono" value={form.app} placeholder="*" autoComplete="off" spellCheck={false} onChange={(event) => set({ app: event.target.value })} />}
          </Field>
        </div>
        <Conditions form={form} set={set} error={mistakes.when && t(mistakes.when)} />
        <div className="field"><span className="field-label">{t('verdict')}</span><GrantChoice size="m" label={t('verdict')} value={form.verdict} onChange={(verdict) => set({ verdict })} /></div>
        <Field label={t('reason')} hint={t('reasonHint')}>
          {(control) => <Input {...control} value={form.reason} maxLength={500} onChange={(event) => set({ reason: event.target.value })} />}
        </Field>
      </form>
    </Dialog>
  )
}

function Conditions({ form, set, error }: { form: RuleForm; set: (change: Partial<RuleForm>) => void; error: string | undefined }): ReactNode {
  const t = useT('tools')
  const { when } = form
  const change = (at: number, part: Partial<RuleForm['when'][number]>) => set({ when: when.map((item, index) => (index === at ? { ...item, ...part } : item)) })
  return (
    <div className="field">
      <span className="field-label">{t('conditions')}</span>
      <span className="field-hint">{t('conditionsHint')}</span>
      {when.map((item, index) => (
        <div key={index} className="row condition">
          <Input className="mono" aria-label={t('argumentN', { n: index + 1 })} placeholder="command" value={item.arg} onChange={(event) => change(index, { arg: event.target.value })} />
          <span className="small muted">{t('is')}</span>
          <Input className="mono" aria-label={t('patternN', { n: index + 1 })} placeholder="*deploy*" value={item.matches} onChange={(event) => change(index, { matches: event.target.value })} />
          <IconButton size="s" label={t('removeCondition', { n: index + 1 })} icon={<X size={14} />} onClick={() => set({ when: when.filter((_, at) => at !== index) })} />
        </div>
      ))}
      {error !== undefined && <div className="field-error" role="alert">{error}</div>}
      <div><Button size="s" icon={<Plus size={13} />} onClick={() => set({ when: [...when, { arg: '', matches: '' }] })}>{t('addCondition')}</Button></div>
    </div>
  )
}
