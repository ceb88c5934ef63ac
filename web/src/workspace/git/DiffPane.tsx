import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { Loaded } from '@/admin/parts/Loaded'
import { Button } from '@/ui'
import { diffQuery } from '../api/queries'
import { useDesk } from '../open/context'
import { Counted } from './Counted'
import { HunkView } from './HunkView'
import './git.css'

/** What git says has changed in a file: staged, or since then. */
export default function DiffPane({ path, staged }: { path: string; staged: boolean }): ReactNode {
  const t = useT('workspaces')
  const { desk } = useDesk()
  const query = useQuery(diffQuery(desk.id, path, staged))
  return (
    <Loaded query={query}>
      {({ files, truncated }) => (
        <div className="ws-diff">
          <header className="ws-diff-head">
            <span className="mono cut grow">{path}</span>
            {files[0] && <Counted added={files[0].added} removed={files[0].removed} />}
            <Button size="s" onClick={() => desk.open({ kind: 'file', path })}>{t('openFile')}</Button>
          </header>
          <div className="ws-diff-body">
            {files.length === 0 && <p className="ws-none small muted">{t(staged ? 'nothingStaged' : 'noDifference')}</p>}
            {files.map((file) => (file.binary ? <p key={file.path} className="ws-none small muted">{t('binaryChanged')}</p> : file.hunks.map((hunk, index) => <HunkView key={`${hunk.old_start} ${hunk.new_start}`} hunk={hunk} label={t('hunkOf', { n: index + 1, of: file.hunks.length })} />)))}
            {truncated && <p className="ws-note tiny muted">{t('diffTruncated')}</p>}
          </div>
        </div>
      )}
    </Loaded>
  )
}
