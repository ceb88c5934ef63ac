// Keeps only the shell: the page itself and its hashed files. Data is never cached here.
const cache_name = 'entourage-shell-1'
const most_files = 120

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(cache_name).then((cache) => cache.add(new Request('/', { cache: 'reload' }))))
  self.skipWaiting()
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name !== cache_name).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate') event.respondWith(page(request))
  else if (url.pathname.startsWith('/assets/') || url.pathname === '/theme.js') event.respondWith(asset(request, url))
})

async function page(request) {
  const cache = await caches.open(cache_name)
  try {
    const answer = await fetch(request)
    const isShell = answer.ok && (answer.headers.get('content-type') ?? '').includes('text/html') && !/^\/(api|my)\//.test(new URL(request.url).pathname)
    if (isShell) await cache.put('/', answer.clone())
    return answer
  } catch {
    return (await cache.match('/')) ?? Response.error()
  }
}

async function asset(request, url) {
  const cache = await caches.open(cache_name)
  const isHashed = url.pathname.startsWith('/assets/')
  const kept = await cache.match(request)
  if (kept && isHashed) return kept
  try {
    const answer = await fetch(request)
    if (answer.ok) { await cache.put(request, answer.clone()); await trim(cache) }
    return answer
  } catch (error) {
    if (kept) return kept
    throw error
  }
}

async function trim(cache) {
  const keys = await cache.keys()
  for (const old of keys.slice(0, Math.max(0, keys.length - most_files))) {
    if (new URL(old.url).pathname !== '/') await cache.delete(old)
  }
}
