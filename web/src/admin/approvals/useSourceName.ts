import { useT } from '@/i18n'
import { isCaller } from './sources'

/** The words for where a call came from; an outside agent goes by its own name. */
export function useSourceName(): (source: string) => string {
  const t = useT('admin')
  return (source) => (source === 'team' ? t('source_team') : isCaller(source) ? t(`source_${source}`) : source)
}
