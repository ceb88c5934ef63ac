import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/http'
import { navigate } from '@/lib/router'
import type { Chosen } from '@/memory/documents/files'
import { Button, Dialog, Field, Input, toastError } from '@/ui'
import { Segments } from '@/ui/Segments'
import { imports, workspaces } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import { bring } from '../bring/bring'
import { ChooseFiles } from '../bring/ChooseFiles'
import { nameOfChosen } from '../bring/chosen'

const formId = 'new-workspace'

/** The name that a repository's address suggests. */
export const nameOfAddress = (url: string): string => /([^/:]+?)(?:\.git)?\/?$/.exec(url.trim())?.[1] ?? ''

interface Form { name: string; description: string; url: string; ref: string; files: Chosen[]; from: 'address' | 'files' }

const suggested = ({ from, url, files }: Form): string => (from === 'address' ? nameOfAddress(url) : nameOfChosen(files))
const isChosen = ({ from, url, files }: Form): boolean => (from === 'address' ? url.trim() !== '' : files.length > 0)

/** Makes a workspace: empty, out of a repository, or of a folder or an archive of this computer. */
export function NewDialog({ isImport, onClose }: { isImport: boolean; onClose: () => void }): ReactNode {
  const t = useT('workspaces')
  const shell = useT('shell')
  const refresh = useRefresh()
  const [form, setForm] = useState<Form>({ name: '', description: '', url: '', ref: '', files: [], from: 'address' })
  const [share, setShare] = useState<number | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError | null>(null)
  const stop = useRef(new AbortController())
  useEffect(() => () => stop.current.abort(), [])
  const name = form.name.trim() || (isImport ? suggested(form) : '')
  const set = (part: Partial<Form>) => setForm({ ...form, ...part })
  /** The workspace is there even when what should come into it is refused: its page says why, and another way can be tried. */
  const fill = async (id: string) => {
    if (form.from === 'address') await imports.start(id, { url: form.url.trim(), ...(form.ref.trim() && { ref: form.ref.trim() }) })
    else await bring(id, form.files, setShare, stop.current.signal)
  }
  const make = async (event: FormEvent) => {
    event.preventDefault()
    if (name === '' || (isImport && !isChosen(form))) return
    setBusy(true)
    const { signal } = (stop.current = new AbortController())
    try {
      const made = await workspaces.create({ name, ...(form.description.trim() && { description: form.description.trim() }) })
      if (isImport) await fill(made.id).catch((problem: unknown) => { if (!signal.aborted) toastError(problem) })
      await refresh(keys.list)
      if (!signal.aborted) await navigate({ to: `/workspaces/${made.id}` })
    } catch (problem) {
      setBusy(false)
      if (problem instanceof ApiError && problem.errors.length > 0) setError(problem)
      else toastError(problem)
    }
  }
  return (
    <Dialog
      open onClose={onClose} title={t(isImport ? 'importTitle' : 'createTitle')} description={t(isImport ? 'importText' : 'createText')}
      footer={<><Button onClick={onClose}>{shell('cancel')}</Button><Button variant="primary" type="submit" form={formId} loading={isBusy} disabled={name === '' || (isImport && !isChosen(form))}>{t(isImport ? 'import' : 'create')}</Button></>}
    >
      <form id={formId} className="stack" onSubmit={(event) => void make(event)}>
        {isImport && <Origin form={form} set={set} disabled={isBusy} />}
        <Field label={t('name')} error={error?.field('name')}>{(control) => <Input {...control} maxLength={100} value={form.name} placeholder={isImport ? suggested(form) : ''} onChange={(event) => set({ name: event.target.value })} />}</Field>
        <Field label={t('description')} error={error?.field('description')}>{(control) => <Input {...control} maxLength={500} value={form.description} onChange={(event) => set({ description: event.target.value })} />}</Field>
        {share !== null && <progress className="ws-bring-progress" value={share} max={1} aria-label={t('sending')} />}
      </form>
    </Dialog>
  )
}

/** Where the files come from. */
function Origin({ form, set, disabled }: { form: Form; set: (part: Partial<Form>) => void; disabled: boolean }): ReactNode {
  const t = useT('workspaces')
  return (
    <>
      <div className="ws-origin">
        <Segments
          label={t('importFrom')} value={form.from} onChange={(from) => set({ from })} disabled={disabled}
          options={[{ value: 'address', label: t('importRepository') }, { value: 'files', label: t('importComputer') }]}
        />
      </div>
      {form.from === 'files' ? <ChooseFiles chosen={form.files} onChange={(files) => set({ files })} disabled={disabled} /> : (
        <>
          <Field label={t('address')} hint={t('addressHint')}>{(control) => <Input {...control} type="url" required value={form.url} placeholder="https://git.example.org/team/project.git" onChange={(event) => set({ url: event.target.value })} />}</Field>
          <Field label={t('ref')} hint={t('refHint')}>{(control) => <Input {...control} value={form.ref} onChange={(event) => set({ ref: event.target.value })} />}</Field>
        </>
      )}
    </>
  )
}
