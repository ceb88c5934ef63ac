import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = fileURLToPath(new URL('.', import.meta.url))
const tests = globSync('{src,tests}/**/*.test.{ts,tsx}', { cwd: here })
// A worker of its own for each file costs four fifths of the time, so only those that change what others would see get one.
const changesWorld = (file: string) => /\bvi\.(mock|stubGlobal|spyOn|useFakeTimers)|\bsetLanguage\b|globalThis/.test(readFileSync(here + file, 'utf8'))
const project = (name: string, isolate: boolean) => ({
  extends: true as const,
  test: { name, isolate, include: tests.filter((file) => changesWorld(file) === isolate) },
})

export default defineConfig({
  resolve: { alias: { '@': `${here}src` } },
  test: { environment: 'node', projects: [project('alone', true), project('together', false)] },
})
