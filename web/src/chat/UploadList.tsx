import CircleAlert from 'lucide-react/icons/circle-alert'
import Paperclip from 'lucide-react/icons/paperclip'
import X from 'lucide-react/icons/x'
import { useT } from '@/i18n'
import { bytes } from '@/lib/format'
import type { Upload } from './useAttachments'

export function UploadList({ uploads, onRemove }: { uploads: Upload[]; onRemove: (key: string) => void }) {
  const t = useT('chat')
  if (uploads.length === 0) return null
  return (
    <ul className="uploads">
      {uploads.map(({ key, file, share, done, failed }) => (
        <li key={key} className="chip" data-failed={failed || undefined}>
          {failed ? <CircleAlert size={14} className="tone-bad" aria-hidden /> : <Paperclip size={14} aria-hidden />}
          <span className="cut">{file.name}</span>
          <span className="faint tiny">{failed ? t('fileFailed') : bytes(file.size)}</span>
          {!done && !failed && <progress max={1} value={share} aria-label={t('uploading', { name: file.name })} />}
          <button type="button" className="chip-x" aria-label={t('removeFile', { name: file.name })} onClick={() => onRemove(key)}><X size={13} aria-hidden /></button>
        </li>
      ))}
    </ul>
  )
}
