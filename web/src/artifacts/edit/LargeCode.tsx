import type { ReactNode } from 'react'
import { Editor } from '@/editor'
import { useT } from '@/i18n'
import './edit.css'

interface Props {
  text: string
  language: string | null
  title: string
  wrap: boolean
}

/** A long text in the editor, which draws only what is looked at, folds and searches. */
export default function LargeCode({ text, language, title, wrap }: Props): ReactNode {
  const t = useT('artifacts')
  return (
    <div className="edit-frame">
      <Editor label={t('textOf', { title })} value={text} {...(language ? { language } : { path: title })} readOnly settings={{ wordWrap: wrap ? 'on' : 'off' }} />
    </div>
  )
}
