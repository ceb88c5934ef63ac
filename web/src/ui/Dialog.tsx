import { useEffect, useId, useRef, type ReactNode } from 'react'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { IconButton } from './Button'

interface DialogProps {
  open: boolean
  onClose: () => void
  title: string
  description?: ReactNode
  children?: ReactNode
  footer?: ReactNode
  size?: 's' | 'm' | 'l'
  className?: string
}

/** A modal on the browser's own `<dialog>`: it traps focus, closes on Escape and gives focus back. */
export function Dialog({ open, onClose, title, description, children, footer, size = 'm', className = '' }: DialogProps) {
  const t = useT('shell')
  const element = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const dialog = element.current
    if (open && dialog && !dialog.open) {
      dialog.showModal()
      // The browser would choose the close button: React's `autoFocus` came before the dialog was open.
      dialog.querySelector<HTMLElement>('.dialog-body :is(input, textarea, select):not(:disabled)')?.focus()
    }
    return () => { if (open) dialog?.close() }
  }, [open])
  if (!open) return null
  return (
    <dialog
      ref={element} className={`dialog dialog-${size} ${className}`} aria-labelledby={id}
      onCancel={(event) => { event.preventDefault(); onClose() }}
      onMouseDown={(event) => { if (event.target === event.currentTarget && isOutside(event.currentTarget, event.clientX, event.clientY)) onClose() }}
    >
      <div className="dialog-head">
        <div className="grow">
          <h2 id={id}>{title}</h2>
          {description !== undefined && <p className="small muted">{description}</p>}
        </div>
        <IconButton label={t('close')} size="s" icon={<X size={16} />} onClick={onClose} />
      </div>
      <div className="dialog-body">{children}</div>
      {footer !== undefined && <div className="dialog-foot">{footer}</div>}
    </dialog>
  )
}

function isOutside(element: HTMLElement, x: number, y: number): boolean {
  const box = element.getBoundingClientRect()
  return x < box.left || x > box.right || y < box.top || y > box.bottom
}
