import type { ReactNode } from 'react'
import { IconButton } from '@/ui'
import { useDesk } from '../open/context'
import { folderOf, nameOf } from '../open/text'
import { FileIcon } from '../tree/FileIcon'
import { GitMark } from '../tree/GitMark'
import type { Changed } from './files'

interface Act { label: (name: string) => string; icon: ReactNode; run: (path: string) => void }
interface ChangeListProps { title: string; files: Changed[]; staged: boolean; acts: Act[]; children?: ReactNode }

/** Changed files; a click shows what changed in one. */
export function ChangeList({ title, files, staged, acts, children }: ChangeListProps): ReactNode {
  const { desk } = useDesk()
  if (files.length === 0) return null
  return (
    <section aria-label={title}>
      <div className="ws-group-head"><h2 className="grow">{title} <span className="faint">{files.length}</span></h2>{children}</div>
      <ul className="ws-changes-list" aria-label={title}>
        {files.map(({ path, from, mark }) => (
          <li key={path} className="ws-change">
            <button type="button" className="ws-change-open" title={from === null ? path : `${from} → ${path}`} onClick={() => desk.open({ kind: 'diff', path, staged })}>
              <FileIcon name={path} size={14} /><span className={mark === 'D' ? 'ws-change-gone cut' : 'cut'}>{nameOf(path)}</span><span className="cut grow tiny muted">{folderOf(path)}</span><GitMark mark={mark} />
            </button>
            {acts.map(({ label, icon, run }) => <IconButton key={label('')} size="s" label={label(nameOf(path))} icon={icon} onClick={() => run(path)} />)}
          </li>
        ))}
      </ul>
    </section>
  )
}
