import { ago, newId } from './admin.data.mjs'
import { film } from './film.mjs'
import { cast, chart as lineChart, pdf, sound } from './media.mjs'

const code = (start, warm, extra) => `import asyncio
from time import perf_counter_ns

LIBRARIES = ("arq", "dramatiq", "taskiq")


class Harness:
    """Runs one library's worker against the same jobs."""

    def __init__(self, name: str, size: int = 64) -> None:
        self.name = name
        self.size = size


async def run(lib, n, size):
    payload = b"x" * size
${warm}    start = ${start}
    await asyncio.gather(*(lib.enqueue(payload)
                           for _ in range(n)))
    return (${start} - start) / n


def report(rows):
${extra}    return table(rows)


if __name__ == "__main__":
    asyncio.run(main(rounds=3))  # three rounds, the best counts
`

const csv = `library,start_p99_ms,jobs_per_s,released,alive
taskiq,1.6,9120,2025-10-02,true
arq,3.0,6480,2025-08-21,true
dramatiq,4.1,8890,2025-11-01,true
celery,6.4,5200,2025-06-14,true
"huey, lite",,3100,2024-12-30,false
`
const manyRows = () =>
  'id,name,city,amount,when\n' +
  Array.from(
    { length: 100000 },
    (_, index) =>
      `${index + 1},Customer ${(index * 7919) % 100003},"${['Lisbon', 'Porto', 'Moscow', 'Paris', 'São Paulo'][index % 5]}",${((index * 31337) % 1000000) / 100},2025-${String(1 + (index % 12)).padStart(2, '0')}-${String(1 + (index % 28)).padStart(2, '0')}`,
  ).join('\n')
const chart = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="260" viewBox="0 0 640 260" font-family="sans-serif" font-size="15">
<text x="20" y="34" fill="#6b7280">enqueue to start, p99 in ms</text>
${[
  ['taskiq', 1.6, '#57b98a'],
  ['arq', 3, '#5d9bc9'],
  ['dramatiq', 4.1, '#cb9650'],
]
  .map(
    ([name, value, fill], index) =>
      `<text x="20" y="${85 + index * 60}" fill="#6b7280">${name}</text><rect x="120" y="${66 + index * 60}" width="${value * 110}" height="28" rx="5" fill="${fill}"/><text x="${132 + value * 110}" y="${85 + index * 60}" fill="#6b7280">${value}</text>`,
  )
  .join('\n')}
