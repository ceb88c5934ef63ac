import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { adoptedStyles } from './scripts/adoptedStyles.ts'
import { precompress } from './scripts/precompress.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const server = process.env.ENTOURAGE_URL ?? 'http://127.0.0.1:8700'

// Without these two groups the first screen would come in forty small files.
const base = /node_modules\/(react|react-dom|scheduler|zustand|@tanstack\/(query-core|react-query))\/|lucide-react\/dist\/esm\/(?!icons)|src\/lib\/(afterPaint|useMedia|screen|api|http|session|query|queries|router|live|stream|ui-store)\.|src\/i18n\/index|src\/shell\/(?!Palette|usePaletteItems|KeysDialog|Overlays|ChatMenu|Settings|notify)\w+\.tsx?|src\/chat\/(chats|chatActions|store|fold|useDraft)\.|src\/ui\/\w+\.css|src\/ui\/(Button|Menu|toast|place|Spinner|EmptyState|Badge)\./
const talk = /node_modules\/(marked|@tanstack\/(virtual-core|react-virtual))\/|src\/chat\/(?!NewChat|ChatScreen|ApprovalCard|QuestionCard|MessageEditor|chats|chatActions|store|fold|useDraft)\w+\.(tsx?|css)/
// Small things that the chat and the Observe screen share; neither should bring the other along.
const shared = /src\/lib\/(useHue|format|clipboard|fuzzy|useDebounced)\.|lucide-react\/dist\/esm\/icons\/(arrow-(down|up)|chevron-down|copy|ellipsis|pencil|plug|plus|trash(-2)?|x)\.mjs/

export default defineConfig({
  plugins: [react(), adoptedStyles(), precompress()],
  resolve: { alias: { '@': here('./src') } },
  build: {
    outDir: here('../entourage/static'),
    emptyOutDir: true,
    manifest: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'base', test: base, priority: 3 }, { name: 'talk', test: talk, priority: 1 }, { name: 'shared', test: shared, priority: 2 }] } } },
  },
  server: {
    proxy: {
      '/api': server,
      '/my': server,
      '/v1': server,
      '/stream': { target: server, ws: true },
    },
  },
})
