import type { ReactNode } from 'react'
import Copy from 'lucide-react/icons/copy'
import { useT } from '@/i18n'
import { copyText } from '@/lib/clipboard'
import { Button, Dialog, toast, toastError } from '@/ui'

/** The secret that signs a webhook's calls. It is not shown again. */
export function SecretOnce({ name, secret, onClose }: { name: string; secret: string; onClose: () => void }): ReactNode {
  const t = useT('alerts')
  return (
    <Dialog
      open title={t('secretOf', { name })} description={t('secretOnce')} onClose={onClose}
      footer={<Button variant="primary" onClick={onClose}>{t('secretKept')}</Button>}
    >
      <div className="alert-secret">
        <code aria-label={t('secret')}>{secret}</code>
        <Button size="s" icon={<Copy size={13} />} onClick={() => void copyText(secret).then(() => toast({ tone: 'ok', title: t('copied') }), toastError)}>
          {t('copy')}
        </Button>
      </div>
      <p className="tiny muted">{t('secretHow')}</p>
    </Dialog>
  )
}
