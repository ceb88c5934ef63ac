import { createContext, useContext } from 'react'
import type { Mistake } from './check'
import type { Schema } from './schema'

interface FormContextValue { root: Schema; mistakes: ReadonlyMap<string, Mistake>; id: string }

/** What every field of one form shares: the whole schema, for references, and what is wrong where. */
export const FormContext = createContext<FormContextValue>({ root: {}, mistakes: new Map(), id: 'form' })
export const useForm = (): FormContextValue => useContext(FormContext)

export interface ControlProps<Value = unknown> { value: Value; onChange: (value: unknown) => void; id: string; describedBy: string | undefined; invalid: boolean | undefined; label: string }
