import { useQueryClient } from '@tanstack/react-query'
import { api } from '@/lib/api'
import { keys } from '@/lib/queries'
import type { Preferences } from '@/lib/types'
import { toastError } from '@/ui'

/** A change of some preferences; nested groups may be given in part. */
export type PreferencePatch = {
  [Key in keyof Preferences]?: Preferences[Key] extends object ? Partial<Preferences[Key]> : Preferences[Key]
}

/** Saves a preference at once: the screen changes first and goes back if the server refuses. */
export function usePreferencePatch(): (patch: PreferencePatch) => Promise<void> {
  const client = useQueryClient()
  return async (patch) => {
    const before = client.getQueryData<Preferences>(keys.preferences)
    if (!before) return
    const full = mergePreferences(before, patch)
    client.setQueryData(keys.preferences, full)
    try {
      client.setQueryData(keys.preferences, await api.patch<Preferences>('/my/preferences', pick(full, patch)))
    } catch (error) {
      client.setQueryData(keys.preferences, before)
      toastError(error)
    }
  }
}

export function mergePreferences(before: Preferences, patch: PreferencePatch): Preferences {
  return {
    ...before,
    ...patch,
    notifications: { ...before.notifications, ...patch.notifications },
    editor: { ...before.editor, ...patch.editor },
    ai: { ...before.ai, ...patch.ai },
  }
}

/** Whole groups go over the wire, so that it does not matter whether the server merges or replaces them. */
function pick(full: Preferences, patch: PreferencePatch): Partial<Preferences> {
  return Object.fromEntries(Object.keys(patch).map((name) => [name, full[name as keyof Preferences]]))
}
