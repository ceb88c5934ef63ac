"""Programs of others before the gateway: an agent library, a chat front end, a coding agent, compliance checkers."""

import json

import pytest
from pydantic import BaseModel

from tests.llm.clients.conftest import CLIENTS, Shop, needs_clients

PROGRAMS = CLIENTS / "venv/bin"
NODE_PROGRAMS = CLIENTS / "node_modules/.bin"

each_provider = pytest.mark.parametrize("provider", ["both", "chat", "claude"])


class Answer(BaseModel):
    n: int


@each_provider
async def test_pydantic_ai(shop: Shop, provider: str) -> None:
    # here: they take seconds, which every worker would wait for
    from pydantic_ai import Agent
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
    from pydantic_ai.providers.anthropic import AnthropicProvider
    from pydantic_ai.providers.openai import OpenAIProvider

    openai = OpenAIProvider(base_url=shop.openai_url, api_key=shop.key)
    anthropic = AnthropicProvider(base_url=shop.url, api_key=shop.key)
    for model in (
        OpenAIChatModel(f"{provider}/one_tool", provider=openai),
        OpenAIResponsesModel(f"{provider}/one_tool", provider=openai),
        AnthropicModel(f"{provider}/one_tool", provider=anthropic),
    ):
        called: list[str] = []
        agent = Agent(model)

        @agent.tool_plain
        def list_files() -> str:
            called.append("list_files")  # noqa: B023
            return "a.txt"

        assert (await agent.run("look")).output == "Done: a.txt"
        async with agent.run_stream("look") as streamed:
            assert await streamed.get_output() == "Done: a.txt"
        assert called == ["list_files", "list_files"]
        assert (await Agent(model, output_type=Answer).run("how many?")).output == Answer(n=1)


@needs_clients
@pytest.mark.parametrize("provider", ["both", "claude"])
async def test_llm_the_chat_front_end(shop: Shop, provider: str) -> None:
    home = shop.folder / "llm"
    home.mkdir()
    model = {"model_id": "gate", "model_name": f"{provider}/echo", "api_base": shop.openai_url, "supports_schema": True}
    (home / "extra-openai-models.yaml").write_text(json.dumps([model | {"api_key_name": "gate"}]))
    (home / "keys.json").write_text(json.dumps({"gate": shop.key}))
    given = {"LLM_USER_PATH": str(home)}
    program = PROGRAMS / "llm"
    for how in ((), ("--no-stream",)):
        said = await shop.run(program, "-m", "gate", *how, "hello there", **given)
        assert said.strip() == "Echo: hello there"
    went_on = await shop.run(program, "-c", "and again", **given)
    assert went_on.strip() == "Echo: and again"


@needs_clients
@each_provider
async def test_codex(shop: Shop, provider: str) -> None:
    home = shop.folder / "codex"
    home.mkdir()
    (home / "config.toml").write_text(f"""
model = "{provider}/calls"
model_provider = "gate"
web_search = "disabled"
[model_providers.gate]
name = "gate"
base_url = "{shop.openai_url}"
env_key = "GATE_KEY"
wire_api = "responses"
""")
    asked = '/call exec_command {"cmd": "echo from-the-shell"}\n/say All done.'
    given = ("--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", asked)
    said = await shop.run(NODE_PROGRAMS / "codex", "exec", *given, CODEX_HOME=str(home), GATE_KEY=shop.key)
    assert "All done." in said
    assert rb"Output:\nfrom-the-shell" in shop.llm.bodies[-1]


@needs_clients
@pytest.mark.parametrize("provider", ["both", "claude"])
@pytest.mark.parametrize("form", ["openai-chat", "open-responses", "anthropic"])
async def test_llm_comply(shop: Shop, form: str, provider: str) -> None:
    given = ("-u", shop.openai_url, "-k", shop.key, "-m", f"{provider}/auto", "--format", form, "--json")
    report = json.loads(await shop.run(PROGRAMS / "llm-comply", "run", *given))
    assert report["summary"]["failed"] == 0
    assert report["summary"]["passed"] > 5


@needs_clients
@pytest.mark.parametrize("provider", ["both", "claude"])
async def test_compatcanary(shop: Shop, provider: str) -> None:
    given = ("--base-url", shop.openai_url, "--model", f"{provider}/auto", "--format", "json")
    report = json.loads(await shop.run(NODE_PROGRAMS / "compatcanary", "scan", *given, OPENAI_API_KEY=shop.key))
    assert (report["score"], report["summary"]["failures"], report["summary"]["warnings"]) == (100, 0, 0)
