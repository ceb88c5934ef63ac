import type { Job } from '../api/types'

/** How many files of a job have come to an end, and how many of them badly. */
export function counted({ files, files_total, files_failed }: Pick<Job, 'files' | 'files_total' | 'files_failed'>): { done: number; failed: number; total: number } {
  const ended = files.filter(({ status }) => !['waiting', 'reading', 'indexing'].includes(status))
  return { done: ended.length, failed: files_failed, total: Math.max(files_total, files.length) }
}
