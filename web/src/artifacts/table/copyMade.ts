import { copyText } from '@/lib/clipboard'

/** Copies text that is still being made: where a page may copy only within a click, the browser takes the promise of it. */
export async function copyMade(text: Promise<string>): Promise<void> {
  const clipboard = navigator.clipboard as Clipboard | undefined
  if (!clipboard || !('ClipboardItem' in window)) return copyText(await text)
  const blob = text.then((made) => new Blob([made], { type: 'text/plain' }))
  return clipboard.write([new ClipboardItem({ 'text/plain': blob })])
}
