/** One line for each catalogue: the English file is the source of its keys. */
export interface Namespaces {
  shell: typeof import('./en/shell').default
  auth: typeof import('./en/auth').default
  chat: typeof import('./en/chat').default
  artifacts: typeof import('./en/artifacts').default
  share: typeof import('./en/share').default
  admin: typeof import('./en/admin').default
  observe: typeof import('./en/observe').default
  gateway: typeof import('./en/gateway').default
  alerts: typeof import('./en/alerts').default
  performance: typeof import('./en/performance').default
  tools: typeof import('./en/tools').default
  servers: typeof import('./en/servers').default
  services: typeof import('./en/services').default
  runs: typeof import('./en/runs').default
  plans: typeof import('./en/plans').default
  memory: typeof import('./en/memory').default
  graph: typeof import('./en/graph').default
  recalled: typeof import('./en/recalled').default
  prompts: typeof import('./en/prompts').default
  terminal: typeof import('./en/terminal').default
  workspaces: typeof import('./en/workspaces').default
}
export type Namespace = keyof Namespaces
