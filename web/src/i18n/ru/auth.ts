import type { Translation } from '..'
import type en from '../en/auth'

const ru: Translation<typeof en> = {
  signIn: 'Вход',
  signInLead: 'Ваша команда ИИ ждёт.',
  email: 'Электронная почта',
  password: 'Пароль',
  passwordHint: 'Не короче {n} символов',
  fullName: 'Ваше имя',
  invite: 'Код приглашения',
  inviteHint: 'Из ссылки, которую вам прислали',
  noAccount: 'Ещё нет учётной записи?',
  register: 'Создать учётную запись',
  haveAccount: 'Уже есть учётная запись?',
  registerLead: 'Команда агентов только для вас.',
  setup: 'Настройка Entourage',
  setupLead: 'Вы здесь первый человек и администратор.',
  setupDo: 'Создать администратора',
  noToken: 'Ссылка неполная',
  noTokenDetail: 'Откройте ссылку для настройки, которую сервер вывел при запуске: в ней одноразовый код.',
  needsSetup: 'У этого сервера ещё нет администратора. Откройте одноразовую ссылку, которую он вывел при запуске.',
  closed: 'Регистрация на этом сервере закрыта. Попросите приглашение у администратора.',
  noServer: 'Сервер недоступен',
  noServerDetail: 'Проверьте, что он запущен и что вы в сети.',
  showPassword: 'Показать пароль',
  hidePassword: 'Скрыть пароль',
}
export default ru
