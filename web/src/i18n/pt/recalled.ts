import type { Translation } from '..'
import type en from '../en/recalled'

const pt: Translation<typeof en> = {
  used: { one: 'usou {n} memória', other: 'usou {n} memórias' },
  kind_fact: 'Facto',
  kind_interaction: 'Conversa',
  kind_document: 'Documento',
  findIt: 'Procurar na memória',
  page: 'página {n}',
  line: 'linha {n}',
  from_chat: 'uma conversa',
  from_file: 'um ficheiro',
  from_artifact: 'um resultado',
  from_url: 'uma página',
  from_person: 'escrito à mão',
  from_agent: 'um agente',
  from_import: 'uma importação',
  from_repository: 'um repositório',
}
export default pt
