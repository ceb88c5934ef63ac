import '@/ui/tokens.css'
import '@/ui/base.css'
import '@/ui/controls.css'
import '@/ui/overlays.css'
import { StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { QueryClientProvider } from '@tanstack/react-query'
import { load, preferredLanguage, setLanguage } from '@/i18n'
import { accessToken } from '@/lib/session'
import { queryClient } from '@/lib/query'
import { followTheme, useUi } from '@/lib/ui-store'
import { keepShellOffline } from '@/shell/offline'
import { match } from '@/lib/router'
import { App, isOutside } from './router'

followTheme()
keepShellOffline()

// The screen's code and the sign-in are fetched side by side.
match(location.pathname)?.preload()
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
