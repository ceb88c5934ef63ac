const NAME = /^[A-Za-z0-9_.-]{1,100}$/

export type SecretMistake = 'needed' | 'badSecretName'

export function checkSecretName(name: string): SecretMistake | null {
  if (name.trim() === '') return 'needed'
  return NAME.test(name.trim()) ? null : 'badSecretName'
}
