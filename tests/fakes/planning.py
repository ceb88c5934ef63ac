"""A model that plans, and agents that do the tasks it planned: "research three libraries, compare them, ..."."""

import re
from collections.abc import Callable

from tests.fakes.conversation import Conversation, Json
from tests.fakes.replies import Call, Reply, call, say

PLAN_TOOL = "make_plan"
REQUEST = "Research three libraries, compare them in a table, write a report and a test."
LIBRARIES = ("alpha", "beta", "gamma")

_TASK = re.compile(r"^You carry out one task of a larger plan: (.+)\.$", re.MULTILINE)


def task(key: str, agent: str, title: str, *needs: str, **more: object) -> Json:
    """A task as the planner writes it."""
    told = {"key": key, "title": title, "agent": agent, "instructions": f"Please: {title}.", "depends_on": list(needs)}
    return {**told, **more}


RESEARCH: list[Json] = [
    *(task(f"read-{name}", "researcher", f"Research {name}") for name in LIBRARIES),
    task("compare", "architect", "Compare the libraries", *(f"read-{name}" for name in LIBRARIES)),
    task("test", "coder", "Write a test", "compare"),
    task("report", "universal", "Write the report", "compare", "test"),
]
"""Six tasks over four agents; three of them at once."""


def plan(tasks: list[Json]) -> Reply:
    """The planner's answer."""
    return Reply(calls=(Call(PLAN_TOOL, {"tasks": tasks}),))


def team(c: Conversation) -> Reply:
    """Plans the research, does its tasks, and reports."""
    return planned_by(lambda _: plan(RESEARCH))(c)


def planned_by(
    planner: Callable[[Conversation], Reply], worker: Callable[[Conversation, str], Reply | None] | None = None
) -> Callable[[Conversation], Reply]:
    """A team with this planner. `worker` is asked first for what to do for a title; None leaves it to the team."""

    def script(c: Conversation) -> Reply:
        if c.offers(PLAN_TOOL):
            return planner(c)
        found = _TASK.search(c.user_text)
        if found:
            own = worker(c, found[1]) if worker else None
            return own or _do(c, found[1])
        if "[The plan for this request" in c.user_text:
            return _report(c)
        if "[A plan was to be made" in c.user_text:
            return say("There is no plan for this. Without one: use alpha.")
        return say(f"Echo: {c.user_text}")

    return script


def _do(c: Conversation, title: str) -> Reply:
    if title == "Compare the libraries" and c.offers("create_artifact"):
        table = "library,stars\n" + "".join(f"{name},{len(name)}\n" for name in LIBRARIES)
        return _steps(c, [call("create_artifact", type="data", title="Comparison", content=table)], "alpha leads.")
    if title == "Write a test":
        code = "def test_alpha() -> None:\n    assert len('alpha') == 5\n"
        steps = [
            call("write_file", path="test_alpha.py", content=code),
            call("create_artifact", type="code", title="Test", path="test_alpha.py", language="python"),
        ]
        return _steps(c, steps, "The test is in test_alpha.py.")
    if title == "Write the report":
        steps = [
            call("read_file", path="results/compare.md"),
            call("create_artifact", type="document", title="Report", content="# Report\n\nalpha leads.\n"),
        ]
        return _steps(c, steps, "The report is written.")
    return say(f"{title}: it is good. " + "It has many features. " * 60)


def _steps(c: Conversation, steps: list[Reply], end: str) -> Reply:
    return steps[c.step] if c.step < len(steps) else say(end)


def _report(c: Conversation) -> Reply:
    done = len(re.findall(r"^### \S+: .*, succeeded\)$", c.user_text, re.MULTILINE))
    return say(f"All is done: {done} tasks gave a result. alpha leads; see the report beside this.")
