/** Copies text; plain HTTP from another machine has no clipboard API, so the old way is kept for it. */
export async function copyText(text: string): Promise<void> {
  const clipboard = navigator.clipboard as Clipboard | undefined
  if (clipboard) return clipboard.writeText(text)
  const box = document.createElement('textarea')
  box.value = text
  box.style.position = 'fixed'
  document.body.append(box)
  box.select()
  document.execCommand('copy')
  box.remove()
}
