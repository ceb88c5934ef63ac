/** One line for each catalogue: the English file is the source of its keys. */
export interface Namespaces {
  shell: typeof import('./en/shell').default
  auth: typeof import('./en/auth').default
  chat: typeof import('./en/chat').default
  artifacts: typeof import('./en/artifacts').default
  admin: typeof import('./en/admin').default
}
export type Namespace = keyof Namespaces
