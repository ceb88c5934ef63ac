import { useMemo, useRef, useState, type ReactNode } from 'react'
import GitMerge from 'lucide-react/icons/git-merge'
import { useT } from '@/i18n'
import { DiffEditor } from '@/editor'
import { Button, toastError } from '@/ui'
import { merge } from './merge'
import type { OpenFile, Theirs } from './OpenFile'
import { nameOf } from './text'

/** What another wrote meanwhile beside what is written here; the right side is what will be saved, and can be changed. */
export function Conflict({ file, theirs, by }: { file: OpenFile; theirs: Theirs; by: string | null }): ReactNode {
  const t = useT('workspaces')
  const mine = useRef(file.text)
  const merged = useMemo(() => merge(file.base, mine.current, theirs.text), [file, theirs])
  const [text, setText] = useState(merged.text)
  const [isBusy, setBusy] = useState(false)
  const settle = async (act: () => Promise<unknown>) => {
    setBusy(true)
    try { await act() } catch (error) { toastError(error) } finally { setBusy(false) }
  }
  const name = nameOf(file.path)
  return (
    <div className="ws-conflict" role="group" aria-label={t('conflict')}>
      <div className="ws-banner ws-banner-warn" role="alert">
        <GitMerge size={16} aria-hidden />
        <div className="grow">
          <b>{by === null ? t('conflictSomebody', { name }) : t('conflictBy', { by, name })}</b>
          <p className="tiny muted">{merged.conflicts === 0 ? t('mergedClean') : t('mergedMarks', { n: merged.conflicts })}</p>
        </div>
        <Button size="s" disabled={isBusy} onClick={() => file.takeTheirs()}>{t('takeTheirs')}</Button>
        <Button size="s" disabled={isBusy} onClick={() => void settle(() => file.saveOver(mine.current))}>{t('keepMine')}</Button>
        <Button size="s" variant="primary" loading={isBusy} onClick={() => void settle(() => file.saveOver(text))}>{t('saveMerged')}</Button>
      </div>
      <div className="ws-conflict-sides tiny muted" aria-hidden="true"><span>{by ?? t('onServer')}</span><span>{t('willBeSaved')}</span></div>
      <div className="ws-conflict-diff"><DiffEditor path={file.path} labels={{ original: t('theirText'), modified: t('willBeSaved') }} original={theirs.text} modified={merged.text} onChange={setText} /></div>
    </div>
  )
}
