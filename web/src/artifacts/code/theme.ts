import type { ThemeRegistration } from 'shiki/core'

/**
 * The highlighter's theme names kinds of token, not colours: each kind gets a placeholder colour here and a class in
 * `code.css`, so that one pass serves both themes and the colours stay beside the other tokens.
 */
const SCOPES = {
  plain: [],
  comment: ['comment', 'punctuation.definition.comment', 'string.quoted.docstring', 'string.docstring'],
  keyword: [
    'keyword',
    'storage',
    'variable.language',
    'keyword.operator.logical.python',
    'keyword.operator.new',
    'markup.heading punctuation',
  ],
  string: ['string', 'punctuation.definition.string', 'markup.inline.raw', 'markup.fenced_code'],
  number: ['constant.numeric', 'constant.language', 'constant.other.color', 'keyword.other.unit', 'support.constant'],
  escape: [
    'constant.character.escape',
    'string.regexp',
    'constant.character.format',
    'constant.other.placeholder',
    'meta.interpolation punctuation',
  ],
  function: [
    'entity.name.function',
    'support.function',
    'meta.function-call.generic',
    'entity.name.command',
    'entity.other.attribute-name.id',
    'markup.link',
  ],
  type: [
    'entity.name.type',
    'entity.name.class',
    'support.type',
    'support.class',
    'entity.other.inherited-class',
    'entity.name.namespace',
  ],
  tag: [
    'entity.name.tag',
    'support.type.property-name',
    'meta.object-literal.key',
    'entity.name.section',
    'markup.heading',
    'variable.other.property.toml',
  ],
  attribute: [
    'entity.other.attribute-name',
    'entity.name.function.decorator',
    'punctuation.definition.decorator',
    'meta.decorator',
    'variable.parameter',
  ],
  operator: ['keyword.operator', 'punctuation.separator', 'punctuation.terminator', 'storage.type.function.arrow'],
  inserted: ['markup.inserted', 'punctuation.definition.inserted'],
  deleted: ['markup.deleted', 'punctuation.definition.deleted'],
} as const

export type TokenKind = keyof typeof SCOPES

const KINDS = Object.keys(SCOPES) as TokenKind[]
const placeholder = (index: number): string => `#0000${(index + 16).toString(16)}`
const KIND_OF = new Map(KINDS.map((kind, index) => [placeholder(index), kind]))

export const THEME: ThemeRegistration = {
  name: 'entourage',
  type: 'dark',
  colors: { 'editor.foreground': placeholder(0), 'editor.background': '#000000' },
  settings: [
    { settings: { foreground: placeholder(0), background: '#000000' } },
    ...KINDS.flatMap((kind, index) =>
      SCOPES[kind].length > 0 ? [{ scope: [...SCOPES[kind]], settings: { foreground: placeholder(index) } }] : [],
    ),
  ],
}

export function kindOfColor(color: string | undefined): TokenKind {
  return KIND_OF.get((color ?? '').toLowerCase()) ?? 'plain'
}
