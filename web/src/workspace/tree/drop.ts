import { fromDrop, type Chosen } from '@/memory/documents/files'

/** Nobody means these when they drop a folder. */
const left_out = /(^|\/)(node_modules|__pycache__|\.venv|\.DS_Store|Thumbs\.db)(\/|$)/

export const takeDropped = (data: DataTransfer): Promise<Chosen[]> => fromDrop(data, (path) => left_out.test(path))
