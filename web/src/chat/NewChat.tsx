import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { useNavigate, useSearch } from '@/lib/router'
import BookOpen from 'lucide-react/icons/book-open'
import Brain from 'lucide-react/icons/brain'
import Code from 'lucide-react/icons/code'
import ListChecks from 'lucide-react/icons/list-checks'
import { useT } from '@/i18n'
import { api } from '@/lib/api'
import { offerDraft } from '@/lib/draft'
import type { Chat } from '@/lib/types'
import { placeChat } from './chats'
import { Composer } from './Composer'
import { OfflineHint } from './OfflineHint'
import './chat.css'

const WorkspacePicker = lazy(() => import('@/workspace/place/Picker'))

/** Where a chat begins: what the team can do, and the box. The chat is made with the first message or file. */
export default function NewChat() {
  const t = useT('chat')
  const navigate = useNavigate()
  const made = useRef<Promise<string> | null>(null)
  const [workspace, setWorkspace] = useState<string | null>(useSearch().workspace ?? null)
  useEffect(() => { document.title = `${t('untitled')} · Entourage` }, [t])
  const chatFor = useCallback(() => {
    made.current ??= api.post<Chat>('/my/chat', workspace === null ? {} : { workspace_id: workspace }).then((chat) => { placeChat(chat); return chat.id })
    made.current.catch(() => { made.current = null })
    return made.current
  }, [workspace])
  const examples = [
    { icon: ListChecks, title: t('tryPlan'), text: t('tryPlanText') },
    { icon: Code, title: t('tryCode'), text: t('tryCodeText') },
    { icon: BookOpen, title: t('tryResearch'), text: t('tryResearchText') },
    { icon: Brain, title: t('tryMemory'), text: t('tryMemoryText') },
  ]
  return (
    <div className="chat">
      <section className="talk new-chat" aria-label={t('untitled')}>
        <div className="welcome">
          <h1>{t('emptyTitle')}</h1>
          <p className="muted">{t('emptyLead')}</p>
          <div className="examples">
            {examples.map(({ icon: Icon, title, text }) => (
              <button key={title} type="button" className="example" onClick={() => offerDraft(text)}>
                <Icon size={16} aria-hidden />
                <b>{title}</b>
                <span className="muted">{text}</span>
              </button>
            ))}
          </div>
        </div>
        <OfflineHint />
        <Composer chatId={null} tools={<Suspense><WorkspacePicker value={workspace} onChange={(id) => { made.current = null; setWorkspace(id) }} /></Suspense>} chatFor={chatFor} activity="idle" control={null} onSent={(id) => void navigate({ to: '/chat/$chatId', params: { chatId: id } })} />
      </section>
    </div>
  )
}
