"""What the HTTP doors of the interpreter say when nothing can run."""

from __future__ import annotations

from tests.world import World


async def test_a_paused_sandbox_runs_nothing_and_says_so(small_world: World) -> None:
    ana = await small_world.person("ana")
    sandbox = (await ana.post("/my/sandboxes", {}, 201))["id"]
    context = await ana.post(f"/my/sandboxes/{sandbox}/contexts", {"language": "bash"}, 201)
    await ana.post(f"/my/sandboxes/{sandbox}/pause", None)
    for door, body in (
        ("run", {"code": "echo hi", "context_id": context["id"]}),
        ("contexts", {"language": "bash"}),
        (f"contexts/{context['id']}/restart", None),
        (f"contexts/{context['id']}/interrupt", None),
    ):
        refused = await ana.post(f"/my/sandboxes/{sandbox}/{door}", body, 409)
        assert "paused" in refused["detail"]
    await ana.post(f"/my/sandboxes/{sandbox}/resume", None)
    ran = await ana.post(f"/my/sandboxes/{sandbox}/run", {"code": "echo hi", "context_id": context["id"]}, 200)
    assert ran["stdout"] == "hi\n"
