import { FitAddon } from '@xterm/addon-fit'
import { Terminal, type ITerminalOptions } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import { onTheme, terminalTheme } from './theme'

export interface Made { terminal: Terminal; fit: FitAddon; dispose: () => void }

/** A terminal in this element, in the page's theme and ever following it. */
export function makeTerminal(element: HTMLElement, options: ITerminalOptions = {}): Made {
  const fontFamily = getComputedStyle(document.documentElement).getPropertyValue('--mono')
  const terminal = new Terminal({ fontFamily, fontSize: 13, lineHeight: 1.2, scrollback: 10_000, minimumContrastRatio: 4.5, theme: terminalTheme(), ...options })
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  terminal.open(element)
  const unfollow = onTheme(() => { terminal.options.theme = terminalTheme() })
  return { terminal, fit, dispose: () => { unfollow(); terminal.dispose() } }
}
