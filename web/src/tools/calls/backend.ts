/** A backend taken apart: `github/replica 2` is the second replica of github. */
export function backendOf(server: string): { name: string; replica: number | null } {
  const found = /^(.*)\/replica (\d+)$/.exec(server)
  return found ? { name: found[1] ?? server, replica: Number(found[2]) } : { name: server, replica: null }
}

/** The worst state among the backends of a server, which is what its tools meet. */
export function worstOf<State extends string>(states: readonly State[], order: readonly State[]): State | undefined {
  return order.find((state) => states.includes(state))
}
