/** What the fake server's person owns: agents, tools, providers, keys, secrets and people. */

const now = Date.now()
export const ago = (seconds) => new Date(now - seconds * 1000).toISOString()
let last = 0
export const newId = () => `0199aaaa-0000-7000-8000-${String(++last).padStart(12, '0')}`

const limits = { max_steps: 40, max_tokens: 200000, max_seconds: 900, max_cost_usd: '0.50' }
const agent = (name, role, hue, extra = {}) => ({
  id: newId(),
  name,
  role,
  hue,
  model: null,
  model_settings: {},
  tools: {},
  limits: { ...limits },
  status: 'active',
  is_default: true,
  version: 1,
  instructions: `You are ${name}. ${role}\n\nSay what you are about to do before you do it, and keep results in artifacts.`,
  created_at: ago(86400 * 12),
  updated_at: ago(86400 * 2),
  ...extra,
})

export const agents = [
  agent('orchestrator', 'Plans work and hands it to the others', 265),
  agent('universal', 'Answers questions and does everyday work', 230),
  agent('architect', 'Designs systems, writes specifications and reviews', 205),
  agent('coder', 'Writes, runs and repairs code', 150, {
    model: 'anthropic/claude-sonnet-5',
    model_settings: { temperature: 0.2, max_tokens: 8192 },
    tools: { write_file: 'allow', run_code: 'allow', fetch_url: 'ask', delete_file: 'deny' },
    version: 4,
  }),
  agent('researcher', 'Reads, compares and cites sources', 35),
  agent('translator', 'Translates between Portuguese, Russian and English', 330, { is_default: false, status: 'disabled' }),
]

const schema = (...names) => ({
  type: 'object',
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
})
export const tools = [
  {
    name: 'read_file',
    description: 'Read a text file of the workspace.',
    parameters: schema('path'),
    read_only: true,
    destructive: false,
    default_grant: 'allow',
  },
  {
    name: 'write_file',
    description: 'Create a file or replace its text.',
    parameters: schema('path', 'text'),
    read_only: false,
    destructive: false,
    default_grant: 'ask',
  },
  {
    name: 'delete_file',
    description: 'Delete a file for good.',
    parameters: schema('path'),
    read_only: false,
    destructive: true,
    default_grant: 'ask',
  },
  {
    name: 'run_code',
    description: 'Run Python or JavaScript in a sandbox without network.',
    parameters: schema('language', 'code'),
    read_only: false,
    destructive: false,
    default_grant: 'ask',
  },
  {
    name: 'search_memory',
    description: 'Find what was said or stored before, by meaning.',
    parameters: schema('query'),
    read_only: true,
    destructive: false,
    default_grant: 'allow',
  },
  {
    name: 'fetch_url',
    description: 'Read a web page as text.',
    parameters: schema('url'),
    read_only: true,
    destructive: false,
    default_grant: 'ask',
  },
  {
    name: 'call_agent',
    description: 'Ask another agent of the team and wait for its answer.',
    parameters: schema('agent', 'task'),
    read_only: false,
    destructive: false,
    default_grant: 'allow',
  },
]

export const providers = [
  {
    id: newId(),
    name: 'anthropic',
    type: 'anthropic',
    base_url: 'https://api.anthropic.com',
    has_key: true,
    models: ['claude-sonnet-5', 'claude-haiku-5'],
    is_default: true,
    status: 'ok',
    last_error: null,
    created_at: ago(86400 * 5),
  },
  {
    id: newId(),
    name: 'ollama',
    type: 'openai_compatible',
    base_url: 'http://127.0.0.1:11434/v1',
    has_key: false,
    models: ['qwen3:8b'],
    is_default: false,
    status: 'failing',
    last_error: 'Connection refused at 127.0.0.1:11434. Is the server running?',
    created_at: ago(86400),
  },
]

export const keys = [
  {
    id: newId(),
    name: 'laptop script',
    prefix: 'ent_7Kd2',
    scopes: ['read', 'write'],
    created_at: ago(86400 * 9),
    last_used_at: ago(3600),
    expires_at: null,
  },
]
export const secrets = new Map([
  ['GITHUB_TOKEN', { updated_at: ago(86400 * 3) }],
  ['STRIPE_TEST_KEY', { updated_at: ago(86400 * 30) }],
])
export const users = [
  {
    id: 'user-1',
    email: 'ana@example.org',
    full_name: 'Ana Moreira',
    is_admin: true,
    is_active: true,
    created_at: ago(86400 * 40),
  },
  {
    id: newId(),
    email: 'grace@example.org',
    full_name: 'Grace Hopper',
    is_admin: false,
    is_active: true,
    created_at: ago(86400 * 10),
  },
  {
    id: newId(),
    email: 'alan@example.org',
    full_name: 'Alan Turing',
    is_admin: false,
    is_active: false,
    created_at: ago(86400 * 20),
  },
]
export const invites = [
  {
    id: newId(),
    email: 'linus@example.org',
    token: 'inv_demo',
    link_path: '/register?invite=inv_demo',
    expires_at: new Date(now + 6 * 86400e3).toISOString(),
    created_at: ago(86400),
  },
]
export const preferences = {
  plans: 'ask',
  routing: 'auto',
  theme: 'auto',
  language: 'en',
  time_zone: 'Europe/Lisbon',
  notifications: { approvals: true, runs: false },
  editor: { font_size: 13, wrap: false },
  ai: { default_agent: null, default_model: null },
}
