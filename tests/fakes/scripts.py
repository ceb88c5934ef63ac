"""Ready-made scripts: each decides the next reply from the conversation alone, so it survives any restart."""

import json
import re
from collections.abc import Callable

from tests.fakes.conversation import Conversation
from tests.fakes.csv_program import csv_program
from tests.fakes.faults import FAULTS
from tests.fakes.planning import team
from tests.fakes.replies import Call, Reply, call, from_schema, in_pieces, say

Script = Callable[[Conversation], Reply]

DELEGATED = "Delegated task:"


def echo(c: Conversation) -> Reply:
    """Says the user's text back; counts the images it was shown."""
    seen = f" ({c.images} image{'s' * (c.images != 1)})" if c.images else ""
    return say(f"Echo: {c.user_text}{seen}")


def think(c: Conversation) -> Reply:
    """Reasons before it answers."""
    return say(f"Answer: {c.user_text}", reasoning=("Let me ", "think about ", "that first."))


def refuse(_: Conversation) -> Reply:
    """Will not do it."""
    return say("I cannot help with that.", stop="refusal")


def long(c: Conversation) -> Reply:
    """Four hundred words, for cancelling, reconnecting and pacing."""
    return Reply(deltas=tuple(f"word{i} " for i in range(400)))


def csv_walk(c: Conversation) -> Reply:
    """The whole walk over an attached CSV: look, read, compute, two artifacts, and a report with a figure."""
    path = next((a.path for a in c.attachments if a.mime == "text/csv" or a.path.endswith(".csv")), None)
    if path is None:
        return say("Attach a CSV file and I will chart it.")
    folder = path.rpartition("/")[0] or "."
    walk = [
        call("list_files", "Let me look at the file first.", path=folder),
        call("read_file", path=path, limit=20),
        call("run_code", "Now I will total the figures.", language="python", code=csv_program(path)),
        call("create_artifact", type="image", title="Totals chart", path="chart.svg"),
        call("create_artifact", type="data", title="Totals", path="summary.csv"),
    ]
    steps = [reply for reply in walk if c.offers(reply.calls[0].name)]
    return steps[c.step] if c.step < len(steps) else _csv_report(c)


def _csv_report(c: Conversation) -> Reply:
    outputs = " ".join(result.text for result in c.results_of("run_code"))
    found = re.search(r"rows=(\d+) total=([\d.]+) best=(.+?) best_total=([\d.]+)", outputs)
    if found is None:
        return say(f"The program did not give its figures. It said: {outputs[:300] or 'nothing'}")
    rows, total, best, best_total = found.groups()
    text = (
        f"I read {rows} rows. The total is **{total}**, and the largest share is {best} with {best_total}.\n\n"
        "- The chart shows the totals from the largest to the smallest.\n"
        "- The table next to it holds the same figures, ready to download.\n\n"
        "Ask me for another column or another kind of chart, and I will draw it from the same file."
    )
    return Reply(deltas=tuple(in_pieces(text, 40)))


def one_tool(c: Conversation) -> Reply:
    """One cheap tool, then a short answer: the turn whose overhead is measured."""
    if c.results or not c.tools:
        return say(f"Done: {c.results[-1].text[:80]}" if c.results else "Done without tools.")
    tool = next((t for t in c.tools if t.name == "list_files"), None)
    tool = tool or min(c.tools, key=lambda t: len(t.schema.get("required", [])))
    return Reply(calls=(Call(tool.name, from_schema(tool.schema)),))


def ask(c: Conversation) -> Reply:
    """Asks the user a question and answers with what it was told."""
    if answers := c.results_of("ask_user"):
        return say(f"You chose: {answers[-1].text}")
    return call("ask_user", question="Which colour shall I use?", options=["blue", "green"])


def delegate(c: Conversation) -> Reply:
    """Hands the task to the coder; asked as the coder, it does it."""
    if c.user_text.startswith(DELEGATED):
        return _delegated(c)
    if answers := c.results_of("call_agent"):
        return say(f"The coder reports: {answers[-1].text}")
    task = f"{DELEGATED} write hello.py that prints hello"
    return call("call_agent", "I will ask the coder.", agent="coder", task=task)


def _delegated(c: Conversation) -> Reply:
    if c.offers("write_file") and not c.results:
        return call("write_file", path="hello.py", content='print("hello")\n')
    return say("hello.py is written.")


def parallel(c: Conversation) -> Reply:
    """Two tools at once, then both results."""
    if c.results:
        return say("Both are back: " + " | ".join(r.text[:60] for r in c.results))
    if c.offers("list_files") and c.offers("search_files"):
        return Reply(calls=(Call("list_files", {}), Call("search_files", {"query": "the"})))
    return Reply(calls=tuple(Call(tool.name, from_schema(tool.schema)) for tool in c.tools[:2]))


def calls(c: Conversation) -> Reply:
    """Does what the user's lines say: `/call TOOL {json}` is a step, `/also TOOL {json}` joins the step before it."""
    steps: list[list[Call]] = []
    for verb, name, args in re.findall(r"^/(call|also) (\w+) ?(\{.*\})?[ ]*$", c.user_text, re.MULTILINE):
        one = Call(name, json.loads(args or "{}"))
        if verb == "also" and steps:
            steps[-1].append(one)
        else:
            steps.append([one])
    if c.step < len(steps):
        return Reply(calls=tuple(steps[c.step]))
    said = re.search(r"^/say (.*)$", c.user_text, re.MULTILINE)
    last = c.results[-1].text[:200] if c.results else "nothing"
    return say(said[1] if said else f"Done. The last result: {last}")


def auto(c: Conversation) -> Reply:
    """Picks one of the scripts above by what the user says, for trying things by hand."""
    text = c.user_text.lower()
    if "/call" in text:
        return calls(c)
    if any(a.path.endswith(".csv") for a in c.attachments):
        return csv_walk(c)
    words = {"ask me": ask, "delegate": delegate, DELEGATED.lower(): delegate, "in parallel": parallel, "think": think}
    return next((script for word, script in words.items() if word in text), echo)(c)


def _failing(name: str) -> Script:
    fault, after = FAULTS[name], echo

    def script(c: Conversation) -> Reply:
        return fault(c, after(c))

    script.__doc__ = fault.__doc__
    return script


SCRIPTS: dict[str, Script] = {
    script.__name__: script
    for script in (echo, think, refuse, long, csv_walk, one_tool, ask, delegate, parallel, calls, auto, team)
} | {name: _failing(name) for name in FAULTS}
