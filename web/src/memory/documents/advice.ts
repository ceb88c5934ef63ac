import type { Namespaces } from '@/i18n/namespaces'
import type { FileError } from '../api/types'

type Word = keyof Namespaces['memory'] & string

const advice: Record<string, Word> = {
  too_large: 'adviceLarge', unsupported: 'adviceUnsupported', encrypted: 'adviceEncrypted', corrupt: 'adviceCorrupt', empty: 'adviceEmpty', no_text: 'adviceNoText',
  timeout: 'adviceTimeout', bomb: 'adviceBomb', unreachable: 'adviceUnreachable', refused: 'adviceRefused', no_vision: 'adviceNoVision', quota: 'adviceQuota', too_many: 'adviceTooMany',
}

/** What a person can do about a file that could not be taken in. */
export const adviceFor = ({ code }: FileError): Word => advice[code.replace(/-/g, '_')] ?? 'adviceOther'
