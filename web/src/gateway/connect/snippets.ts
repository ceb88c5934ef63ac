/** How other programs are pointed at the gateway. */
export interface Place { origin: string; key: string; model: string }

export const tools = ['curl', 'openai_python', 'openai_node', 'anthropic_python', 'claude_code', 'codex'] as const
export type Tool = (typeof tools)[number]

export const names: Record<Tool, string> = {
  curl: 'curl', openai_python: 'OpenAI · Python', openai_node: 'OpenAI · Node', anthropic_python: 'Anthropic · Python', claude_code: 'Claude Code', codex: 'Codex',
}

const makers: Record<Tool, (place: Place) => string> = {
  curl: ({ origin, key, model }) => `curl ${origin}/v1/chat/completions \\
  -H "Authorization: Bearer ${key}" \\
  -H "Content-Type: application/json" \\
  -d '${JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] })}'`,
  openai_python: ({ origin, key, model }) => `from openai import OpenAI

client = OpenAI(base_url="${origin}/v1", api_key="${key}")
reply = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "Hello"}],
)
print(reply.choices[0].message.content)`,
  openai_node: ({ origin, key, model }) => `import OpenAI from 'openai'

const client = new OpenAI({ baseURL: '${origin}/v1', apiKey: '${key}' })
const reply = await client.responses.create({ model: '${model}', input: 'Hello' })
console.log(reply.output_text)`,
  anthropic_python: ({ origin, key, model }) => `from anthropic import Anthropic

client = Anthropic(base_url="${origin}", api_key="${key}")
reply = client.messages.create(
    model="${model}",
    max_tokens=1024,
    messages=[{"role": "user", "content": "Hello"}],
)
print(reply.content[0].text)`,
  claude_code: ({ origin, key, model }) => `export ANTHROPIC_BASE_URL=${origin}
export ANTHROPIC_AUTH_TOKEN=${key}
export ANTHROPIC_MODEL=${model}
claude`,
  codex: ({ origin, key, model }) => `# ~/.codex/config.toml; then: export ENTOURAGE_KEY=${key}
model = "${model}"
model_provider = "entourage"

[model_providers.entourage]
name = "Entourage"
base_url = "${origin}/v1"
env_key = "ENTOURAGE_KEY"
wire_api = "responses"`,
}

export const snippet = (tool: Tool, place: Place): string => makers[tool](place)
