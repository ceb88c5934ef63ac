import { editor } from 'monaco-editor/editor'

const tokens = ['bg', 'panel', 'raised', 'hover', 'line', 'line-strong', 'fg', 'muted', 'faint', 'accent', 'ok', 'warn', 'bad', 'code', 'tk-keyword', 'tk-string', 'tk-number', 'tk-function', 'tk-type', 'tk-tag'] as const
type Token = (typeof tokens)[number]

/** Six digits, as the editor wants them. */
const long = (hex: string): string => (hex.length === 4 ? `#${[...hex.slice(1)].map((digit) => digit + digit).join('')}` : hex)

function read(): Record<Token, string> {
  const style = getComputedStyle(document.documentElement)
  return Object.fromEntries(tokens.map((name) => [name, long(style.getPropertyValue(`--${name}`).trim())])) as Record<Token, string>
}

/** Which colour of ours each kind of token gets; the longest matching name wins. */
const kinds: [Token, string[]][] = [
  ['fg', ['', 'identifier', 'delimiter', 'operator', 'white', 'namespace', 'attribute.value.html']],
  ['muted', ['comment']],
  ['tk-keyword', ['keyword', 'predefined', 'annotation', 'metatag', 'tag.heading']],
  ['tk-string', ['string', 'attribute.value', 'regexp']],
  ['tk-number', ['number', 'constant', 'variable.predefined', 'string.escape']],
  ['tk-function', ['function', 'predefined.sql', 'string.link', 'attribute.name']],
  ['tk-type', ['type', 'type.identifier', 'variable']],
  ['tk-tag', ['tag', 'string.key', 'type.yaml', 'key']],
  ['bad', ['invalid', 'string.invalid']],
]

function define(name: string, isDark: boolean): void {
  const of = read()
  // As strong as the words on them stay legible.
  const [line, word] = isDark ? ['14', '1a'] : ['08', '0e']
  editor.defineTheme(name, {
    base: isDark ? 'vs-dark' : 'vs', inherit: true,
    rules: [
      ...kinds.flatMap(([token, names]) => names.map((kind) => ({ token: kind, foreground: of[token].slice(1) }))),
      { token: 'emphasis', fontStyle: 'italic' }, { token: 'strong', fontStyle: 'bold' },
    ],
    colors: {
      'foreground': of.fg, 'focusBorder': of.accent, 'icon.foreground': of.muted,
      'editor.background': of.code, 'editor.foreground': of.fg, 'editorCursor.foreground': of.accent,
      'editorLineNumber.foreground': of.faint, 'editorLineNumber.activeForeground': of.fg,
      'editor.lineHighlightBackground': `${of.fg}08`, 'editor.lineHighlightBorder': '#00000000',
      'editor.selectionBackground': `${of.accent}44`, 'editor.inactiveSelectionBackground': `${of.accent}26`, 'editor.wordHighlightBackground': `${of.accent}22`,
      'editor.findMatchBackground': `${of.warn}66`, 'editor.findMatchHighlightBackground': `${of.warn}33`,
      'editorIndentGuide.background1': of.line, 'editorIndentGuide.activeBackground1': of['line-strong'], 'editorWhitespace.foreground': of['line-strong'],
      'editorBracketMatch.background': `${of.accent}22`, 'editorBracketMatch.border': `${of.accent}88`,
      'editorGutter.background': of.code, 'editorOverviewRuler.border': '#00000000',
      'editorWidget.background': of.raised, 'editorWidget.foreground': of.fg, 'editorWidget.border': of.line, 'widget.shadow': '#00000055',
      'editorHoverWidget.background': of.raised, 'editorHoverWidget.border': of.line,
      'editorSuggestWidget.background': of.raised, 'editorSuggestWidget.border': of.line, 'editorSuggestWidget.foreground': of.fg, 'editorSuggestWidget.selectedBackground': of.hover, 'editorSuggestWidget.selectedForeground': of.fg, 'editorSuggestWidget.highlightForeground': of.accent, 'editorSuggestWidget.focusHighlightForeground': of.accent,
      'list.hoverBackground': of.hover, 'list.focusBackground': of.hover, 'list.focusForeground': of.fg, 'list.activeSelectionBackground': of.hover, 'list.activeSelectionForeground': of.fg, 'list.highlightForeground': of.accent,
      'menu.background': of.raised, 'menu.foreground': of.fg, 'menu.selectionBackground': of.hover, 'menu.selectionForeground': of.fg, 'menu.separatorBackground': of.line, 'menu.border': of.line,
      'quickInput.background': of.raised, 'quickInput.foreground': of.fg, 'quickInputList.focusBackground': of.hover, 'quickInputList.focusForeground': of.fg,
      'input.background': of.bg, 'input.foreground': of.fg, 'input.border': of.line, 'input.placeholderForeground': of.faint, 'inputOption.activeBackground': `${of.accent}33`, 'inputOption.activeBorder': of.accent, 'inputOption.activeForeground': of.fg,
      'scrollbarSlider.background': `${of['line-strong']}55`, 'scrollbarSlider.hoverBackground': `${of['line-strong']}99`, 'scrollbarSlider.activeBackground': of['line-strong'], 'scrollbar.shadow': '#00000000',
      'diffEditor.insertedTextBackground': of.ok + word, 'diffEditor.removedTextBackground': of.bad + word, 'diffEditor.insertedLineBackground': of.ok + line, 'diffEditor.removedLineBackground': of.bad + line, 'diffEditor.diagonalFill': of.line, 'diffEditor.border': of.line,
      'diffEditor.unchangedRegionBackground': of.panel, 'diffEditor.unchangedRegionForeground': of.muted, 'diffEditor.unchangedCodeBackground': '#00000000',
      'editorUnicodeHighlight.border': of.warn, 'editorLink.activeForeground': of.accent, 'textLink.foreground': of.accent,
    },
  })
}

/** Gives every editor the page's theme, now and whenever it changes. */
export function followTheme(): void {
  const show = () => {
    const isDark = document.documentElement.dataset['theme'] !== 'light'
    const name = isDark ? 'entourage-dark' : 'entourage-light'
    define(name, isDark)
    editor.setTheme(name)
  }
  show()
  new MutationObserver(show).observe(document.documentElement, { attributeFilter: ['data-theme'] })
}
