import type { GitFile, GitStatus } from '../api/types'

export interface Changed { path: string; from: string | null; mark: string }

const none = new Set(['.', ' ', ''])
const isUntracked = ({ index, work_tree }: GitFile): boolean => index === '?' || work_tree === '?'

/** What a commit would take, and what else is changed. A file may be in both. */
export function groups({ files }: Pick<GitStatus, 'files'>): { staged: Changed[]; changed: Changed[] } {
  const staged = files.filter((file) => !isUntracked(file) && !none.has(file.index)).map(({ path, from, index }) => ({ path, from, mark: index }))
  const changed = files.filter((file) => isUntracked(file) || !none.has(file.work_tree)).map((file) => ({ path: file.path, from: file.from, mark: isUntracked(file) ? '?' : file.work_tree }))
  return { staged, changed }
}
