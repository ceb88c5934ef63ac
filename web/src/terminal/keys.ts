import type { Terminal } from '@xterm/xterm'

/** Ctrl-Shift-C copies and Ctrl-Shift-V pastes, as in other terminals; Ctrl-C stays an interrupt. */
export function copyKeys(terminal: Terminal): (event: KeyboardEvent) => boolean {
  return (event) => {
    if (!event.ctrlKey || !event.shiftKey || event.type !== 'keydown') return true
    if (event.code === 'KeyC' && terminal.hasSelection()) {
      event.preventDefault()
      void navigator.clipboard.writeText(terminal.getSelection())
      return false
    }
    // The browser pastes by itself, into the terminal's text box.
    return event.code !== 'KeyV'
  }
}
