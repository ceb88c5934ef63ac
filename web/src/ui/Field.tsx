import { useId, type InputHTMLAttributes, type ReactNode, type Ref, type SelectHTMLAttributes, type TextareaHTMLAttributes } from 'react'

export interface ControlProps { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean | undefined }

interface FieldProps {
  label: string
  hint?: ReactNode
  error?: string | undefined
  /** Gets the attributes that tie the control to its label, hint and error: spread them on it. */
  children: (control: ControlProps) => ReactNode
}

export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId()
  const note = error !== undefined || hint !== undefined ? `${id}-note` : undefined
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': note, 'aria-invalid': error === undefined ? undefined : true })}
      {error !== undefined
        ? <div id={note} className="field-error" role="alert">{error}</div>
        : hint !== undefined && <div id={note} className="field-hint">{hint}</div>}
    </div>
  )
}

export function Input({ className = '', ...rest }: InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }) {
  return <input className={`input ${className}`} {...rest} />
}

export function Textarea({ className = '', ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> }) {
  return <textarea className={`input ${className}`} {...rest} />
}

interface SelectProps extends Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange' | 'value'> {
  value: string
  onChange: (value: string) => void
  options: { value: string; label: string; disabled?: boolean }[]
}

export function Select({ value, onChange, options, className = '', ...rest }: SelectProps) {
  return (
    <select className={`input ${className}`} value={value} onChange={(event) => onChange(event.target.value)} {...rest}>
      {options.map((option) => <option key={option.value} value={option.value} disabled={option.disabled}>{option.label}</option>)}
    </select>
  )
}

interface SwitchProps { checked: boolean; onChange: (checked: boolean) => void; label: ReactNode; disabled?: boolean; 'aria-label'?: string }

export function Switch({ checked, onChange, label, ...rest }: SwitchProps) {
  return (
    <button type="button" role="switch" className="switch" aria-checked={checked} onClick={() => onChange(!checked)} {...rest}>
      <span className="switch-track" aria-hidden="true" />
      {label}
    </button>
  )
}
