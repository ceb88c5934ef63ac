/** JSON a line, as one list. */
export function linesAsList(lines: string): string {
  return `[${lines.split('\n').filter((line) => line.trim() !== '').join(',')}]`
}
