/** Puts a text in the message box of the shown chat and moves there. */
export function offerDraft(text: string): void {
  window.dispatchEvent(new CustomEvent('entourage:draft', { detail: text }))
}

/** Moves the focus to the message box, if there is one. */
export function focusMessageBox(): void {
  document.getElementById('message-box')?.focus()
}
