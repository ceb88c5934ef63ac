import { useState } from 'react'
import { toastError } from '@/ui'

/** Runs one act at a time; a failure is told in a toast. `busy` names the act that is under way. */
export function useAct<Name extends string>(): { busy: Name | null; act: (name: Name, work: () => Promise<unknown>) => Promise<boolean> } {
  const [busy, setBusy] = useState<Name | null>(null)
  const act = async (name: Name, work: () => Promise<unknown>): Promise<boolean> => {
    setBusy(name)
    try {
      await work()
      return true
    } catch (error) {
      toastError(error)
      return false
    } finally {
      setBusy(null)
    }
  }
  return { busy, act }
}
