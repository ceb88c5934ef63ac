import { type ReactNode } from 'react'
import { useParams } from '@/lib/router'
import { PlanList } from './PlanList'
import { PlanPage } from './PlanPage'

export default function PlansPage(): ReactNode {
  const { _splat: path = '' } = useParams()
  const id = path.split('/')[1] ?? ''
  return id === '' ? <PlanList /> : <PlanPage key={id} id={id} />
}
