import { useState, type FormEvent, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { ApiError } from '@/lib/http'
import { Button, Dialog, Field, Textarea, toastError } from '@/ui'
import { sandboxes } from '../api/calls'
import { keys, useRefresh } from '../api/queries'
import type { Sandbox } from '../api/types'

const formId = 'sandbox-network'

/** The hosts that a sandbox may reach; a change holds at once. */
export function NetworkDialog({ sandbox, onClose }: { sandbox: Sandbox; onClose: () => void }): ReactNode {
  const t = useT('workspaces')
  const shell = useT('shell')
  const refresh = useRefresh()
  const [text, setText] = useState(sandbox.network.allow.join('\n'))
  const [error, setError] = useState<string | undefined>()
  const save = async (event: FormEvent) => {
    event.preventDefault()
    try {
      await sandboxes.network(sandbox.id, text.split(/[\s,]+/).filter((host) => host !== ''))
      await refresh(keys.sandboxes)
      onClose()
    } catch (problem) {
      if (problem instanceof ApiError && problem.status === 422) setError(problem.errors[0]?.message ?? problem.detail)
      else toastError(problem)
    }
  }
  return (
    <Dialog open size="s" title={t('network')} description={t('networkText')} onClose={onClose} footer={<><Button onClick={onClose}>{shell('cancel')}</Button><Button variant="primary" type="submit" form={formId}>{shell('save')}</Button></>}>
      <form id={formId} onSubmit={(event) => void save(event)}>
        <Field label={t('allowedHosts')} hint={t('allowedHostsHint')} error={error}>{(control) => <Textarea {...control} className="mono" rows={5} spellCheck={false} placeholder={'api.example.org\n*.example.com'} value={text} onChange={(event) => setText(event.target.value)} />}</Field>
      </form>
    </Dialog>
  )
}
