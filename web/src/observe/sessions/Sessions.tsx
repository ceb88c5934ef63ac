import type { ReactNode } from 'react'
import { useParams } from '@/lib/router'
import { SessionList } from './SessionList'
import { SessionPage } from './SessionPage'

/** The sessions of all agents, or one of them. */
export default function Sessions(): ReactNode {
  const { _splat: path = '' } = useParams()
  const [, source, id] = path.split('/')
  return source !== undefined && id !== undefined ? <SessionPage key={`${source}/${id}`} source={source} id={id} /> : <SessionList />
}
