import type { Dialect } from '../../api/types'
import { chat } from './chat'
import { messages } from './messages'
import { responses } from './responses'
import type { Speaker } from './types'

export const speakers: Record<Dialect, Speaker> = { chat, messages, responses }
export const dialects: readonly Dialect[] = ['chat', 'messages', 'responses']
