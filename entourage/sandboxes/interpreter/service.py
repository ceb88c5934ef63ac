"""Running code in live sandboxes: whichever language, whichever backend."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from entourage.kit.errors import Invalid
from entourage.sandboxes.interpreter.contexts import Cell, Contexts
from entourage.sandboxes.interpreter.driver import start_driver
from entourage.sandboxes.interpreter.engine import Engine
from entourage.sandboxes.interpreter.types import LANGUAGES, MAX_CODE_BYTES, ContextInfo, Execution, Language, OnEvent
from entourage.sandboxes.live.base import WORK, Live

if TYPE_CHECKING:
    import zmq.asyncio

    from entourage.sandboxes.interpreter.kernel import Kernel

_ALIASES: Mapping[str, Language] = {
    **{name: name for name in LANGUAGES},
    "py": "python",
    "js": "javascript",
    "node": "javascript",
    "ts": "typescript",
    "sh": "bash",
    "shell": "bash",
}
_NO_PACKAGES = (
    "The sandbox has Python's standard library only: `entourage sandbox setup` adds numpy, pandas, matplotlib."
)


@runtime_checkable
class HasInterpreter(Protocol):
    """A live sandbox that runs code by itself, as E2B's cloud does."""

    async def run_code(self, cell: Cell, language: Language, context_id: str | None) -> Execution: ...

    async def create_context(self, language: Language, cwd: str | None) -> ContextInfo: ...

    async def list_contexts(self) -> list[ContextInfo]: ...

    async def restart_context(self, context_id: str) -> None: ...

    async def remove_context(self, context_id: str) -> None: ...


