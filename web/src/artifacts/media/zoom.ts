const STEPS = [0.1, 0.25, 0.33, 0.5, 0.67, 0.75, 1, 1.25, 1.5, 2, 3, 4, 6, 8, 16] as const

/** The next round zoom above or below a scale. */
export function stepZoom(scale: number, direction: 1 | -1): number {
  const near = 1e-3
  if (direction > 0) return STEPS.find((step) => step > scale + near) ?? STEPS[STEPS.length - 1] ?? 1
  return STEPS.findLast((step) => step < scale - near) ?? STEPS[0]
}

/** The scale that shows a whole picture in a frame, never larger than life. */
export function fitScale(picture: { width: number; height: number }, frame: { width: number; height: number }): number {
  if (picture.width === 0 || picture.height === 0) return 1
  return Math.min(1, frame.width / picture.width, frame.height / picture.height)
}
