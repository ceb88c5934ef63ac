import type { Plugin } from 'vite'

/**
 * The editor and the terminal write `<style>` elements, which the page's content policy refuses. In the build they get
 * `<adopted-style>` instead (src/lib/adoptedStyle.ts), whose text becomes an adopted style sheet, and the style
 * attributes they set become properties.
 */
export function adoptedStyles(): Plugin {
  return {
    name: 'adopted-styles',
    apply: 'build',
    transform: {
      filter: { id: /node_modules\/(monaco-editor|@xterm\/xterm|pdfjs-dist)\// },
      handler: (code) => {
        const strict = code
          .replace(/createElement\((['"])style\1\)/g, 'createElement("adopted-style")')
          .replace(/(\w+)\.setAttribute\((['"])style\2,\s*(`[^;]*?`)\)/g, (_, element: string, _quote: string, text: string) => `(${element}.style.cssText=${text})`)
        return strict === code ? null : { code: strict, map: null }
      },
    },
  }
}
