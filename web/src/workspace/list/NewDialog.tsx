import { useState, type FormEvent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/http'
import { navigate } from '@/lib/router'
import { Button, Dialog, Field, Input, toastError } from '@/ui'
import { imports, workspaces } from '../api/calls'
import { keys, useRefresh } from '../api/queries'

const formId = 'new-workspace'

/** The name that a repository's address suggests. */
export const nameOfAddress = (url: string): string => /([^/:]+?)(?:\.git)?\/?$/.exec(url.trim())?.[1] ?? ''

/** Makes a workspace, empty or out of a repository. */
export function NewDialog({ isImport, onClose }: { isImport: boolean; onClose: () => void }): ReactNode {
  const t = useT('workspaces')
  const shell = useT('shell')
  const refresh = useRefresh()
  const [form, setForm] = useState({ name: '', description: '', url: '', ref: '' })
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError | null>(null)
  const name = form.name.trim() || (isImport ? nameOfAddress(form.url) : '')
  const set = (part: Partial<typeof form>) => setForm({ ...form, ...part })
  const make = async (event: FormEvent) => {
    event.preventDefault()
    if (name === '' || (isImport && form.url.trim() === '')) return
    setBusy(true)
    try {
      const made = await workspaces.create({ name, ...(form.description.trim() && { description: form.description.trim() }) })
      // The workspace is there even when the import is refused: its page says why, and another can be tried.
      if (isImport) await imports.start(made.id, { url: form.url.trim(), ...(form.ref.trim() && { ref: form.ref.trim() }) }).catch(toastError)
      await refresh(keys.list)
      await navigate({ to: `/workspaces/${made.id}` })
    } catch (problem) {
      setBusy(false)
      if (problem instanceof ApiError && problem.errors.length > 0) setError(problem)
      else toastError(problem)
    }
  }
  return (
    <Dialog
      open onClose={onClose} title={t(isImport ? 'importTitle' : 'createTitle')} description={t(isImport ? 'importText' : 'createText')}
      footer={<><Button onClick={onClose}>{shell('cancel')}</Button><Button variant="primary" type="submit" form={formId} loading={isBusy} disabled={name === ''}>{t(isImport ? 'import' : 'create')}</Button></>}
    >
      <form id={formId} className="stack" onSubmit={(event) => void make(event)}>
        {isImport && (
          <>
            <Field label={t('address')} hint={t('addressHint')}>{(control) => <Input {...control} type="url" required value={form.url} placeholder="https://git.example.org/team/project.git" onChange={(event) => set({ url: event.target.value })} />}</Field>
            <Field label={t('ref')} hint={t('refHint')}>{(control) => <Input {...control} value={form.ref} onChange={(event) => set({ ref: event.target.value })} />}</Field>
          </>
        )}
        <Field label={t('name')} error={error?.field('name')}>{(control) => <Input {...control} maxLength={100} value={form.name} placeholder={isImport ? nameOfAddress(form.url) : ''} onChange={(event) => set({ name: event.target.value })} />}</Field>
        <Field label={t('description')} error={error?.field('description')}>{(control) => <Input {...control} maxLength={500} value={form.description} onChange={(event) => set({ description: event.target.value })} />}</Field>
      </form>
    </Dialog>
  )
}