</svg>`
const page = `<!doctype html><meta charset="utf-8"><title>Counter</title><style>body{font:16px system-ui;margin:0;display:grid;place-items:center;height:100vh;background:#f4f1ea;color:#222}button{font:inherit;padding:8px 18px;border:1px solid #bbb;border-radius:8px;background:#fff}</style><main><h1>Jobs in the queue: <output>0</output></h1><button>Enqueue</button></main><script>let n=0;document.querySelector('button').onclick=()=>{document.querySelector('output').textContent=++n}</script>`
const report = `# Queue libraries compared

All three share **one harness**, so only the broker client differs.

| library | p99 start | throughput |
|---|---:|---:|
| taskiq | 1.6 ms | 9,120/s |
| arq | 3.0 ms | 6,480/s |

> taskiq starts jobs soonest; dramatiq holds its throughput better as messages grow.

1. Warm up with 200 jobs
2. Measure with \`perf_counter_ns\`

\`\`\`python
await lib.warm_up(200)
\`\`\`
`

const runs = ['taskiq', 'arq', 'dramatiq'].map((library, index) => ({ library, rounds: 3, p99_ms: [1.6, 3.0, 4.1][index], settings: { pool: 8 }, note: index === 1 ? null : 'kept' }))
const outline = [
  ['Quarterly report', 'Jobs, brokers and what they cost', '', 'The queue moved to taskiq in July. Jobs start sooner,', 'and the broker needs half the memory it had before.'],
  ['What comes next', 'Larger messages, measured with the same harness', '', 'Nothing else changes before the next report.'],
]

const make = (title, type, format, versions, extra = {}) => ({
  id: newId(),
  chat_id: 'chat-1',
  run_id: newId(),
  agent: 'coder',
  type,
  title,
  format,
  language: null,
  created_at: ago(1200),
  updated_at: ago(40),
  list: versions.map((text, index) => ({
    version: index + 1,
    text,
    size: Buffer.byteLength(text),
    created_at: ago(40 + (versions.length - 1 - index) * 400),
    agent: 'coder',
    note: ['First draft', 'Measure in nanoseconds', 'Warm up, sort by p99'][index] ?? null,
  })),
  get version() {
    return this.list.length
  },
  ...extra,
})

export const artifacts = [
  make(
    'queues.py',
    'code',
    'text/plain',
    [
      code('time.time()', '', ''),
      code('perf_counter_ns()', '', ''),
      code('perf_counter_ns()', '    await lib.warm_up(200)\n', '    rows.sort(key=lambda r: r.p99_ms)\n'),
    ],
    { language: 'python' },
  ),
  make('Results', 'data', 'text/csv', [csv]),
  make('Report', 'document', 'text/markdown', [report.replace('**one harness**', 'one harness'), report], { agent: 'architect' }),
  make('Latency chart', 'image', 'image/svg+xml', [chart]),
  make('Queue demo', 'web', 'text/html', [page]),
  make('settings.json', 'data', 'application/json', [
    JSON.stringify(
      {
        broker: { url: 'redis://127.0.0.1:6379', pool: 8, tls: null },
        rounds: 3,
        libraries: ['arq', 'dramatiq', 'taskiq'],
        warm: true,
        sizes: [64, 1024, 65536],
      },
      null,
      2,
    ),
  ]),
  make('Customers', 'data', 'text/csv', [manyRows()], { agent: 'researcher' }),
  make('Walk-through', 'video', 'video/webm', [film], { seconds: 83.2 }),
  make('Alarm', 'audio', 'audio/wav', [sound()], { seconds: 2 }),
  make('Quarterly report', 'document', 'application/pdf', [pdf(outline)], { agent: 'architect' }),
  make('runs.json', 'data', 'application/json', [JSON.stringify(runs)]),
  make('Jobs', 'data', 'application/vnd.entourage.chart+json', [lineChart()]),
  make('Counter', 'interactive', 'text/html', [page]),
  make('Test run', 'terminal', 'application/x-asciicast', [cast()]),
  make('Minutes', 'document', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', [Buffer.from('PK')], { preview: 'Present: Ana, Marina, Ilya. The queue moves to taskiq in July.' }),
  make('Notes', 'text', 'text/plain', ['Check with 64 kB messages.\nAsk Grace about the broker.\n'], { agent: 'researcher' }),
]

const tags = { 'queues.py': ['bench', 'queues'], Report: ['bench'], Jobs: ['monthly'] }

function preview({ list, preview: said, seconds = null, type, format }) {
  const { text } = list.at(-1)
  const isShown = typeof text === 'string' && type !== 'web' && type !== 'interactive' && !/svg|asciicast|chart/.test(format)
  return { text: said ?? (isShown ? text.slice(0, 400) : null), width: null, height: null, pages: format === 'application/pdf' ? 2 : null, seconds, error: null, thumbnail_url: null }
}

export function describe(artifact, withUrl) {
  const { list, ...rest } = artifact
  const current = list.at(-1)
  return {
    ...rest,
    preview: preview(artifact),
    metadata: { framework: null, dependencies: [], tags: tags[artifact.title] ?? [], source: null, tool: null, permissions: [] },
    shared: artifact.title === 'Report',
    version: current.version,
    versions: list.length,
    size: current.size,
    ...(withUrl && { content_url: `/fake/content/${artifact.id}?v=${current.version}` }),
  }
}
