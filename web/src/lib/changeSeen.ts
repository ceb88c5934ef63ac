import { api } from './api'

/** No tag of the server's: what is changed under it is refused. */
const none = '"none"'

/** Changes a thing as the person saw it: refused with 412, in the server's words, when somebody saved it since `version`. */
export async function changeSeen<Thing extends { version: number }>(path: string, version: number, change: object): Promise<Thing> {
  const answer = await api.raw(path)
  const { version: present } = (await answer.json()) as Thing
  const tag = present === version ? answer.headers.get('etag') : none
  return api.patch<Thing>(path, change, tag === null ? {} : { headers: { 'if-match': tag } })
}
