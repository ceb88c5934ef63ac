import { navigate } from '@/lib/router'

/** Changes parts of the address's query; the rest stays, and Back does not pass through every choice. */
export function setSearch(part: Record<string, string | undefined>): void {
  const now = Object.fromEntries(new URLSearchParams(location.search))
  void navigate({ to: location.pathname, search: { ...now, ...part }, replace: true })
}
