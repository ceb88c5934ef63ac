"""The life of a sandbox by the official Python SDK, asynchronous."""

import asyncio
import json

from e2b import SandboxQuery, SandboxState
from e2b_code_interpreter import AsyncSandbox


async def main():
    told = {}
    sandbox = await AsyncSandbox.create(timeout=300, metadata={"about": "a & b"})
    await sandbox.run_code("x = 41")
    info = await sandbox.get_info()
    told["info"] = [info.sandbox_id == sandbox.sandbox_id, info.state.value, info.metadata, info.template_id]
    before = info.end_at
    await sandbox.set_timeout(1200)
    told["longer"] = (await sandbox.get_info()).end_at > before
    (metrics,) = await sandbox.get_metrics()
    told["metrics"] = [metrics.mem_used > 0, metrics.mem_total >= metrics.mem_used, metrics.cpu_count > 0]
    query = SandboxQuery(metadata={"about": "a & b"})
    told["found"] = [one.sandbox_id for one in await AsyncSandbox.list(query).next_items()] == [sandbox.sandbox_id]
    told["not_found"] = await AsyncSandbox.list(SandboxQuery(metadata={"about": "b"})).next_items()
    await sandbox.files.write("kept", "in a snapshot")
    snapshot = await sandbox.create_snapshot(name="first")
    listed = await AsyncSandbox.list_snapshots(sandbox.sandbox_id).next_items()
    begun = await AsyncSandbox.create(snapshot.snapshot_id)
    told["snapshot"] = [one.names for one in listed] + [await begun.files.read("kept")]
    told["no_snapshots"] = [await begun.kill(), await AsyncSandbox.delete_snapshot(snapshot.snapshot_id)]
    told["no_snapshots"] += await AsyncSandbox.list_snapshots().next_items()
    other = await AsyncSandbox.create()
    pages, paginator = [], AsyncSandbox.list(limit=1)
    while paginator.has_next:
        pages.append(len(await paginator.next_items()))
    told["pages"] = pages
    told["paused"] = [await sandbox.pause(), await sandbox.pause(), await sandbox.is_running()]
    listed = await AsyncSandbox.list(SandboxQuery(state=[SandboxState.PAUSED])).next_items()
    told["listed"] = [one.state.value for one in listed]
    again = await AsyncSandbox.connect(sandbox.sandbox_id, timeout=300)
    told["resumed"] = [(await again.run_code("x + 1")).text, await again.is_running()]
    handle = await again.commands.run("cat", background=True, stdin=True)
    await again.commands.send_stdin(handle.pid, "async\n")
    await again.commands.close_stdin(handle.pid)
    told["async"] = (await handle.wait()).stdout
    seen = asyncio.Event()
    watch = await again.files.watch_dir(".", on_event=lambda event: seen.set() if event.name == "new" else None)
    await again.files.write("new", "1")
    await asyncio.wait_for(seen.wait(), 20)
    await watch.stop()
    told["killed"] = [await again.kill(), await again.kill(), await other.kill()]
    for name, doing in {"connect": AsyncSandbox.connect(sandbox.sandbox_id), "file": again.files.read("new")}.items():
        try:
            await doing
        except Exception as refused:
            told[name] = type(refused).__name__
    try:
        await AsyncSandbox.create("no-such-template")
    except Exception as refused:
        told["template"] = "no template" in str(refused)
    print(json.dumps(told))


asyncio.run(main())
