import { type ReactNode, useRef, useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import Upload from 'lucide-react/icons/upload'
import { useT } from '@/i18n'
import { api } from '@/lib/api'
import { keys } from '@/lib/queries'
import { Button, toastError } from '@/ui'
import { Card, Section, Setting } from '../parts/Page'
import './import.css'

interface Imported {
  imported: number
  skipped: { title: string; reason: string }[]
}

/** Conversations from an export of ChatGPT or Open WebUI, with a report of what became of each. */
export function ImportChats(): ReactNode {
  const t = useT('admin')
  const client = useQueryClient()
  const picker = useRef<HTMLInputElement>(null)
  const [share, setShare] = useState<number | null>(null)
  const [result, setResult] = useState<Imported | null>(null)
  const send = async (file: File): Promise<void> => {
    setShare(0)
    setResult(null)
    try {
      setResult(await api.upload<Imported>('/my/chat/import', file, { onProgress: setShare }))
      await client.invalidateQueries({ queryKey: keys.chats })
    } catch (error) {
      toastError(error)
    }
    setShare(null)
  }
  return (
    <Section title={t('importTitle')}>
      <Card>
        <Setting label={t('importFile')} hint={t('importHint')}>
          <input
            ref={picker}
            type="file"
            hidden
            accept=".json,.zip,application/json,application/zip"
            onChange={(event) => {
              const file = event.target.files?.[0]
              event.target.value = ''
              if (file) void send(file)
            }}
          />
          <Button icon={<Upload size={14} />} loading={share !== null} onClick={() => picker.current?.click()}>
            {share !== null && share < 1 ? t('importSending', { percent: Math.round(share * 100) }) : t('importChoose')}
          </Button>
        </Setting>
        {result && <Report result={result} />}
      </Card>
    </Section>
  )
}

function Report({ result }: { result: Imported }): ReactNode {
  const t = useT('admin')
  return (
    <div className="import-report" role="status">
      <p>
        <b>{t('imported', { n: result.imported })}</b>
        {result.skipped.length > 0 && <span className="muted"> · {t('importSkipped', { n: result.skipped.length })}</span>}
      </p>
      {result.skipped.length > 0 && (
        <ul tabIndex={0} aria-label={t('importSkipped', { n: result.skipped.length })}>
          {result.skipped.map(({ title, reason }, index) => (
            <li key={index}>
              <span className="cut">{title}</span>
              <span className="tiny muted">{reason === 'already imported' ? t('importAlready') : reason}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
