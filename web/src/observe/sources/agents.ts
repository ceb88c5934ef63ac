/** Coding agents that can be connected with one command, as `entourage hooks install --agent` names them. */
export const agents = [
  { id: 'claude-code', name: 'Claude Code' },
  { id: 'codex', name: 'Codex' },
  { id: 'gemini', name: 'Gemini CLI' },
  { id: 'cursor', name: 'Cursor' },
  { id: 'openhands', name: 'OpenHands' },
] as const
export type AgentId = (typeof agents)[number]['id']

export interface Install { agent: AgentId; app: string; url: string; key: string | null; everywhere: boolean; approvals: boolean }

/** The command that connects an agent. Without a key it makes one by itself, which only works beside the server. */
export function installCommand({ agent, app, url, key, everywhere, approvals }: Install): string {
  return [
    'entourage hooks install', everywhere ? '--user' : '--project', agent === 'claude-code' ? '' : `--agent ${agent}`, app === agent ? '' : `--app ${app}`,
    `--url ${url}`, key === null ? '' : `--key ${key}`, approvals ? '--approvals' : '',
  ].filter(Boolean).join(' ')
}

/** The OTLP settings that bring tokens and costs; hooks alone do not tell them. */
export function otlpSettings(url: string, key: string): string {
  return [
    'CLAUDE_CODE_ENABLE_TELEMETRY=1', 'OTEL_LOGS_EXPORTER=otlp', 'OTEL_EXPORTER_OTLP_PROTOCOL=http/json', `OTEL_EXPORTER_OTLP_ENDPOINT=${url}`, `OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer ${key}"`,
  ].map((line) => `export ${line}`).join('\n')
}

/** What an app may be called. */
export const isAppName = (name: string): boolean => /^[a-z][a-z0-9_-]{0,63}$/.test(name) && name !== 'team'
