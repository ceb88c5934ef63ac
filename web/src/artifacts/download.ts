import type { Artifact } from '@/lib/types'
import { fileName } from './modes'
import { readBlob } from './queries'

const KEPT_MS = 10_000

/** Saves a version as a file. */
export async function download(artifact: Artifact, version: number): Promise<void> {
  const url = URL.createObjectURL(await readBlob(artifact.id, version, artifact.format))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName(artifact)
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS)
}
