"""Git in workspaces. It runs in the sandbox: whatever a hostile repository makes it do, it does there."""
