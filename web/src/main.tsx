import '@/ui/tokens.css'
import '@/ui/base.css'
import '@/ui/controls.css'
import '@/ui/overlays.css'
import { StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { QueryClientProvider } from '@tanstack/react-query'
import { chatStore } from '@/chat/chats'
import { load, preferredLanguage, setLanguage } from '@/i18n'
import { accessToken, useSession } from '@/lib/session'
import { queryClient } from '@/lib/query'
import { followTheme, useUi } from '@/lib/ui-store'
import { keepShellOffline } from '@/shell/offline'
import { match } from '@/lib/router'
import { App, isOutside } from './router'

followTheme()
keepShellOffline()

// The screen's code and the sign-in are fetched side by side, and what an opened chat says before anything is drawn.
const opened = match(location.pathname)
void opened?.screen.ready()
const chatId = opened?.params.chatId
if (chatId !== undefined) {
  const stop = useSession.subscribe(({ status }) => { stop(); if (status === 'signed-in') chatStore(chatId) })
}
if (!isOutside(location.pathname)) accessToken().catch(() => undefined)

async function start(): Promise<void> {
  const language = preferredLanguage(useUi.getState().language)
  await Promise.all([load('shell', language), setLanguage(language)])
  const element = document.getElementById('root')
  if (!element) throw new Error('index.html has no #root')
  createRoot(element).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <Suspense><App /></Suspense>
      </QueryClientProvider>
    </StrictMode>,
  )
}

void start()
