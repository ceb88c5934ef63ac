const hooks = [
  'SessionStart', 'SessionEnd', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'PostToolUseFailure', 'PermissionRequest', 'PermissionDenied', 'SubagentStart', 'SubagentStop',
  'Notification', 'Stop', 'StopFailure', 'PreCompact', 'PostCompact', 'TaskCreated', 'TaskCompleted',
]

/** Types worth offering before any was seen. */
export const hookTypes = hooks.map((name) => `hook.${name}`)
export const teamTypes = ['message', 'tool_started', 'tool_finished', 'tool_failed', 'approval_requested', 'approval_resolved', 'task_completed', 'task_failed', 'usage', 'error']
