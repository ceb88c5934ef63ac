import type { LanguageRegistration } from 'shiki/core'

type Loader = () => Promise<{ default: LanguageRegistration[] }>

/** Grammars we ship, each in a chunk of its own that loads when first needed. */
const LOADERS = {
  bash: () => import('shiki/langs/bash.mjs'),
  c: () => import('shiki/langs/c.mjs'),
  cpp: () => import('shiki/langs/cpp.mjs'),
  csharp: () => import('shiki/langs/csharp.mjs'),
  css: () => import('shiki/langs/css.mjs'),
  diff: () => import('shiki/langs/diff.mjs'),
  docker: () => import('shiki/langs/docker.mjs'),
  go: () => import('shiki/langs/go.mjs'),
  html: () => import('shiki/langs/html.mjs'),
  ini: () => import('shiki/langs/ini.mjs'),
  java: () => import('shiki/langs/java.mjs'),
  javascript: () => import('shiki/langs/javascript.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  jsx: () => import('shiki/langs/jsx.mjs'),
  kotlin: () => import('shiki/langs/kotlin.mjs'),
  lua: () => import('shiki/langs/lua.mjs'),
  make: () => import('shiki/langs/make.mjs'),
  markdown: () => import('shiki/langs/markdown.mjs'),
  php: () => import('shiki/langs/php.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  r: () => import('shiki/langs/r.mjs'),
  ruby: () => import('shiki/langs/ruby.mjs'),
  rust: () => import('shiki/langs/rust.mjs'),
  scss: () => import('shiki/langs/scss.mjs'),
  sql: () => import('shiki/langs/sql.mjs'),
  swift: () => import('shiki/langs/swift.mjs'),
  toml: () => import('shiki/langs/toml.mjs'),
  tsx: () => import('shiki/langs/tsx.mjs'),
  typescript: () => import('shiki/langs/typescript.mjs'),
  xml: () => import('shiki/langs/xml.mjs'),
  yaml: () => import('shiki/langs/yaml.mjs'),
} satisfies Record<string, Loader>

export type Language = keyof typeof LOADERS

const ALIASES: Record<string, Language> = {
  'c++': 'cpp',
  'c#': 'csharp',
  cc: 'cpp',
  cfg: 'ini',
  conf: 'ini',
  console: 'bash',
  cs: 'csharp',
  cxx: 'cpp',
  dockerfile: 'docker',
  golang: 'go',
  h: 'c',
  hpp: 'cpp',
  htm: 'html',
  js: 'javascript',
  json5: 'json',
  jsonc: 'json',
  jsonl: 'json',
  kt: 'kotlin',
  makefile: 'make',
  md: 'markdown',
  mjs: 'javascript',
  node: 'javascript',
  patch: 'diff',
  py: 'python',
  py3: 'python',
  python3: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'bash',
  shell: 'bash',
  shellscript: 'bash',
  svg: 'xml',
  ts: 'typescript',
  yml: 'yaml',
  zsh: 'bash',
}

/** The grammar for a language name, alias or file name; null when the text should stay plain. */
export function findLanguage(hint: string | null | undefined): Language | null {
  const name = (hint ?? '').trim().toLowerCase()
  const base = name.split('/').at(-1) ?? ''
  return known(name) ?? known(base) ?? known(base.split('.').at(-1) ?? '')
}

function known(name: string): Language | null {
  if (Object.hasOwn(LOADERS, name)) return name as Language
  return Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? null) : null
}

export async function loadLanguage(language: Language): Promise<LanguageRegistration[]> {
  return (await LOADERS[language]()).default
}
