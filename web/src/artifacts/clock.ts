/** How long something lasts, or where in it one is: `0:07`, `1:23`, `1:02:03`. */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds)
  const two = (part: number): string => String(part % 60).padStart(2, '0')
  const minutes = Math.floor(whole / 60)
  return minutes < 60 ? `${minutes}:${two(whole)}` : `${Math.floor(minutes / 60)}:${two(minutes)}:${two(whole)}`
}
