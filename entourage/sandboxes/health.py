"""Whether code can run on this server, and by which ways."""

from __future__ import annotations

from entourage.sandboxes.runner import BubblewrapSandbox
from entourage.sandboxes.schemas import BackendOut, SandboxHealth
from entourage.sandboxes.service import Sandboxes


async def health(sandboxes: Sandboxes, runner: BubblewrapSandbox) -> SandboxHealth:
    """What the self-test found, and each backend."""
    probe = await runner.probe()
    reasons = {name: await backend.unavailable() for name, backend in sandboxes.backends.items()}
    default = await sandboxes.default_backend()
    return SandboxHealth(
        ok=not reasons.get(default),
        reason=reasons.get(default) or None,
        ways_out=list(probe.ways_out),
        limits=probe.memory_by,
        default_backend=default,
        backends=[BackendOut(name=name, ok=not reason, reason=reason or None) for name, reason in reasons.items()],
    )
