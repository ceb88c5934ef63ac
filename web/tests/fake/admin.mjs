import * as data from './admin.data.mjs'
import { artifacts, describe } from './admin.artifacts.mjs'

const problem = (status, slug, title, detail, extra = {}) => [
  status,
  { type: `/problems/${slug}`, title, status, detail, ...extra },
  { 'content-type': 'application/problem+json' },
]
const missing = () => problem(404, 'not-found', 'Not found', 'There is no such thing here.')
const page = (items) => [200, { items, next_cursor: null }]
const etag = (item) => ({ etag: `"${item.version ?? 1}"` })
const stale = (req, item) => req.headers['if-match'] && req.headers['if-match'] !== etag(item).etag

const defaults = () => ({
  role: '',
  instructions: '',
  model: null,
  model_settings: {},
  tools: {},
  limits: { max_steps: 40, max_tokens: 200000, max_seconds: 900, max_cost_usd: null },
  hue: 205,
  status: 'active',
})

function checkAgent(body, self) {
  if (data.agents.some((agent) => agent !== self && agent.name === body.name))
    return problem(409, 'conflict', 'This conflicts with what is there', `You already have an agent named '${body.name}'.`)
  const errors = []
  if (body.name !== undefined && !/^[a-z][a-z0-9_-]{1,31}$/.test(body.name))
    errors.push({ field: 'name', message: 'Lower-case letters, digits, - and _, starting with a letter.' })
  if (body.model_settings?.temperature > 2) errors.push({ field: 'model_settings.temperature', message: 'At most 2.' })
  return errors.length > 0
    ? problem(422, 'validation', 'Some fields need another look', 'The agent was not saved.', { errors })
    : null
}

function agentRoutes({ req, method, body }, id) {
  if (!id && method === 'GET') return page(data.agents)
  if (!id && method === 'POST') {
    const wrong = checkAgent(body)
    if (wrong) return wrong
    const agent = {
      ...defaults(),
      ...body,
      id: data.newId(),
      is_default: false,
      version: 1,
      created_at: data.ago(0),
      updated_at: data.ago(0),
    }
    data.agents.push(agent)
    return [201, agent, etag(agent)]
  }
  const agent = data.agents.find((item) => item.id === id)
  if (!agent) return missing()
  if (method === 'GET') return [200, agent, etag(agent)]
  if (stale(req, agent)) return problem(412, 'stale', 'Changed meanwhile', 'Someone else saved this agent since you opened it.')
  if (method === 'DELETE') {
    data.agents.splice(data.agents.indexOf(agent), 1)
    return [204]
  }
  const wrong = checkAgent(body, agent)
  if (wrong) return wrong
  Object.assign(agent, body, { version: agent.version + 1, updated_at: data.ago(0) })
  return [200, agent, etag(agent)]
}

function providerRoutes({ method, body }, id, action) {
  if (!id && method === 'GET') return page(data.providers)
  if (!id && method === 'POST') {
    if (data.providers.some((item) => item.name === body.name))
      return problem(409, 'conflict', 'This conflicts with what is there', `There is a provider named '${body.name}' already.`, {
        errors: [{ field: 'name', message: 'taken' }],
      })
    const { api_key, ...rest } = body
    const provider = {
      id: data.newId(),
      base_url: '',
      models: [],
      is_default: false,
      status: 'unknown',
      last_error: null,
      created_at: data.ago(0),
      ...rest,
      has_key: Boolean(api_key),
    }
    data.providers.push(provider)
    return [201, provider, etag(provider)]
  }
  const provider = data.providers.find((item) => item.id === id)
  if (!provider) return missing()
  if (action === 'test') {
    const ok = provider.name !== 'ollama'
    Object.assign(provider, {
      status: ok ? 'ok' : 'failing',
      last_error: ok ? null : 'Connection refused at 127.0.0.1:11434. Is the server running?',
    })
    return [
      200,
      {
        ok,
        latency_ms: ok ? 182 : 3,
        models: ok ? ['claude-opus-5', 'claude-sonnet-5', 'claude-haiku-5'] : [],
        error: provider.last_error,
      },
    ]
  }
  if (method === 'DELETE') {
    data.providers.splice(data.providers.indexOf(provider), 1)
    return [204]
  }
  if (method === 'PATCH') {
    const { api_key, ...rest } = body
    if (rest.is_default) for (const other of data.providers) other.is_default = false
    Object.assign(provider, rest, api_key ? { has_key: true } : {})
  }
  return [200, provider, etag(provider)]
}

function models() {
  const connected = data.providers.flatMap((provider) =>
    provider.models.map((model, index) => ({
      id: `${provider.name}/${model}`,
      provider: provider.name,
      model,
      offline: false,
      is_default: provider.is_default && index === 0,
    })),
  )
  return page([
    ...connected,
    { id: 'offline', provider: 'offline', model: 'offline', offline: true, is_default: connected.length === 0 },
  ])
}

