import { describe, expect, it } from 'vitest'
import { checkProvider, PRESETS, presetForm, presetOf, toBody } from './form'

const preset = (id: string) => PRESETS.find((item) => item.id === id)!

describe('presets', () => {
  it('are found again from what they made', () => {
    for (const item of PRESETS) expect(presetOf(presetForm(item, [])).id).toBe(item.id)
  })
  it('take a name that nobody has', () => {
    expect(presetForm(preset('ollama'), ['ollama', 'ollama-2']).name).toBe('ollama-3')
  })
})

describe('checkProvider', () => {
  it('wants a key where the service does, unless it has one', () => {
    expect(checkProvider(presetForm(preset('openai'), []), false, [])).toEqual({ api_key: 'keyNeeded' })
    expect(checkProvider(presetForm(preset('openai'), []), true, [])).toEqual({})
    expect(checkProvider(presetForm(preset('ollama'), []), false, [])).toEqual({})
  })
  it.each(['', 'localhost:11434', 'ftp://x', 'http://', 'https://x/v1?key=1'])('refuses the address %j', (base_url) => {
    expect(checkProvider({ ...presetForm(preset('custom'), []), base_url }, false, []).base_url).toBeDefined()
  })
  it.each(['', 'openai', '/x', 'a/b', 'x'.repeat(65)])('refuses the name %j', (name) => {
    expect(checkProvider({ ...presetForm(preset('ollama'), []), name }, false, ['openai']).name).toBeDefined()
  })
})

describe('toBody', () => {
  it('leaves an empty key out', () => {
    expect(toBody(presetForm(preset('ollama'), []))).toEqual({
      name: 'ollama',
      type: 'openai_compatible',
      base_url: 'http://127.0.0.1:11434/v1',
    })
    expect(toBody({ ...presetForm(preset('openai'), []), api_key: ' sk-1 ' }).api_key).toBe('sk-1')
  })
})
