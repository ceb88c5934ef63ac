import type { Translation } from '..'
import type en from '../en/recalled'

const ru: Translation<typeof en> = {
  used: { one: 'вспомнил {n} запись', few: 'вспомнил {n} записи', many: 'вспомнил {n} записей', other: 'вспомнил {n} записи' },
  kind_fact: 'Факт',
  kind_interaction: 'Разговор',
  kind_document: 'Документ',
  findIt: 'Найти в памяти',
  page: 'стр. {n}',
  line: 'строка {n}',
  from_chat: 'разговор',
  from_file: 'файл',
  from_artifact: 'результат',
  from_url: 'веб-страница',
  from_person: 'записано вручную',
  from_agent: 'агент',
  from_import: 'загрузка',
  from_repository: 'репозиторий',
}
export default ru
