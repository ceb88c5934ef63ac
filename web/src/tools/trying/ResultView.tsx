import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useT } from '@/i18n'
import { bytes, count } from '@/lib/format'
import { Badge, Button } from '@/ui'
import { Segments } from '@/ui/Segments'
import { Snippet } from '@/ui/Snippet'
import type { Block, Result } from '../api/tools'
import { nameOf, parsed, shownBlocks } from './blocks'
import { Media, SaveBytes } from './Media'

const JsonView = lazy(() => import('@/artifacts/json/JsonView'))

/** A result by the kind of its pieces, or the whole answer as it came. */
export function ResultView({ result }: { result: Result }): ReactNode {
  const t = useT('tools')
  const [raw, setRaw] = useState(false)
  const blocks = shownBlocks(result)
  const hasData = result.structured !== null && result.structured !== undefined
  const isEmpty = blocks.length === 0 && !hasData && result.artifacts.length === 0 && (result.error ?? '') === ''
  return (
    <>
      {!raw && blocks.filter((block) => !(block.type === 'text' && block.text === result.error)).map((block, index) => <BlockView key={index} block={block} />)}
      {!raw && hasData && <Structured value={result.structured} />}
      {!raw && result.artifacts.length > 0 && <p className="small">{t('artifactsMade', { names: result.artifacts.map(({ title }) => title).join(', ') })}</p>}
      {!raw && isEmpty && <p className="small muted">{t('emptyResult')}</p>}
      {raw && <Snippet block label={t('rawResult')} text={JSON.stringify(result, null, 2)} />}
      <div><Segments size="s" label={t('showResult')} value={raw ? 'raw' : 'read'} onChange={(value) => setRaw(value === 'raw')} options={[{ value: 'read', label: t('resultRead') }, { value: 'raw', label: t('resultRaw') }]} /></div>
    </>
  )
}

function BlockView({ block }: { block: Block }): ReactNode {
  switch (block.type) {
    case 'text': return <TextBlock text={block.text} />
    case 'image': case 'audio': return <Media kind={block.type} data={block.data} mime={block.mimeType} />
    case 'resource': return <Resource resource={block.resource} />
    case 'resource_link': return <ResourceLink link={block} />
    default: return <Snippet block label="JSON" text={JSON.stringify(block, null, 2)} />
  }
}

const short_chars = 6_000

function TextBlock({ text }: { text: string }): ReactNode {
  const t = useT('tools')
  const [whole, setWhole] = useState(false)
  const data = parsed(text)
  if (data) return <Structured value={data} />
  const isLong = text.length > short_chars
  return (
    <>
      <Snippet block label={t('textPiece')} text={isLong && !whole ? text.slice(0, short_chars) : text} />
      {isLong && !whole && <div><Button size="s" onClick={() => setWhole(true)}>{t('showWhole', { n: count(text.length) })}</Button></div>}
    </>
  )
}

function Structured({ value }: { value: unknown }): ReactNode {
  const t = useT('tools')
  return (
    <div className="result-json" role="group" aria-label={t('structured')} style={{ '--rows': JSON.stringify(value, null, 1).split('\n').length }}>
      <Suspense fallback={null}><JsonView value={value} title={t('structured')} /></Suspense>
    </div>
  )
}

function Resource({ resource }: { resource: Extract<Block, { type: 'resource' }>['resource'] }): ReactNode {
  const mime = resource.mimeType ?? ''
  const isMedia = /^(image|audio)\//.test(mime) && resource.blob !== undefined
  return (
    <div className="result-resource">
      <div className="row"><code className="mono cut grow">{resource.uri}</code>{mime !== '' && <Badge>{mime}</Badge>}</div>
      {resource.text !== undefined && <TextBlock text={resource.text} />}
      {isMedia && <Media kind={mime.startsWith('image') ? 'image' : 'audio'} data={resource.blob ?? ''} mime={mime} />}
      {resource.blob !== undefined && !isMedia && <SaveBytes data={resource.blob} mime={mime} name={nameOf(resource.uri)} />}
    </div>
  )
}

function ResourceLink({ link }: { link: Extract<Block, { type: 'resource_link' }> }): ReactNode {
  return (
    <div className="result-resource">
      <div className="row">
        <b className="small cut">{link.title ?? link.name ?? nameOf(link.uri)}</b>
        {link.mimeType !== undefined && <Badge>{link.mimeType}</Badge>}
        {link.size !== undefined && <span className="tiny muted">{bytes(link.size)}</span>}
      </div>
      <code className="mono tiny">{link.uri}</code>
      {link.description !== undefined && <p className="tiny muted">{link.description}</p>}
    </div>
  )
}
