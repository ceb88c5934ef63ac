import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { Field, Input, Switch, Textarea } from '@/ui'
import { Segments } from '@/ui/Segments'
import { dialects, speakers } from './dialects'
import { checkSetup, useSetup } from './store'

/** How models are asked: dialect, system prompt, limits. */
export function SetupForm(): ReactNode {
  const t = useT('gateway')
  const setup = useSetup()
  const mistakes = checkSetup(setup)
  const set = useSetup.setState
  const { hasJson, path } = speakers[setup.dialect]
  return (
    <div className="bench-setup">
      <div className="field">
        <span className="field-label">{t('dialect')}</span>
        <Segments label={t('dialect')} value={setup.dialect} onChange={(dialect) => set({ dialect })} options={dialects.map((value) => ({ value, label: t(`dialect_${value}`) }))} />
        <span className="field-hint mono">POST {path}</span>
      </div>
      <Field label={t('system')}>
        {(control) => <Textarea {...control} rows={5} value={setup.system} placeholder={t('systemExample')} onChange={(event) => set({ system: event.target.value })} />}
      </Field>
      <div className="admin-columns bench-numbers">
        <Field label={t('temperature')} error={mistakes.temperature && t(mistakes.temperature)}>
          {(control) => <Input {...control} inputMode="decimal" value={setup.temperature} placeholder={t('itsOwn')} onChange={(event) => set({ temperature: event.target.value })} />}
        </Field>
        <Field label={t('maxTokens')} error={mistakes.max_tokens && t(mistakes.max_tokens)}>
          {(control) => <Input {...control} inputMode="numeric" value={setup.max_tokens} placeholder={t('itsOwn')} onChange={(event) => set({ max_tokens: event.target.value })} />}
        </Field>
      </div>
      <Switch checked={setup.compare} onChange={(compare) => set({ compare })} label={t('compare')} />
      <Switch checked={setup.json && hasJson} disabled={!hasJson} onChange={(json) => set({ json })} label={hasJson ? t('jsonMode') : t('jsonModeNot')} />
      <Switch checked={setup.skipCache} onChange={(skipCache) => set({ skipCache })} label={t('skipCache')} />
      <Switch checked={setup.formatted} onChange={(formatted) => set({ formatted })} label={t('formatted')} />
    </div>
  )
}
