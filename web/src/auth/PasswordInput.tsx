import { useState } from 'react'
import Eye from 'lucide-react/icons/eye'
import EyeOff from 'lucide-react/icons/eye-off'
import { useT } from '@/i18n'
import { IconButton, Input } from '@/ui'
import type { ControlProps } from '@/ui/Field'

interface PasswordInputProps extends ControlProps { value: string; onChange: (value: string) => void; autoComplete: 'current-password' | 'new-password' }

export function PasswordInput({ value, onChange, ...rest }: PasswordInputProps) {
  const t = useT('auth')
  const [shown, setShown] = useState(false)
  return (
    <div className="password">
      <Input type={shown ? 'text' : 'password'} value={value} required maxLength={200} onChange={(event) => onChange(event.target.value)} {...rest} />
      <IconButton size="s" label={shown ? t('hidePassword') : t('showPassword')} icon={shown ? <EyeOff size={15} /> : <Eye size={15} />} onClick={() => setShown(!shown)} />
    </div>
  )
}
