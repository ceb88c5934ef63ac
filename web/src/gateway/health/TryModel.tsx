import { useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useT } from '@/i18n'
import { offeredQuery } from '../api/queries'
import { ModelSelect } from '../parts/ModelSelect'
import { TestButton, TestOutcome, useModelTest } from './ModelTest'

/** One tiny call to any model, to see that it answers. */
export function TryModel(): ReactNode {
  const t = useT('gateway')
  const offered = useQuery(offeredQuery).data ?? []
  const [chosen, setChosen] = useState('')
  const { state, test } = useModelTest()
  const model = chosen || offered[0]?.id
  if (model === undefined) return null
  return (
    <div className="try-model">
      <div className="row">
        <ModelSelect offered={offered} value={model} label={t('tryModel')} onChange={setChosen} />
        <TestButton state={state} onTest={() => void test(model)} />
      </div>
      <TestOutcome state={state} />
    </div>
  )
}
