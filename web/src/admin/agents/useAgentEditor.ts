import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/api'
import { keys, useAgents } from '@/lib/queries'
import { toast, toastError } from '@/ui'
import { createAgent, loadAgent, saveAgent, type TaggedAgent } from './data'
import {
  type AgentField,
  type AgentForm,
  changedFields,
  checkAgent,
  FIELDS,
  mergeForms,
  toBody,
  toForm,
  toPatch,
  WIRE_NAME,
} from './form'

export interface Editor {
  /** The form as it was last loaded or saved. */
  base: AgentForm
  form: AgentForm
  set: <Field extends AgentField>(field: Field, value: AgentForm[Field]) => void
  /** The message beside a field, in the person's language or the server's words. */
  mistake: (field: AgentField) => string | undefined
  changed: AgentField[]
  saving: boolean
  /** Saves; gives the agent's id when it worked. */
  save: () => Promise<string | null>
  discard: () => void
  /** What somebody else saved meanwhile. */
  conflict: TaggedAgent | null
  reload: () => void
  overwrite: () => Promise<void>
  dismiss: () => void
}

/** The state of one agent's editor: the form, its mistakes, saving, and what to do when somebody else saved first. */
export function useAgentEditor(savedAtFirst: TaggedAgent | null, start: AgentForm): Editor {
  const t = useT('admin')
  const client = useQueryClient()
  const [saved, setSaved] = useState(savedAtFirst)
  const [base, setBase] = useState(savedAtFirst ? toForm(savedAtFirst.agent) : start)
  const [form, setForm] = useState(start)
  const [checked, setChecked] = useState(false)
  const [refused, setRefused] = useState<Partial<Record<AgentField, string>>>({})
  const [saving, setSaving] = useState(false)
  const [conflict, setConflict] = useState<TaggedAgent | null>(null)
  const taken = (useAgents().data ?? []).filter((agent) => agent.id !== saved?.agent.id).map((agent) => agent.name)
  const mistakes = checked ? checkAgent(form, taken) : {}

  const settle = (next: TaggedAgent): void => {
    setSaved(next)
    setBase(toForm(next.agent))
    setForm(toForm(next.agent))
    setChecked(false)
    setRefused({})
    client.setQueryData(['agent', next.agent.id], next)
    void client.invalidateQueries({ queryKey: keys.agents })
  }

  const send = async (from: AgentForm, to: AgentForm, onto: TaggedAgent | null): Promise<string | null> => {
    setSaving(true)
    try {
      const next = onto ? await saveAgent(onto.agent.id, toPatch(from, to), onto.etag) : await createAgent(toBody(to))
      settle(next)
      toast({ tone: 'ok', title: t('agentSaved', { name: next.agent.name }) })
      return next.agent.id
    } catch (error) {
      if (error instanceof ApiError && error.status === 412 && onto) setConflict(await loadAgent(onto.agent.id))
      else setRefused(explain(error))
      return null
    } finally {
      setSaving(false)
    }
  }

  const save = async (): Promise<string | null> => {
    setChecked(true)
    setRefused({})
    const wrong = Object.keys(checkAgent(form, taken))[0]
    if (wrong === undefined)
      return send(base, form, saved).catch((error: unknown) => {
        toastError(error)
        return null
      })
    requestAnimationFrame(() => document.querySelector<HTMLElement>('.admin-page [aria-invalid="true"]')?.focus())
    return null
  }

  return {
    base,
    form,
    saving,
    conflict,
    save,
    set: (field, value) => {
      setForm((now) => ({ ...now, [field]: value }))
      setRefused(({ [field]: _gone, ...rest }) => rest)
    },
    mistake: (field) => refused[field] ?? (mistakes[field] && t(mistakes[field])),
    changed: changedFields(base, form),
    discard: () => {
      setForm(base)
      setChecked(false)
      setRefused({})
    },
    reload: () => {
      if (conflict) settle(conflict)
      setConflict(null)
    },
    overwrite: async () => {
      if (!conflict) return
      setConflict(null)
      const theirs = toForm(conflict.agent)
      await send(theirs, mergeForms(base, form, theirs), conflict).catch(toastError)
    },
    dismiss: () => setConflict(null),
  }
}

/** The server's messages by field; a toast when it named none. */
function explain(error: unknown): Partial<Record<AgentField, string>> {
  const named = FIELDS.flatMap((field) => {
    const message = error instanceof ApiError ? messageFor(error, WIRE_NAME[field]) : undefined
    return message === undefined ? [] : [[field, message]]
  })
  if (named.length === 0) toastError(error)
  return Object.fromEntries(named) as Partial<Record<AgentField, string>>
}

function messageFor(error: ApiError, wireName: string): string | undefined {
  return error.errors.find(
    ({ field }) => field === wireName || field.endsWith(`.${wireName}`) || field.startsWith(`${wireName}.`),
  )?.message
}
