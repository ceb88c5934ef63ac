"""Code and what it gives, over the wire."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from entourage.accounts.schemas import Body
from entourage.kit.ids import Id
from entourage.kit.schema import Schema
from entourage.sandboxes.interpreter.types import Stopped
from entourage.sandboxes.schemas import Env, Folder

Code = Annotated[str, StringConstraints(min_length=1, max_length=1_000_000)]


class RunIn(Body):
    """Code to run. Without a context it runs in the language's own, whose state stays as long as the sandbox."""

    code: Code
    language: Literal["python", "javascript", "typescript", "bash"] = "python"
    context_id: Id | None = Field(None, description="One that `contexts` gave; it knows its language.")
    env: Env = Field(default_factory=dict[str, str], description="For this run only.")
    timeout_seconds: float = Field(60, gt=0, le=3600, allow_inf_nan=False)


class ResultOut(Schema):
    """One thing shown, in each form it has: MIME type and text (base64 for pictures), or JSON."""

    model_config = ConfigDict(from_attributes=True)

    data: dict[str, Any] = Field(examples=[{"text/plain": "42"}])
    is_main: bool = Field(description="Whether it is the value of the last expression.")


class FailureOut(Schema):
    """What the code raised."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    value: str
    traceback: str


class ExecutionOut(Schema):
    """All that a run gave. `stopped_by`: it did not come to its own end."""

    model_config = ConfigDict(from_attributes=True)

    results: list[ResultOut]
    stdout: str
    stderr: str
    error: FailureOut | None
    execution_count: int | None = Field(validation_alias="count")
    context_id: str
    stopped_by: Stopped | None
    seconds: float


class ContextIn(Body):
    """A context to make: a state of its own."""

    language: Literal["python", "javascript", "typescript", "bash"] = "python"
    cwd: Folder = "/work"


class ContextOut(Schema):
    """A context."""

    model_config = ConfigDict(from_attributes=True)

    id: Id
    language: str
    cwd: str


class ContextList(Schema):
    """The contexts of a sandbox, oldest first."""

    items: list[ContextOut]
