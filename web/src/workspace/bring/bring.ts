import { batches, formOf, type Chosen } from '@/memory/documents/files'
import { files } from '../api/calls'
import { bytesOf, loneArchive, withoutTop } from './chosen'

/** Sends what was chosen into an empty workspace: an archive unpacked, a folder's files at the top. Tells the share that is there. */
export async function bring(id: string, chosen: readonly Chosen[], onProgress: (share: number) => void, signal: AbortSignal): Promise<void> {
  const all = Math.max(1, bytesOf(chosen))
  let sent = 0
  for (const batch of batches(withoutTop(chosen))) {
    const told = (share: number) => onProgress((sent + share * batch.bytes) / all)
    await files.upload(id, '', formOf(batch), { onProgress: told, signal, unpack: loneArchive(chosen) !== null })
    sent += batch.bytes
    signal.throwIfAborted()
  }
}
