import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import { Button, Field, Textarea } from '@/ui'
import type { Editor } from './useAgentEditor'

const EXAMPLE = {
  type: 'object',
  title: 'Review',
  properties: { verdict: { type: 'string', enum: ['good', 'bad'] }, reasons: { type: 'array', items: { type: 'string' } } },
  required: ['verdict', 'reasons'],
}

/** The form of the agent's answers as a JSON schema; empty leaves them text. */
export function OutputSchema({ editor }: { editor: Editor }): ReactNode {
  const t = useT('admin')
  const { form, set, mistake } = editor
  const tidy = (): void => set('output_schema', tidied(form.output_schema))
  return (
    <>
      <Field label={t('outputSchema')} hint={t('outputSchemaHint')} error={mistake('output_schema')}>
        {(control) => (
          <Textarea
            {...control}
            className="mono agent-schema"
            value={form.output_schema}
            onChange={(event) => set('output_schema', event.target.value)}
            onBlur={tidy}
            placeholder={t('outputSchemaNone')}
            spellCheck={false}
            rows={form.output_schema === '' ? 2 : 10}
          />
        )}
      </Field>
      <div className="agent-schema-do">
        {form.output_schema === '' ? (
          <Button size="s" onClick={() => set('output_schema', JSON.stringify(EXAMPLE, null, 2))}>
            {t('outputSchemaExample')}
          </Button>
        ) : (
          <Button size="s" onClick={() => set('output_schema', '')}>
            {t('outputSchemaRemove')}
          </Button>
        )}
      </div>
    </>
  )
}

/** JSON with its lines in order; what is no JSON stays as it was typed. */
function tidied(text: string): string {
  try {
    return text.trim() === '' ? '' : JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
