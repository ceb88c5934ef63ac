import Paperclip from 'lucide-react/icons/paperclip'
import { api } from '@/lib/api'
import { saveBlob } from '@/lib/download'
import { bytes } from '@/lib/format'
import type { AttachmentPart } from '@/lib/types'
import { toastError } from '@/ui'

export function AttachmentChip({ chatId, part }: { chatId: string; part: AttachmentPart }) {
  const download = () => {
    api.raw(`/my/chat/${chatId}/attachments/${part.attachment_id}/content`, {}, { headers: { accept: '*/*' } })
      .then((answer) => answer.blob())
      .then((blob) => saveBlob(blob, part.name), toastError)
  }
  return (
    <button type="button" className="chip" onClick={download}>
      <Paperclip size={14} aria-hidden />
      <span className="cut">{part.name}</span>
      <span className="faint tiny">{bytes(part.size)}</span>
    </button>
  )
}
