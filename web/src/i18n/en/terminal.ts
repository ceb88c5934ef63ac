export default {
  keys: 'Keys',
  exited: 'Ended with code {code}',
  gone: 'This terminal is no more',
  connecting: 'Connecting',
  readOnly: 'You may watch here, not write',
  watchers: { one: '{n} more watches', other: '{n} more watch' },
  lost: '{size} not shown: too much output at once',
}
