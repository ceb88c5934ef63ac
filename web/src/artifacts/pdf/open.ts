import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist'

/** A document that is open, one worker each: a hostile one stops nobody else's. */
export interface Pdf {
  pages: number
  /** Height over width of the first page: what the others are taken for until they are looked at. */
  ratio: number
  page: (number: number) => Promise<PDFPageProxy>
  close: () => Promise<void>
}

export async function openPdf(blob: Blob): Promise<Pdf> {
  const [{ getDocument, PDFWorker }, data] = await Promise.all([import('pdfjs-dist'), blob.arrayBuffer()])
  const port = new Worker(new URL('pdfjs-dist/build/pdf.worker.min.mjs', import.meta.url), { type: 'module' })
  const worker = PDFWorker.create({ port })
  try {
    const document: PDFDocumentProxy = await getDocument({
      data: new Uint8Array(data),
      worker,
      useSystemFonts: true,
      useWasm: false,
      enableXfa: false,
      stopAtErrors: false,
    }).promise
    const { width, height } = (await document.getPage(1)).getViewport({ scale: 1 })
    return {
      pages: document.numPages,
      ratio: height / width,
      page: (number) => document.getPage(number),
      close: async () => {
        await document.loadingTask.destroy().catch(() => undefined)
        port.terminate()
      },
    }
  } catch (error) {
    port.terminate()
    throw error
  }
}
