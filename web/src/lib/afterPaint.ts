/** Does what can wait once the next frame is drawn; returns what calls it off. Hidden pages draw none, so a timer does there. */
export function afterPaint(work: () => void): () => void {
  let timer = 0
  const later = (ms: number) => { timer = window.setTimeout(work, ms) }
  const frame = document.hidden ? 0 : requestAnimationFrame(() => later(0))
  if (frame === 0) later(250)
  return () => { cancelAnimationFrame(frame); clearTimeout(timer) }
}
