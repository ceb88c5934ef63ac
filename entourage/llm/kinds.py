"""The kinds of provider: where each is reached, which dialects it speaks itself, and how it takes its key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from entourage.llm.translate.errors import Dialect

Auth: TypeAlias = Literal["bearer", "x-api-key", "api-key"]
"""The header a key is sent in; a provider without a key is sent none."""

ProviderType: TypeAlias = Literal[
    "openai",
    "anthropic",
    "google",
    "vertex",
    "deepseek",
    "mistral",
    "groq",
    "xai",
    "openrouter",
    "bedrock",
    "azure",
    "ollama",
    "vllm",
    "llamacpp",
    "openai_compatible",
    "anthropic_compatible",
]

ANTHROPIC_VERSION = "2023-06-01"


class Kind(NamedTuple):
    """What all providers of a type have in common. `dialects` is empty when only any-llm reaches it."""

    type: ProviderType
    title: str
    base_url: str | None
    dialects: tuple[Dialect, ...]
    auth: Auth = "bearer"
    messages_auth: Auth = "bearer"
    """The header of the key under /messages, where the type speaks other dialects besides."""
    messages_prefix: str | None = None
    """What stands for the last `/v1` of the base URL under /messages."""
    needs_key: bool = True
    price_id: str | None = None
    """Its name in the price table; None: found by the base URL."""
    anyllm: str | None = None
    """Its name in any-llm, for types without a dialect of ours."""

    @property
    def needs_base_url(self) -> bool:
        return self.base_url is None and self.anyllm is None

    @property
    def is_anthropic(self) -> bool:
        """Whether /messages is all it speaks; its base URL then does not end with /v1."""
        return self.dialects == ("messages",)

    def url(self, base_url: str, dialect: Dialect, path: str) -> str:
        """Where a request of `dialect` goes: `path` is what follows `/v1/`, such as `chat/completions`."""
        if self.is_anthropic:
            return f"{base_url.removesuffix('/v1')}/v1/{path}"
        if dialect == "messages" and self.messages_prefix:
            return f"{base_url.removesuffix('/v1')}{self.messages_prefix}/{path}"
        return f"{base_url}/{path}"

    def headers(self, dialect: Dialect, key: str | None) -> list[tuple[str, str]]:
        """The headers that carry the key, and the version where the provider insists on one."""
        auth = self.messages_auth if dialect == "messages" else self.auth
        version = [("anthropic-version", ANTHROPIC_VERSION)] if dialect == "messages" else []
        if not key:
            return version
        return [("authorization", f"Bearer {key}") if auth == "bearer" else (auth, key), *version]


_GOOGLE = "https://generativelanguage.googleapis.com/v1beta/openai"

_KINDS = (
    Kind("openai", "OpenAI", "https://api.openai.com/v1", ("chat", "responses"), price_id="openai"),
    Kind(
        "anthropic",
        "Anthropic",
        "https://api.anthropic.com",
        ("messages",),
        auth="x-api-key",
        messages_auth="x-api-key",
        price_id="anthropic",
    ),
    Kind(
        "google",
        "Google Gemini",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        ("chat",),
        price_id="google",
    ),
    Kind("vertex", "Google Vertex AI", None, (), needs_key=False, price_id="google", anyllm="vertexai"),
    Kind(
        "deepseek",
        "DeepSeek",
        "https://api.deepseek.com/v1",
        ("chat", "messages"),
        messages_auth="x-api-key",
        messages_prefix="/anthropic/v1",
        price_id="deepseek",
    ),
    Kind("mistral", "Mistral", "https://api.mistral.ai/v1", ("chat",), price_id="mistral"),
    Kind("groq", "Groq", "https://api.groq.com/openai/v1", ("chat",), price_id="groq"),
    Kind("xai", "xAI", "https://api.x.ai/v1", ("chat",), price_id="x-ai"),
    Kind("openrouter", "OpenRouter", "https://openrouter.ai/api/v1", ("chat", "messages"), price_id="openrouter"),
    Kind("bedrock", "Amazon Bedrock", None, ("chat", "responses"), price_id="aws"),
    Kind("azure", "Azure OpenAI", None, ("chat", "responses"), auth="api-key", price_id="azure"),
    Kind("ollama", "Ollama", "http://127.0.0.1:11434/v1", ("chat", "messages"), needs_key=False),
    Kind("vllm", "vLLM", "http://127.0.0.1:8000/v1", ("chat", "messages"), needs_key=False),
    Kind("llamacpp", "llama.cpp", "http://127.0.0.1:8080/v1", ("chat", "messages"), needs_key=False),
    Kind("openai_compatible", "OpenAI-compatible", None, ("chat",), needs_key=False),
    Kind(
        "anthropic_compatible",
        "Anthropic-compatible",
        None,
        ("messages",),
        auth="x-api-key",
        messages_auth="x-api-key",
        needs_key=False,
    ),
)

KINDS: dict[str, Kind] = {kind.type: kind for kind in _KINDS}
"""Every kind by its type, in the order people are shown."""
