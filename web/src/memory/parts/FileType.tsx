import type { ReactNode } from 'react'
import { useT } from '@/i18n'

const known = ['text', 'markdown', 'code', 'pdf', 'docx', 'html', 'csv', 'json', 'email', 'image', 'archive'] as const

/** What a file was read as, in the person's words. */
export function FileType({ type }: { type: string | null }): ReactNode {
  const t = useT('memory')
  const found = known.find((name) => name === type)
  return found ? t(`type_${found}`) : type
}
