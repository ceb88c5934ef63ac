import type { Image } from './dialects/types'

/** What every dialect takes. */
export const image_types = ['image/png', 'image/jpeg', 'image/webp', 'image/gif']
export const most_image_bytes = 5_000_000

export type ImageMistake = 'imageType' | 'imageLarge'

export function checkImage({ type, size }: Pick<File, 'type' | 'size'>): ImageMistake | null {
  if (!image_types.includes(type)) return 'imageType'
  return size > most_image_bytes ? 'imageLarge' : null
}

/** A file as base64, the way providers want it. */
export async function readImage(file: File): Promise<Image> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error ?? new Error(file.name))
    reader.readAsDataURL(file)
  })
  return { name: file.name, media_type: file.type, data: url.slice(url.indexOf(',') + 1) }
}
