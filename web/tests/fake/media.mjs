/** Small files of the kinds that are not text, made here: a sound, a picture of a document, a recording of a terminal. */

/** A falling tone of two seconds, as WAV. */
export function sound() {
  const rate = 8000
  const samples = Buffer.alloc(rate * 2 * 2)
  for (let at = 0; at < rate * 2; at++) samples.writeInt16LE(Math.round(9000 * Math.sin((at * 660) / rate / (1 + at / rate)) * (1 - at / (rate * 2))), at * 2)
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + samples.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(rate * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(samples.length, 40)
  return Buffer.concat([head, samples])
}

/** A PDF document with a page for each list of lines. */
export function pdf(pages) {
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>', `<< /Type /Pages /Kids [${pages.map((_, index) => `${4 + 2 * index} 0 R`).join(' ')}] /Count ${pages.length} >>`, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>']
  for (const [index, lines] of pages.entries()) {
    const text = lines.map((line, row) => `/F1 ${row === 0 ? 26 : 14} Tf 0 -${row === 1 ? 44 : 26} Td (${line.replace(/[\\()]/g, '\\$&')}) Tj`).join('\n')
    const stream = `BT 72 740 Td\n${text}\nET`
    objects.push(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * index} 0 R >>`, `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`)
  }
  let body = '%PDF-1.4\n'
  const places = objects.map((object, index) => { const place = body.length; body += `${index + 1} 0 obj\n${object}\nendobj\n`; return place })
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('')
  return Buffer.from(`${body}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`, 'latin1')
}

/** A recording of a terminal: what was printed, and when. */
export function cast() {
  const events = [[0.1, '$ make test\r\n'], [0.8, '\x1b[32m...........\x1b[0m'], [1.6, '\x1b[32m............\x1b[0m'], [2.2, '\r\n\x1b[1m23 passed\x1b[0m in 2.1 s\r\n$ ']]
  return [{ version: 2, width: 80, height: 20 }, ...events.map(([at, text]) => [at, 'o', text])].map((line) => JSON.stringify(line)).join('\n')
}

/** A line chart in the form that agents write. */
export function chart() {
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug']
  return JSON.stringify({
    chart: { type: 'line', title: 'Jobs by month, thousands', x: 'month', y: ['taskiq', 'dramatiq', 'arq'] },
    rows: months.map((month, n) => ({ month, taskiq: 40 + ((9 * n) % 31), dramatiq: 30 + ((13 * n) % 37), arq: 20 + 4 * n })),
  })
}
