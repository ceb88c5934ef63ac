import { useSyncExternalStore } from 'react'
import type { FileState, OpenFile } from './OpenFile'

/** An open file's state, re-rendering as it changes. */
export const useFile = (file: OpenFile): FileState => useSyncExternalStore(file.subscribe, file.snapshot)
