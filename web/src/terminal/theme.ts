import type { ITheme } from '@xterm/xterm'

/** The sixteen colours of terminals, each from our tokens or near them, legible on the page's code background. */
const palettes: Record<'dark' | 'light', Partial<ITheme>> = {
  dark: {
    black: '#2a3039', red: '#ef7b7b', green: '#63c58b', yellow: '#e0b252', blue: '#7aa2ff', magenta: '#b799ff', cyan: '#66c9d8', white: '#cfd5dd',
    brightBlack: '#828c99', brightRed: '#ff9d9d', brightGreen: '#8fdfae', brightYellow: '#f0cc7e', brightBlue: '#a3c0ff', brightMagenta: '#d0bcff', brightCyan: '#93e0ec', brightWhite: '#ffffff',
  },
  light: {
    black: '#1b1e22', red: '#b53333', green: '#17703f', yellow: '#865c00', blue: '#2f5fd8', magenta: '#6b3fc4', cyan: '#0d6a77', white: '#5a626d',
    brightBlack: '#656c76', brightRed: '#c23b3b', brightGreen: '#1d7a45', brightYellow: '#8f6400', brightBlue: '#2d5bd0', brightMagenta: '#7b50d2', brightCyan: '#0e7280', brightWhite: '#1b1e22',
  },
}

/** The page's present theme, for a terminal. */
export function terminalTheme(): ITheme {
  const style = getComputedStyle(document.documentElement)
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim()
  const isLight = document.documentElement.dataset['theme'] === 'light'
  return {
    ...palettes[isLight ? 'light' : 'dark'], background: of('code'), foreground: of('fg'), cursor: of('accent'), cursorAccent: of('code'),
    selectionBackground: `${of('accent')}44`, scrollbarSliderBackground: `${of('line-strong')}55`, scrollbarSliderHoverBackground: `${of('line-strong')}99`, scrollbarSliderActiveBackground: of('line-strong'),
  }
}

/** Calls back whenever the page's theme changes. Returns what ends it. */
export function onTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed)
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return () => observer.disconnect()
}
