import { describe, expect, it } from 'vitest'
import { fitScale, stepZoom } from './zoom'

describe('zoom', () => {
  it('steps through round figures from wherever it stands', () => {
    expect(stepZoom(1, 1)).toBe(1.25)
    expect(stepZoom(1, -1)).toBe(0.75)
    expect(stepZoom(0.437, 1)).toBe(0.5)
    expect(stepZoom(0.437, -1)).toBe(0.33)
    expect(stepZoom(16, 1)).toBe(16)
    expect(stepZoom(0.1, -1)).toBe(0.1)
  })

  it('fits without enlarging', () => {
    expect(fitScale({ width: 1000, height: 500 }, { width: 400, height: 400 })).toBe(0.4)
    expect(fitScale({ width: 100, height: 50 }, { width: 400, height: 400 })).toBe(1)
    expect(fitScale({ width: 0, height: 0 }, { width: 400, height: 400 })).toBe(1)
  })
})
