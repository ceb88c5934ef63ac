/** Whether a pattern as in file names (`*`, `?`) means this name. */
export function globFits(glob: string, name: string): boolean {
  const source = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')
  return new RegExp(`^${source}$`, 's').test(name)
}

/** How narrow a pattern is: of two that fit, the one with more plain letters speaks of fewer names. */
export const narrowness = (glob: string): number => glob.replace(/[*?]/g, '').length + (/[*?]/.test(glob) ? 0 : 1000)
