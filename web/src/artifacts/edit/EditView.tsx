import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Editor } from '@/editor'
import { useT } from '@/i18n'
import { api } from '@/lib/api'
import { ApiError } from '@/lib/http'
import { keys } from '@/lib/queries'
import type { Artifact } from '@/lib/types'
import { Button, toast, toastError } from '@/ui'
import { readTagged } from '../queries'
import './edit.css'

interface Props {
  artifact: Artifact
  version: number
  text: string
  language: string | null
  onDone: () => void
}

/** The text of the newest version, to be changed by hand: saving makes the next one, unless somebody was faster. */
export default function EditView({ artifact, version, text, language, onDone }: Props): ReactNode {
  const t = useT('artifacts')
  const client = useQueryClient()
  const [begun] = useState({ text, version })
  const [changed, setChanged] = useState(text)
  const [busy, setBusy] = useState(false)
  const [stale, setStale] = useState(false)
  const save = async (force: boolean): Promise<void> => {
    setBusy(true)
    try {
      const tag = await readTagged(artifact.id, begun.version)
      await api.raw(
        `/my/artifacts/${artifact.id}/content`,
        { method: 'PUT', body: new Blob([changed]) },
        { headers: { 'content-type': 'application/octet-stream', ...(force || !tag ? {} : { 'if-match': tag }) } },
      )
      if (artifact.chat_id) await client.invalidateQueries({ queryKey: keys.artifacts(artifact.chat_id) })
      await client.invalidateQueries({ queryKey: keys.artifact(artifact.id) })
      toast({ tone: 'ok', title: t('saved') })
      onDone()
    } catch (error) {
      if (error instanceof ApiError && error.status === 412) setStale(true)
      else toastError(error)
    }
    setBusy(false)
  }
  return (
    <div className="sheet">
      <div className="edit-bar">
        <span className="grow tiny muted">{t('editHint', { next: artifact.version + 1 })}</span>
        <Button size="s" variant="ghost" onClick={onDone}>
          {t('cancel')}
        </Button>
        <Button size="s" variant="primary" loading={busy} disabled={changed === begun.text} onClick={() => void save(false)}>
          {t('save')}
        </Button>
      </div>
      {stale && (
        <div className="dock-old" role="alert">
          <span className="grow">{t('editStale')}</span>
          <Button size="s" onClick={() => void save(true)}>
            {t('saveAnyway')}
          </Button>
        </div>
      )}
      <div className="edit-frame">
        <Editor label={t('textOf', { title: artifact.title })} value={begun.text} {...(language ? { language } : { path: artifact.title })} onChange={setChanged} />
      </div>
    </div>
  )
}
