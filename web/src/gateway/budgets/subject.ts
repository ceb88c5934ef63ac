import { useT } from '@/i18n'
import type { Budget } from '../api/types'

/** What a budget limits, in words. */
export function useSubject({ subject, subject_name, subject_id }: Pick<Budget, 'subject' | 'subject_name' | 'subject_id'>): string {
  const t = useT('gateway')
  return subject === 'user' ? t('subject_all') : `${t(`subject_${subject}`)} ${subject_name ?? subject_id ?? ''}`
}
