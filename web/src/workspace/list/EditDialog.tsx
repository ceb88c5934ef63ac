import { useState, type FormEvent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { Button, Dialog, Field, Input, toastError } from '@/ui'
import { workspaces } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import type { Workspace } from '../api/types'

const formId = 'edit-workspace'

/** Changes a workspace's name and what is said of it. */
export function EditDialog({ workspace, onClose }: { workspace: Workspace; onClose: () => void }): ReactNode {
  const t = useT('workspaces')
  const shell = useT('shell')
  const refresh = useRefresh()
  const [name, setName] = useState(workspace.name)
  const [description, setDescription] = useState(workspace.description)
  const [isBusy, setBusy] = useState(false)
  const save = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      await workspaces.change(workspace, { name: name.trim(), description: description.trim() })
      await refresh(keys.one(workspace.id), keys.list)
      onClose()
    } catch (error) { setBusy(false); toastError(error) }
  }
  return (
    <Dialog
      open onClose={onClose} title={t('editWorkspace')}
      footer={<><Button onClick={onClose}>{shell('cancel')}</Button><Button variant="primary" type="submit" form={formId} loading={isBusy} disabled={name.trim() === ''}>{shell('save')}</Button></>}
    >
      <form id={formId} className="stack" onSubmit={(event) => void save(event)}>
        <Field label={t('name')}>{(control) => <Input {...control} maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />}</Field>
        <Field label={t('description')}>{(control) => <Input {...control} maxLength={500} value={description} onChange={(event) => setDescription(event.target.value)} />}</Field>
      </form>
    </Dialog>
  )
}
