import type { ReactNode } from 'react'
import Copy from 'lucide-react/icons/copy'
import { useT } from '@/i18n'
import { copyText } from '@/lib/clipboard'
import { Button, toast, toastError } from '@/ui'

/** A secret or a link to carry away by copying. */
export function Once({ value, label }: { value: string; label: string }): ReactNode {
  const t = useT('admin')
  return (
    <div className="once">
      <code aria-label={label}>{value}</code>
      <Button
        size="s"
        icon={<Copy size={13} />}
        onClick={() => void copyText(value).then(() => toast({ tone: 'ok', title: t('copied') }), toastError)}
      >
        {t('copy')}
      </Button>
    </div>
  )
}