class Interpreters:
    """Contexts by sandbox; they end with it.

    `has_kernel`: whether the sandbox's packages have ipykernel. `warm` is how many Python kernels are started before
    they are asked for: in a sandbox that was made for code, and in one that has more than one context.
    """

    def __init__(self, *, has_kernel: bool, warm: int = 0) -> None:
        self._has_kernel = has_kernel
        self._warm = warm
        self._contexts: dict[str, Contexts] = {}
        self._spares: dict[str, list[asyncio.Task[Kernel]]] = {}
        self._watches: dict[str, asyncio.Task[None]] = {}
        self._zmq: zmq.asyncio.Context | None = None

    async def run(
        self,
        live: Live,
        code: str,
        *,
        language: str = "python",
        context_id: str | None = None,
        env: Mapping[str, str] | None = None,
        timeout_seconds: float | None = None,
        on_event: OnEvent | None = None,
        stop: asyncio.Event | None = None,
    ) -> Execution:
        """Run code in a context, or in the language's own. Raises NotFound (context), Invalid, Unavailable."""
        raw = code.encode(errors="replace")  # half a surrogate pair is no text
        if len(raw) > MAX_CODE_BYTES:
            raise Invalid(f"The code has more than {MAX_CODE_BYTES:,} bytes.", hint="Write it to files.")
        cell = Cell(raw.decode(), env or {}, timeout_seconds, on_event, stop)
        if isinstance(live, HasInterpreter):
            return await live.run_code(cell, language_of(language), context_id)
        contexts = self._of(live)
        context = contexts.get(context_id) if context_id else contexts.of_language(language_of(language))
        execution = await context.run(cell)
        if execution.error and execution.error.name == "ModuleNotFoundError" and not self._has_kernel:
            execution.stderr += f"{_NO_PACKAGES}\n"
        return execution

    def prepare(self, live: Live) -> None:
        """Begin to start what Python will need: the sandbox was made to run code."""
        if not isinstance(live, HasInterpreter) and self._has_kernel and live.run_folder is not None:
            self._of(live)
            self._replenish(live)

    async def context(
        self, live: Live, context_id: str | None, *, language: str = "python", cwd: str | None = None
    ) -> str:
        """The id of this context, or of the language's own, begun in `cwd` when it is new. Raises NotFound, Invalid."""
        if isinstance(live, HasInterpreter):
            return context_id or ""
        contexts = self._of(live)
        found = contexts.get(context_id) if context_id else contexts.of_language(language_of(language), cwd)
        return found.info.id

    async def create_context(self, live: Live, *, language: str = "python", cwd: str | None = None) -> ContextInfo:
        """A context of its own, started. Raises Conflict, Invalid, Unavailable."""
        if isinstance(live, HasInterpreter):
            return await live.create_context(language_of(language), cwd)
        contexts = self._of(live)
        context = contexts.create(language_of(language), cwd)
        try:
            await context.warm()
        except BaseException:
            await contexts.remove(context.info.id)
            raise
        return context.info

    async def list_contexts(self, live: Live) -> list[ContextInfo]:
        """The contexts there are."""
        return await live.list_contexts() if isinstance(live, HasInterpreter) else self._of(live).list()

    async def restart_context(self, live: Live, context_id: str) -> None:
        """Begin a context anew. Raises NotFound."""
        if isinstance(live, HasInterpreter):
            await live.restart_context(context_id)
        else:
            await self._of(live).get(context_id).restart()

    async def remove_context(self, live: Live, context_id: str) -> None:
        """End a context. Raises NotFound."""
        if isinstance(live, HasInterpreter):
            await live.remove_context(context_id)
        else:
            await self._of(live).remove(context_id)

    async def interrupt(self, live: Live, context_id: str) -> bool:
        """Have the code of a context give up; False when none runs. Raises NotFound."""
        return False if isinstance(live, HasInterpreter) else await self._of(live).get(context_id).interrupt()

    async def close(self) -> None:
        """End every context."""
        for watch in list(self._watches.values()):
            watch.cancel()
        await asyncio.gather(*(self._forget(live_id) for live_id in list(self._contexts)))
        if self._zmq is not None:
            self._zmq.term()

    def _of(self, live: Live) -> Contexts:
        contexts = self._contexts.get(live.id)
        if contexts is None:

            async def start(language: Language, cwd: str) -> Engine:
                return await self._start(live, language, cwd)

            contexts = self._contexts[live.id] = Contexts(start, WORK)
            self._watches[live.id] = asyncio.create_task(self._watch(live))
        return contexts

    async def _watch(self, live: Live) -> None:
        await live.ended.wait()
        del self._watches[live.id]
        await self._forget(live.id)

    async def _forget(self, live_id: str) -> None:
        for spare in self._spares.pop(live_id, ()):
            spare.cancel()
            kernels = await asyncio.gather(spare, return_exceptions=True)
            for kernel in kernels:
                if not isinstance(kernel, BaseException):
                    await kernel.close()
        if contexts := self._contexts.pop(live_id, None):
            await contexts.close()

    async def _start(self, live: Live, language: Language, cwd: str) -> Engine:
        if language != "python" or not self._has_kernel or live.run_folder is None:
            return await start_driver(live, language, cwd)
        kernel = await self._spare(live) or await self._kernel(live)
        if cwd != WORK:
            await kernel.change_folder(cwd)
        if len(self._of(live).list()) > 1:
            self._replenish(live)
        return kernel

    async def _spare(self, live: Live) -> Kernel | None:
        """A kernel that was started before; None when there is none, or it has failed or died since."""
        spares = self._spares.get(live.id, [])
        while spares:
            found = (await asyncio.gather(spares.pop(0), return_exceptions=True))[0]
            if not isinstance(found, BaseException):
                if found.alive:
                    return found
                await found.close()
        return None

    def _replenish(self, live: Live) -> None:
        spares = self._spares.setdefault(live.id, [])
        while len(spares) < self._warm and live.id in self._contexts:
            spares.append(asyncio.create_task(self._kernel(live)))

    async def _kernel(self, live: Live) -> Kernel:
        from entourage.sandboxes.interpreter.kernel import start_kernel

        if self._zmq is None:
            self._zmq = await asyncio.to_thread(_zmq_context)
        return await start_kernel(self._zmq, live, WORK)


def language_of(name: str) -> Language:
    """A language by any of its names. Raises Invalid."""
    try:
        return _ALIASES[name.lower()]
    except KeyError:
        known = ", ".join(LANGUAGES)
        raise Invalid(f"Code in {name[:40]!r} cannot run here.", hint=f"There are {known}.") from None


def _zmq_context() -> zmq.asyncio.Context:
    """Importing takes longer than the event loop may be held up."""
    from entourage.sandboxes.interpreter.channels import new_context

    return new_context()
