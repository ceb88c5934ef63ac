import { type ReactNode, useId } from 'react'
import { useT } from '@/i18n'
import { useModels, usePreferences } from '@/lib/queries'
import { Select } from '@/ui'
import { Card, Setting } from '@/admin/parts/Page'
import { usePreferencePatch } from '@/admin/parts/usePreferencePatch'

/** The model for agents that name none. */
export function DefaultModel(): ReactNode {
  const t = useT('gateway')
  const id = useId()
  const models = useModels().data ?? []
  const chosen = usePreferences().data?.ai.default_model ?? ''
  const patch = usePreferencePatch()
  const automatic = models.find((model) => model.is_default)?.id ?? 'offline'
  const options = [
    { value: '', label: t('modelAutomatic', { model: automatic }) },
    ...models.map((model) => ({ value: model.id, label: model.offline ? t('modelOffline') : model.id })),
  ]
  if (chosen && !models.some((model) => model.id === chosen))
    options.push({ value: chosen, label: t('modelMissing', { model: chosen }) })
  return (
    <Card>
      <Setting label={t('modelDefault')} hint={t('modelDefaultHint')} htmlFor={id}>
        <Select
          id={id}
          value={chosen}
          onChange={(model) => void patch({ ai: { default_model: model || null } })}
          options={options}
        />
      </Setting>
    </Card>
  )
}
