import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { useModels } from '@/lib/queries'
import { Field, Input, Select, Switch } from '@/ui'
import type { Editor } from './useAgentEditor'

type TextField = 'temperature' | 'answer_tokens' | 'max_steps' | 'max_tokens' | 'max_seconds' | 'max_cost_usd'

interface Props {
  editor: Editor
  field: TextField
  label: string
  hint?: string
  placeholder?: string
  decimal?: boolean
}

function NumberField({ editor, field, label, hint, placeholder, decimal = false }: Props): ReactNode {
  return (
    <Field label={label} hint={hint} error={editor.mistake(field)}>
      {(control) => (
        <Input
          {...control}
          inputMode={decimal ? 'decimal' : 'numeric'}
          autoComplete="off"
          placeholder={placeholder}
          value={editor.form[field]}
          onChange={(event) => editor.set(field, event.target.value)}
        />
      )}
    </Field>
  )
}

export function ModelFields({ editor }: { editor: Editor }): ReactNode {
  const t = useT('admin')
  const { form, set, mistake } = editor
  const models = useModels().data ?? []
  const standard = models.find((model) => model.is_default)?.id ?? 'offline'
  const options = [
    { value: '', label: t('modelDefaultIs', { model: standard }) },
    ...models.map((model) => ({ value: model.id, label: model.offline ? t('modelOffline') : model.id })),
  ]
  if (form.model && !models.some((model) => model.id === form.model))
    options.push({ value: form.model, label: t('modelMissing', { model: form.model }) })
  return (
    <>
      <div className="admin-columns admin-columns-model">
        <Field label={t('model')} error={mistake('model')}>
          {(control) => <Select {...control} value={form.model} onChange={(model) => set('model', model)} options={options} />}
        </Field>
        <NumberField
          editor={editor}
          field="temperature"
          label={t('temperature')}
          hint={t('temperatureHint')}
          placeholder={t('modelsOwn')}
          decimal
        />
        <NumberField
          editor={editor}
          field="answer_tokens"
          label={t('answerTokens')}
          hint={t('answerTokensHint')}
          placeholder={t('modelsOwn')}
        />
      </div>
      <Switch
        checked={form.enabled}
        onChange={(enabled) => set('enabled', enabled)}
        label={
          <span>
            <b className="admin-setting-label">{t('enabled')}</b> <span className="muted">{t('enabledHint')}</span>
          </span>
        }
      />
    </>
  )
}

export function LimitFields({ editor }: { editor: Editor }): ReactNode {
  const t = useT('admin')
  return (
    <div className="admin-columns admin-columns-4">
      <NumberField editor={editor} field="max_steps" label={t('maxSteps')} hint={t('maxStepsHint')} />
      <NumberField editor={editor} field="max_tokens" label={t('maxTokens')} hint={t('maxTokensHint')} />
      <NumberField editor={editor} field="max_seconds" label={t('maxSeconds')} hint={t('maxSecondsHint')} />
      <NumberField
        editor={editor}
        field="max_cost_usd"
        label={t('maxCost')}
        hint={t('maxCostHint')}
        placeholder={t('noLimit')}
        decimal
      />
    </div>
  )
}
