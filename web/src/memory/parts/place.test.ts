import { expect, test } from 'vitest'
import { placeOf } from './place'

test.each([
  [{ type: 'chat', session_id: 's1' }, null, '/chat/s1'],
  [{ type: 'file', name: 'a.md' }, 'd1', '/memory/documents/d1'],
  [{ type: 'url', url: 'https://example.org/a' }, null, 'https://example.org/a'],
  [{ type: 'url', url: 'javascript:alert(1)' }, null, null],
  [{ type: 'agent', session_id: 's 2' }, null, '/chat/s%202'],
  [{ type: 'person' }, null, null],
] as const)('%o of document %s leads to %s', (source, documentId, place) => expect(placeOf(source, documentId)).toBe(place))
