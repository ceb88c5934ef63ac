import type { Translation } from '..'
import type en from '../en/terminal'

const ru: Translation<typeof en> = {
  keys: 'Клавиши',
  exited: 'Завершено с кодом {code}',
  gone: 'Этого терминала больше нет',
  connecting: 'Подключение',
  readOnly: 'Здесь можно смотреть, но не писать',
  watchers: { one: 'Смотрит ещё {n}', few: 'Смотрят ещё {n}', many: 'Смотрят ещё {n}', other: 'Смотрят ещё {n}' },
  lost: '{size} не показано: слишком много вывода сразу',
}
export default ru
