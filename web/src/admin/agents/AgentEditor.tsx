import { type ReactNode, useRef } from 'react'
import { language, useT } from '@/i18n'
import { useLeaveGuard } from '@/lib/router'
import { confirm, Field, Input, Textarea } from '@/ui'
import { Page, Section } from '../parts/Page'
import { SaveBar } from '../parts/SaveBar'
import { AgentHead } from './AgentHead'
import { Conflict } from './Conflict'
import type { TaggedAgent } from './data'
import type { AgentForm } from './form'
import { FragmentPicks } from '@/prompts/FragmentPicks'
import { HuePicker } from './HuePicker'
import { MemoryScopeField } from './MemoryScopeField'
import { LimitFields, ModelFields } from './NumberFields'
import { OutputSchema } from './OutputSchema'
import { ToolGrants } from './ToolGrants'
import { type Editor, useAgentEditor } from './useAgentEditor'
import { usePlace } from './Agents'

/** About four characters make a token in most languages with an alphabet. */
const CHARS_PER_TOKEN = 4

export function AgentEditor({ saved, start }: { saved: TaggedAgent | null; start: AgentForm }): ReactNode {
  const t = useT('admin')
  const [, go] = usePlace()
  const editor = useAgentEditor(saved, start)
  const leaving = useRef(false)
  const dirty = editor.changed.length > 0 || saved === null
  useLeaveGuard(
    editor.changed.length > 0,
    async () =>
      leaving.current || confirm({ title: t('leaveTitle'), detail: t('leaveDetail'), action: t('leave'), danger: true }),
  )
  const leave = (place: { id?: string; from?: string }): void => {
    leaving.current = true
    go(place)
    setTimeout(() => {
      leaving.current = false
    })
  }
  const save = async (): Promise<void> => {
    const id = await editor.save()
    if (id !== null && saved === null) leave({ id })
  }
  return (
    <form
      className="agent-form"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
      noValidate
    >
      <Page
        title={saved?.agent.name ?? t('agentNew')}
        actions={saved && <AgentHead agent={saved.agent} onGone={() => leave({})} />}
        lead={saved ? t('agentVersion', { version: saved.agent.version }) : t('agentNewLead')}
      >
        <Identity editor={editor} />
        <FragmentPicks chosen={editor.form.fragments} onChange={(fragments) => editor.set('fragments', fragments)} />
        <Instructions editor={editor} />
        <Section title={t('model')}>
          <ModelFields editor={editor} />
        </Section>
        <Section title={t('tools')} lead={t('toolsLead')}>
          <ToolGrants editor={editor} />
        </Section>
        <Section title={t('memoryScope')} lead={t('memoryScopeLead')}>
          <MemoryScopeField value={editor.form.memory} onChange={(memory) => editor.set('memory', memory)} />
        </Section>
        <Section title={t('outputForm')} lead={t('outputFormLead')}>
          <OutputSchema editor={editor} />
        </Section>
        <Section title={t('limits')} lead={t('limitsLead')}>
          <LimitFields editor={editor} />
        </Section>
      </Page>
      <SaveBar
        shown={dirty}
        saving={editor.saving}
        onDiscard={saved ? editor.discard : () => leave({})}
        label={saved ? t('save') : t('agentCreate')}
      />
      {editor.conflict && saved && <Conflict editor={editor} theirs={editor.conflict.agent} />}
    </form>
  )
}

function Identity({ editor }: { editor: Editor }): ReactNode {
  const t = useT('admin')
  const { form, set, mistake } = editor
  return (
    <Section>
      <div className="admin-columns">
        <Field label={t('name')} hint={t('agentNameHint')} error={mistake('name')}>
          {(control) => (
            <Input
              {...control}
              className="mono"
              value={form.name}
              onChange={(event) => set('name', event.target.value)}
              autoComplete="off"
              spellCheck={false}
            />
          )}
        </Field>
        <Field label={t('role')} hint={t('roleHint')} error={mistake('role')}>
          {(control) => <Input {...control} value={form.role} onChange={(event) => set('role', event.target.value)} />}
        </Field>
      </div>
      <HuePicker hue={form.hue} name={form.name} role={form.role} onChange={(hue) => set('hue', hue)} />
    </Section>
  )
}

function Instructions({ editor }: { editor: Editor }): ReactNode {
  const t = useT('admin')
  const { form, set, mistake } = editor
  const chars = form.instructions.length
  return (
    <Section>
      <Field
        label={t('instructions')}
        hint={t('instructionsCount', {
          n: chars,
          chars: chars.toLocaleString(language()),
          tokens: Math.ceil(chars / CHARS_PER_TOKEN).toLocaleString(language()),
        })}
        error={mistake('instructions')}
      >
        {(control) => (
          <Textarea
            {...control}
            className="agent-instructions"
            value={form.instructions}
            onChange={(event) => set('instructions', event.target.value)}
            placeholder={t('instructionsExample')}
            rows={14}
          />
        )}
      </Field>
    </Section>
  )
}
