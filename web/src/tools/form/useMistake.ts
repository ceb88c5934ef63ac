import { useT } from '@/i18n'
import { useForm } from './context'

/** What is wrong at this path, in words. */
export function useMistake(path: string): string | undefined {
  const t = useT('tools')
  const mistake = useForm().mistakes.get(path)
  return mistake && t(`mistake_${mistake.kind}`, { n: mistake.n ?? 0 })
}
