import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { Spinner } from './Spinner'

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: 'default' | 'primary' | 'ghost' | 'danger'
  size?: 's' | 'm'
  icon?: ReactNode
  /** Shows a spinner and disables the button. */
  loading?: boolean
  ref?: Ref<HTMLButtonElement>
}

export function Button({ variant = 'default', size = 'm', icon, loading = false, disabled, className = '', children, type = 'button', ...rest }: ButtonProps) {
  return (
    <button type={type} disabled={disabled || loading} aria-busy={loading || undefined} className={`btn btn-${variant} btn-${size} ${className}`} {...rest}>
      {loading ? <Spinner /> : icon}
      {children}
    </button>
  )
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** Spoken name, also shown as the tooltip. */
  label: string
  icon: ReactNode
  size?: 's' | 'm'
  pressed?: boolean
  ref?: Ref<HTMLButtonElement>
}

export function IconButton({ label, icon, size = 'm', pressed, className = '', type = 'button', ...rest }: IconButtonProps) {
  return (
    <button type={type} aria-label={label} data-tip={label} aria-pressed={pressed} className={`icon-btn icon-btn-${size} ${className}`} {...rest}>
      {icon}
    </button>
  )
}
