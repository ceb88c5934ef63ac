export interface PasswordForm {
  current_password: string
  new_password: string
  again: string
}
export type PasswordMistake = 'needed' | 'passwordShort' | 'passwordLong' | 'passwordSame' | 'passwordDiffers'

const MIN_CHARS = 10
const MAX_CHARS = 200

export function checkPassword({
  current_password: current,
  new_password: next,
  again,
}: PasswordForm): Partial<Record<keyof PasswordForm, PasswordMistake>> {
  const found: Partial<Record<keyof PasswordForm, PasswordMistake | null>> = {
    current_password: current === '' ? 'needed' : null,
    new_password:
      next.length < MIN_CHARS
        ? 'passwordShort'
        : next.length > MAX_CHARS
          ? 'passwordLong'
          : next === current
            ? 'passwordSame'
            : null,
    again: again === next ? null : 'passwordDiffers',
  }
  return Object.fromEntries(Object.entries(found).filter(([, mistake]) => mistake !== null))
}
