"""The ready-made scripts, played through a pydantic-ai agent with real tools in a scratch folder."""

import csv
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx2
import pytest
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

from tests.fakes.llm_server import FakeLLM

SALES = "region,product,amount\nNorth,tea,10.50\nSouth,tea,20\nNorth,coffee,5.25\nEast,coffee,1\n"
PROMPT = "Please chart it\n[attached file: attachments/sales.csv (text/csv, 79 bytes)]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "attachments").mkdir()
    (tmp_path / "attachments" / "sales.csv").write_text(SALES)
    return tmp_path


def agent_in(folder: Path, model) -> Agent:
    agent = Agent(model)

    @agent.tool_plain
    def list_files(path: str = ".") -> str:
        return "\n".join(p.name for p in (folder / path).iterdir())

    @agent.tool_plain
    def search_files(query: str) -> str:
        return f"nothing found for {query}"

    @agent.tool_plain
    def read_file(path: str, limit: int = 100) -> str:
        return "\n".join((folder / path).read_text().splitlines()[:limit])

    @agent.tool_plain
    def write_file(path: str, content: str) -> str:
        (folder / path).write_text(content)
        return f"wrote {path}"

    @agent.tool_plain
    def run_code(language: str, code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=20, check=False
        )
        return f"exit code {done.returncode}\n{done.stdout}{done.stderr}"

    @agent.tool_plain
    def create_artifact(type: str, title: str, path: str) -> str:
        return f"artifact {title}: {(folder / path).stat().st_size} bytes"

    @agent.tool_plain
    def ask_user(question: str, options: list[str]) -> str:
        return options[-1]

    @agent.tool_plain
    async def call_agent(agent: str, task: str) -> str:
        return (await agent_in(folder, model).run(task)).output

    return agent


def openai_model(llm: FakeLLM, name: str) -> OpenAIChatModel:
    return OpenAIChatModel(name, provider=OpenAIProvider(base_url=llm.openai_url, api_key="k"))


def anthropic_model(llm: FakeLLM, name: str) -> AnthropicModel:
    return AnthropicModel(name, provider=AnthropicProvider(base_url=llm.anthropic_url, api_key="k"))


@pytest.mark.parametrize("make_model", [openai_model, anthropic_model])
async def test_the_csv_walk_ends_with_a_chart_a_table_and_a_true_figure(fake_llm, folder, make_model):
    agent = agent_in(folder, make_model(fake_llm, "csv_walk"))
    async with agent.run_stream_events(PROMPT) as events:
        deltas = [e async for e in events if e.event_kind == "part_delta"]
        result = events.result
    assert "**36.75**" in result.output
    assert "tea with 30.50" in result.output
    assert len([d for d in deltas if getattr(d.delta, "part_delta_kind", "") == "text"]) >= 30
    ET.parse(folder / "chart.svg")
    rows = list(csv.reader((folder / "summary.csv").open()))
    assert rows[1] == ["tea", "30.50"]
    assert len(fake_llm.requests) == 6


async def test_a_script_answers_the_same_after_the_client_was_killed(fake_llm, folder):
    model = openai_model(fake_llm, "csv_walk")
    result = await agent_in(folder, model).run(PROMPT)
    half = result.all_messages()[:5]
    resumed = await agent_in(folder, model).run(message_history=half)
    assert resumed.output == result.output
    assert len(fake_llm.requests) == 6 + 4


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("ask", "You chose: green"),
        ("delegate", "The coder reports: hello.py is written."),
        ("one_tool", "Done: attachments"),
        ("parallel", "nothing found for the"),
    ],
)
async def test_scripts_use_the_tools(fake_llm, folder, script, said):
    result = await agent_in(folder, openai_model(fake_llm, script)).run("please do")
    assert said in result.output


async def test_the_users_own_lines_are_called_in_order(fake_llm, folder):
    prompt = 'Do\n/call write_file {"path": "a", "content": "x"}\n/also list_files {}\n/call read_file {"path": "a"}'
    result = await agent_in(folder, openai_model(fake_llm, "calls")).run(prompt)
    assert result.output == "Done. The last result: x"
    assert len(fake_llm.requests) == 3


async def test_the_script_can_be_changed_and_the_requests_read_over_http(fake_llm):
    async with httpx2.AsyncClient(base_url=fake_llm.url) as http:
        await http.put("/__script", json={"script": "think"})
        body = {"model": "any", "messages": [{"role": "user", "content": "hi"}]}
        answer = await http.post("/v1/chat/completions", json=body, headers={"authorization": "Bearer k"})
        assert answer.json()["choices"][0]["message"]["content"] == "Answer: hi"
        recorded = (await http.get("/__requests")).json()["requests"]
    assert [r["body"]["model"] for r in recorded] == ["any"]


async def test_pace_delays_the_first_token():
    with FakeLLM(first_token_ms=120) as llm:
        async with httpx2.AsyncClient(base_url=llm.url) as http:
            body = {"model": "any", "messages": [{"role": "user", "content": "hi"}]}
            answer = await http.post("/v1/chat/completions", json=body, headers={"authorization": "Bearer k"})
    assert answer.elapsed.total_seconds() > 0.12
