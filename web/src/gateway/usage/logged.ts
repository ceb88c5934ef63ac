import type { Offered } from '../api/queries'

/** The log knows a call by its alias or by the provider's own name of the model, each once. */
export function loggedNames(offered: readonly Offered[]): string[] {
  const isOfProvider = ({ id, owned_by }: Offered) => id.startsWith(`${owned_by}/`)
  return [...new Set(offered.map((model) => (isOfProvider(model) ? model.id.slice(model.owned_by.length + 1) : model.id)))]
}