function artifactRoutes({ req, res, method, body, url }, id, action) {
  if (!id) {
    const chat = url.searchParams.get('chat_id')
    return page(artifacts.map((item) => ({ ...describe(item, true), chat_id: chat ?? item.chat_id })))
  }
  const artifact = artifacts.find((item) => item.id === id)
  if (!artifact) return missing()
  if (action === 'share') return page([])
  if (action === 'versions') return page(artifact.list.map(({ text: _text, ...rest }) => rest).reverse())
  if (action === 'content' || action === 'framed')
    return content(res, artifact, Number(url.searchParams.get('version')), action === 'framed')
  if (action === 'revert') {
    const old = artifact.list.find((item) => item.version === body.version)
    if (!old) return missing()
    artifact.list.push({
      ...old,
      version: artifact.list.length + 1,
      created_at: data.ago(0),
      note: `Back to version ${old.version}`,
    })
    artifact.updated_at = data.ago(0)
  }
  if (method === 'DELETE') {
    artifacts.splice(artifacts.indexOf(artifact), 1)
    return [204]
  }
  return [200, describe(artifact, true), { etag: `"${artifact.list.length}"` }]
}

/** Plain bytes for the client, as the server sends them; under its own type behind a link for a frame. */
function content(res, artifact, version, framed) {
  const found = artifact.list.find((item) => item.version === version) ?? artifact.list.at(-1)
  const headers = { 'content-type': framed ? `${artifact.format}; charset=utf-8` : 'application/octet-stream' }
  if (framed) headers['content-security-policy'] = "sandbox allow-scripts; default-src 'unsafe-inline'"
  res.writeHead(200, headers).end(found.text)
  return 'sent'
}

function keyRoutes({ method, body }, id) {
  if (method === 'GET') return page(data.keys)
  if (method === 'DELETE') {
    data.keys.splice(
      data.keys.findIndex((key) => key.id === id),
      1,
    )
    return [204]
  }
  const { expires_in_days: days, ...rest } = body
  const key = {
    scopes: [],
    ...rest,
    id: data.newId(),
    prefix: 'ent_Q4x9',
    created_at: data.ago(0),
    last_used_at: null,
    expires_at: days ? data.ago(-days * 86400) : null,
  }
  data.keys.push(key)
  return [201, { ...key, key: 'ent_Q4x9_2mVtYc8Lr0pWn6sEgKzB1dHjXaUf3oQi' }]
}

function secretRoutes({ method }, name) {
  if (method === 'GET') return page([...data.secrets].map(([key, value]) => ({ name: key, ...value })))
  if (method === 'DELETE') data.secrets.delete(name)
  else data.secrets.set(name, { updated_at: data.ago(0) })
  return [204]
}

function peopleRoutes({ method, body }, kind, id) {
  if (kind === 'users') {
    const user = data.users.find((item) => item.id === id)
    if (user && method === 'PATCH') Object.assign(user, body)
    return id ? [200, user] : page(data.users)
  }
  if (method === 'GET') return page(data.invites)
  if (method === 'DELETE') {
    data.invites.splice(
      data.invites.findIndex((invite) => invite.id === id),
      1,
    )
    return [204]
  }
  const token = `inv_${data.newId().slice(-6)}`
  const invite = {
    id: data.newId(),
    email: body.email ?? null,
    token,
    link_path: `/register?invite=${token}`,
    expires_at: data.ago(-7 * 86400),
    created_at: data.ago(0),
  }
  data.invites.push(invite)
  return [201, invite]
}

function merge(target, patch) {
  for (const [name, value] of Object.entries(patch))
    target[name] = value && typeof value === 'object' ? { ...target[name], ...value } : value
  return target
}

function dispatch(ctx, path) {
  const [root, area, id, action] = path.split('/').filter(Boolean)
  const door = `${root}/${area}`
  if (door === 'my/agents') return agentRoutes(ctx, id)
  if (door === 'my/tools') return page(data.tools)
  if (door === 'my/models') return models()
  if (door === 'my/artifacts') return artifactRoutes(ctx, id, action)
  if (door === 'my/keys') return keyRoutes(ctx, id)
  if (door === 'my/secrets') return secretRoutes(ctx, id && decodeURIComponent(id))
  if (door === 'my/preferences') return [200, ctx.method === 'PATCH' ? merge(data.preferences, ctx.body) : data.preferences]
  if (door === 'fake/content') return artifactRoutes(ctx, id, 'framed')
  if (path.startsWith('/api/v1/providers')) return providerRoutes(ctx, ...path.split('/').slice(4))
  if (path.startsWith('/api/v1/admin/')) return peopleRoutes(ctx, ...path.split('/').slice(4))
  return null
}

/** Answers the doors of the administration and of artifacts; false when the request is for somebody else. */
export async function adminRoutes(ctx) {
  const answer = dispatch(ctx, ctx.path)
  if (!answer) return false
  if (answer !== 'sent') ctx.json(...answer)
  return true
}
