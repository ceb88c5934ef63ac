import type { Translation } from '..'
import type en from '../en/auth'

const pt: Translation<typeof en> = {
  signIn: 'Iniciar sessão',
  signInLead: 'A sua equipa de IA está à espera.',
  email: 'E-mail',
  password: 'Palavra-passe',
  passwordHint: 'Pelo menos {n} caracteres',
  fullName: 'O seu nome',
  invite: 'Código do convite',
  inviteHint: 'Da ligação que lhe enviaram',
  noAccount: 'Ainda não tem conta?',
  register: 'Criar uma conta',
  haveAccount: 'Já tem conta?',
  registerLead: 'Uma equipa de agentes, só para si.',
  setup: 'Preparar o Entourage',
  setupLead: 'É a primeira pessoa aqui, e quem administra.',
  setupDo: 'Criar a conta de administração',
  noToken: 'Esta ligação não está completa',
  noTokenDetail: 'Abra a ligação de preparação que o servidor mostrou ao arrancar; ela traz um código de uso único.',
  needsSetup: 'Este servidor ainda não tem administração. Abra a ligação de uso único que ele mostrou ao arrancar.',
  closed: 'O registo está fechado neste servidor. Peça um convite a quem o administra.',
  noServer: 'Não se consegue chegar ao servidor',
  noServerDetail: 'Veja se está a funcionar e se tem ligação à rede.',
  showPassword: 'Mostrar a palavra-passe',
  hidePassword: 'Esconder a palavra-passe',
}
export default pt
