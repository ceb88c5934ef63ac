"""The IDE's names: `/api/v1/agents/*`, `WS /api/v1/ws/agents`, and `POST /agent/intent` with the client's context."""
