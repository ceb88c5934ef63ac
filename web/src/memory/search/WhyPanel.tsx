import { Fragment, type ReactNode } from 'react'
import ArrowRight from 'lucide-react/icons/arrow-right'
import { useT } from '@/i18n'
import { number } from '@/lib/format'
import type { Hit } from '../api/types'

/** Why a memory was found: by meaning, by words, by the graph, by the reranker; and the same in a sentence. */
export function WhyPanel({ hit: { why }, id }: { hit: Hit; id: string }): ReactNode {
  const t = useT('memory')
  const { dense, sparse, graph, rerank } = why
  return (
    <div id={id} className="why" role="region" aria-label={t('whyThis')}>
      {why.text !== '' && <p className="why-text">{why.text}</p>}
      <dl className="why-facts">
        <Part name={t('why_dense')} none={t('whyNone')}>{dense && <Ranked rank={dense.rank} score={dense.score} />}</Part>
        <Part name={t('why_sparse')} none={t('whyNone')}>{sparse && <><Ranked rank={sparse.rank} score={sparse.score} /><span className="why-terms">{sparse.terms.map((term) => <mark key={term}>{term}</mark>)}</span></>}</Part>
        <Part name={t('why_graph')} none={t('whyNone')}>{graph && <><Path steps={graph.path} /><span className="muted">{t('weight', { n: number(graph.weight, 2) })}</span></>}</Part>
        {rerank && <Part name={t('why_rerank')} none="">{<span className="tabular">{number(rerank.score, 3)}</span>}</Part>}
      </dl>
    </div>
  )
}

function Part({ name, none, children }: { name: string; none: string; children: ReactNode }): ReactNode {
  return <div><dt>{name}</dt><dd>{children ?? <span className="faint">{none}</span>}</dd></div>
}

function Ranked({ rank, score }: { rank: number; score: number }): ReactNode {
  const t = useT('memory')
  return <span><b>{t('rank', { n: rank })}</b> <span className="muted tabular">{t('scoreOf', { score: number(score, 3) })}</span></span>
}

/** Names of nodes, with the edges between them. */
function Path({ steps }: { steps: readonly string[] }): ReactNode {
  return <span className="why-path">{steps.map((step, index) => <Fragment key={index}>{index > 0 && <ArrowRight size={12} aria-hidden />}<span className={/^[A-Z_]+$/.test(step) ? 'edge-type' : 'node-name'}>{step}</span></Fragment>)}</span>
}
