import { languages } from 'monaco-editor/editor'
import 'monaco-editor/languages/definitions/bat/register'
import 'monaco-editor/languages/definitions/cpp/register'
import 'monaco-editor/languages/definitions/csharp/register'
import 'monaco-editor/languages/definitions/css/register'
import 'monaco-editor/languages/definitions/dart/register'
import 'monaco-editor/languages/definitions/dockerfile/register'
import 'monaco-editor/languages/definitions/elixir/register'
import 'monaco-editor/languages/definitions/go/register'
import 'monaco-editor/languages/definitions/graphql/register'
import 'monaco-editor/languages/definitions/hcl/register'
import 'monaco-editor/languages/definitions/html/register'
import 'monaco-editor/languages/definitions/ini/register'
import 'monaco-editor/languages/definitions/java/register'
import 'monaco-editor/languages/definitions/javascript/register'
import 'monaco-editor/languages/definitions/julia/register'
import 'monaco-editor/languages/definitions/kotlin/register'
import 'monaco-editor/languages/definitions/less/register'
import 'monaco-editor/languages/definitions/lua/register'
import 'monaco-editor/languages/definitions/markdown/register'
import 'monaco-editor/languages/definitions/perl/register'
import 'monaco-editor/languages/definitions/php/register'
import 'monaco-editor/languages/definitions/powershell/register'
import 'monaco-editor/languages/definitions/protobuf/register'
import 'monaco-editor/languages/definitions/python/register'
import 'monaco-editor/languages/definitions/r/register'
import 'monaco-editor/languages/definitions/restructuredtext/register'
import 'monaco-editor/languages/definitions/ruby/register'
import 'monaco-editor/languages/definitions/rust/register'
import 'monaco-editor/languages/definitions/scala/register'
import 'monaco-editor/languages/definitions/scss/register'
import 'monaco-editor/languages/definitions/shell/register'
import 'monaco-editor/languages/definitions/sql/register'
import 'monaco-editor/languages/definitions/swift/register'
import 'monaco-editor/languages/definitions/typescript/register'
import 'monaco-editor/languages/definitions/xml/register'
import 'monaco-editor/languages/definitions/yaml/register'

/** JSON comes with the library only together with a language server; colours need no more than this. */
function registerJson(): void {
  languages.register({ id: 'json', extensions: ['.json', '.jsonc', '.json5', '.jsonl', '.ndjson', '.ipynb', '.webmanifest', '.map'], aliases: ['JSON', 'json'], mimetypes: ['application/json'] })
  languages.setLanguageConfiguration('json', { brackets: [['{', '}'], ['[', ']']], comments: { lineComment: '//', blockComment: ['/*', '*/'] }, autoClosingPairs: [{ open: '{', close: '}' }, { open: '[', close: ']' }, { open: '"', close: '"', notIn: ['string'] }] })
  languages.setMonarchTokensProvider('json', {
    tokenizer: {
      root: [
        [/"(?:[^"\\]|\\.)*"(?=\s*:)/, 'string.key'],
        [/"(?:[^"\\]|\\.)*"/, 'string'],
        [/-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/, 'number'],
        [/\b(?:true|false|null)\b/, 'constant'],
        [/\/\/.*$/, 'comment'],
        [/\/\*/, 'comment', '@comment'],
        [/[{}[\]]/, '@brackets'],
      ],
      comment: [[/\*\//, 'comment', '@pop'], [/./, 'comment']],
    },
  })
}

/** Files that a language we have reads well enough. */
const further: Record<string, { extensions?: string[]; filenames?: string[] }> = {
  ini: { extensions: ['.toml', '.cfg', '.conf', '.env', '.editorconfig', '.gitconfig', '.lock'], filenames: ['.env', '.gitconfig', '.editorconfig'] },
  shell: { extensions: ['.zsh', '.fish', '.ksh'], filenames: ['Makefile', 'makefile', 'GNUmakefile', '.bashrc', '.profile', '.gitignore', '.dockerignore'] },
  html: { extensions: ['.vue', '.svelte', '.astro'] },
  python: { extensions: ['.pyi', '.pyx', '.bzl'], filenames: ['SConstruct', 'BUILD'] },
  typescript: { extensions: ['.mts', '.cts'] },
}

/** Makes the editor's languages known; the tokenizer of each is fetched when a file first needs it. */
export function registerLanguages(): void {
  registerJson()
  for (const [id, more] of Object.entries(further)) languages.register({ id, ...more })
}

/** The language by a name such as agents and Markdown use ("py", "tsx", "bash"); plain text where we have none. */
export function languageNamed(name: string): string {
  const wanted = name.toLowerCase()
  const found = languages.getLanguages().find(({ id, aliases = [], extensions = [] }) => id === wanted || aliases.some((alias) => alias.toLowerCase() === wanted) || extensions.includes(`.${wanted}`))
  return found?.id ?? { bash: 'shell', toml: 'ini', jsx: 'javascript', tsx: 'typescript', 'c++': 'cpp', docker: 'dockerfile' }[wanted] ?? 'plaintext'
}
