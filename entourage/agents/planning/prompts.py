"""What the planner, the agents of tasks and the writer of the report are told."""

from __future__ import annotations

from collections.abc import Sequence

from entourage.agents.planning.graph import MAX_ATTEMPTS, MAX_DEPTH, MAX_INSTRUCTIONS, MAX_TASKS, MAX_TITLE, Fault
from entourage.agents.planning.tables import PlanRow, PlanTaskRow
from entourage.agents.schemas import Agent

PLAN_TOOL = "make_plan"
SUMMARY_CHARS = 600

PLANNER = f"""You plan work for a small team of agents. Turn the user's request into tasks, and give them with \
{PLAN_TOOL}.

- Split the work where different crafts are needed or where parts can be done side by side; do not split for its own \
sake. At most {MAX_TASKS} tasks, at most {MAX_DEPTH} in a row.
- Each task goes to one agent of the team below, by its name. An agent sees its instructions, the request and what the \
tasks it depends on gave; nothing else. So say in the instructions what to do, with which files, and what to hand over.
- depends_on lists keys of tasks whose results are needed first. Tasks without such a need run at the same time.
- Big results are handed over as files and artifacts, not as long answers.
- on_failure: retry (the rest goes on without what needs it), replan (you are asked again), skip (what needs it \
goes on with what there is), fail (everything ends).
- Do not plan the final report to the user: it is written from all results afterwards."""

SCHEMA = {
    "type": "object",
    "properties": {
        "tasks": {
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_TASKS,
            "items": {
                "type": "object",
                "properties": {
                    "key": {"type": "string", "description": "Short and unique: letters, digits and dashes."},
                    "title": {"type": "string", "maxLength": MAX_TITLE},
                    "agent": {"type": "string", "description": "Who does it: a name of the team."},
                    "instructions": {"type": "string", "maxLength": MAX_INSTRUCTIONS},
                    "depends_on": {"type": "array", "items": {"type": "string"}},
                    "on_failure": {"enum": ["retry", "replan", "skip", "fail"]},
                    "max_attempts": {"type": "integer", "minimum": 1, "maximum": MAX_ATTEMPTS},
                },
                "required": ["key", "title", "agent", "instructions", "depends_on"],
            },
        }
    },
    "required": ["tasks"],
}


def team_of(agents: Sequence[Agent], leader: str) -> list[Agent]:
    """Who takes tasks: everybody who is active, but for who leads, unless nobody else is there."""
    active = [agent for agent in agents if agent.status == "active"]
    return [agent for agent in active if agent.name != leader] or active


def planner_instructions(team: Sequence[Agent]) -> str:
    """The system prompt of the planner."""
    members = "\n".join(f"- {agent.name}: {agent.role}" for agent in team)
    return f"{PLANNER}\n\nThe team:\n{members}"


def replan_request(goal: str, tasks: Sequence[PlanTaskRow]) -> str:
    """What the planner is asked when a task has failed for good."""
    return (
        f"The request was:\n{goal}\n\nThe plan did not work out. How it stands:\n\n"
        + "\n".join(_standing(task) for task in tasks)
        + "\n\nPlan what is still to be done, another way where something failed. Finished and running tasks stay: do "
        "not repeat them, depend on them by their keys where you need them. Do not depend on a task that failed. Tasks "
        "that have not begun are dropped: give again those that are still needed."
    )


def told_faults(faults: Sequence[Fault]) -> str:
    """What is wrong with an answer, as the planner is told."""
    listed = "\n".join(f"- {fault.field}: {fault.message}" for fault in faults[:20])
    return f"This is no plan yet:\n{listed}\nGive the whole plan again with {PLAN_TOOL}, with that put right."


def task_prompt(plan: PlanRow, task: PlanTaskRow, before: Sequence[PlanTaskRow], notes: Sequence[str]) -> str:
    """What an agent is asked for a task. Results come by reference; `notes` is what the person said meanwhile."""
    told = [
        f"You carry out one task of a larger plan: {task.title}.",
        task.instructions,
        f"The request behind the plan, for orientation (others do the rest of it):\n{plan.goal}",
    ]
    if notes:
        told.append("The user has added since:\n" + "\n".join(f"- {note}" for note in notes))
    if before:
        told.append("What the tasks before this one gave:\n\n" + "\n\n".join(map(_result, before)))
    told.append(
        "Your final answer is handed to the tasks after this one: say what you found or made, and the paths of files "
        "that matter."
    )
    return "\n\n".join(told)


def report_prompt(plan: PlanRow, tasks: Sequence[PlanTaskRow]) -> str:
    """What the leader is asked when every task is over."""
    how = "is done" if plan.outcome == "succeeded" else f"has ended without reaching all of it ({plan.reason})"
    return (
        f"[The plan for this request {how}. The results of its tasks:]\n\n"
        + "\n\n".join(map(_result, tasks))
        + "\n\n[Write the final report to the user from them: what was done, what came of it, where to find it, "
        "and what failed or was left out. Read a result's file when its beginning is not enough. Do not do the tasks "
        "again.]"
    )


def fallback_prompt(reason: str) -> str:
    """What the general agent is told when no plan came about."""
    return (
        f"[A plan was to be made for this request, and could not be: {reason}\nTell the user so in one sentence, then "
        "answer the request yourself as well as you can.]"
    )


def _standing(task: PlanTaskRow) -> str:
    what = {"queued": "running", "waiting": "not begun"}.get(task.status, task.status)
    said = task.error if task.status in ("failed", "skipped") else task.summary
    return f"- {task.key} ({task.agent}, {what}): {task.title}" + (f"\n  {said[:SUMMARY_CHARS]}" if said else "")


def _result(task: PlanTaskRow) -> str:
    head = f"### {task.key}: {task.title} ({task.agent}, {task.status})"
    lines = [head]
    if task.status != "succeeded":
        lines.append(f"Nothing came of it: {task.error or 'it was not done'}")
    if task.result_path:
        lines.append(f"Whole answer: {task.result_path} ({task.result_bytes} bytes). It begins:")
    if task.summary:
        lines.append(task.summary)
    lines += [f"Artifact: {item['title']} ({item['type']}, id {item['id']})" for item in task.artifacts]
    return "\n".join(lines)
