import { fromDrop, fromInput, type Chosen } from '@/memory/documents/files'

/** Nobody means these when they bring a folder. */
const left_out = /(^|\/)(node_modules|__pycache__|\.venv|\.DS_Store|Thumbs\.db)(\/|$)/
const isLeftOut = (path: string): boolean => left_out.test(path)

export const takeDropped = (data: DataTransfer): Promise<Chosen[]> => fromDrop(data, isLeftOut)
export const takeChosen = (files: Iterable<File>): Chosen[] => fromInput(files).filter(({ path }) => !isLeftOut(path))
