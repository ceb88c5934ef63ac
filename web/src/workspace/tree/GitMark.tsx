import type { ReactNode } from 'react'
import { useT } from '@/i18n'
import type { Mark } from '../api/types'

const known = ['M', 'A', 'D', 'R', 'U', '?'] as const
type Known = (typeof known)[number]
const words = { 'M': 'git_M', 'A': 'git_A', 'D': 'git_D', 'R': 'git_R', 'U': 'git_U', '?': 'git_new' } as const satisfies Record<Known, string>
const isKnown = (mark: Mark): mark is Known => (known as readonly string[]).includes(mark)

/** How git sees a file: a letter with its meaning; a folder with changes in it gets a dot. */
export function GitMark({ mark, isFolder = false }: { mark: Mark | null; isFolder?: boolean }): ReactNode {
  const t = useT('workspaces')
  if (mark === null || !isKnown(mark)) return null
  const letter = mark === '?' ? 'N' : mark
  return <span className="ws-git" data-mark={letter} title={t(words[mark])}><span aria-hidden="true">{isFolder ? '•' : letter}</span><span className="sr-only">{t(words[mark])}</span></span>
}
