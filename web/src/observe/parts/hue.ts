/** Those that are seen most have hues that differ well. */
const known: Record<string, number> = {
  orchestrator: 265, architect: 205, coder: 150, researcher: 35, tester: 330, operator: 95,
  'claude-code': 22, codex: 172, gemini: 215, cursor: 282, openhands: 52, Explore: 312, Plan: 195, 'general-purpose': 128, 'code-reviewer': 84, 'test-runner': 350,
}
const hues = [205, 150, 35, 330, 265, 95, 180, 15, 290, 55, 125, 235]

/** One hue for each agent, always the same for the same name. */
export function hueOf(agent: string): number {
  const own = known[agent]
  if (own !== undefined) return own
  let hash = 0x811c9dc5
  for (const letter of agent) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return hues[((hash ^ (hash >>> 13)) >>> 0) % hues.length] ?? 205
}
