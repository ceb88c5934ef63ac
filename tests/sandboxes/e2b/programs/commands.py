"""Commands and terminals by the official Python SDK."""

import json

from e2b import CommandExitException, PtySize, Sandbox, TimeoutException

told = {}
sandbox = Sandbox.create(timeout=120, metadata={"about": "a b"}, envs={"FOO": "bar"})
ran = sandbox.commands.run("echo hello $FOO; pwd; echo bad >&2")
told["run"] = [ran.stdout, ran.stderr, ran.exit_code]
lines = []
sandbox.commands.run("for i in 1 2 3; do echo $i; sleep 0.05; done", on_stdout=lines.append)
told["streamed"] = "".join(lines)
try:
    sandbox.commands.run("echo out; exit 3")
except CommandExitException as left:
    told["failed"] = [left.exit_code, left.stdout]
told["lent"] = sandbox.commands.run("echo $LENT; pwd", envs={"LENT": "yes"}, cwd="/tmp").stdout
told["user"] = sandbox.commands.run("id -u", user="root").stdout != "0\n"

cat = sandbox.commands.run("cat", background=True, stdin=True)
told["listed"] = [(one.cmd, one.args[-1]) for one in sandbox.commands.list() if one.pid == cat.pid]
sandbox.commands.send_stdin(cat.pid, "one\n")
sandbox.commands.stream_input(cat.pid, iter(["two\n", b"three\n"]))
joined = sandbox.commands.connect(cat.pid)
sandbox.commands.send_stdin(cat.pid, "four\n")
sandbox.commands.close_stdin(cat.pid)
told["stdin"] = cat.wait().stdout
told["joined"] = joined.wait().stdout.endswith("four\n")

sleep = sandbox.commands.run("sleep 1000", background=True)
told["killed"] = [sleep.kill(), sandbox.commands.kill(999_999)]
try:
    sleep.wait()
except CommandExitException as left:
    told["killed"].append(left.exit_code)
try:
    sandbox.commands.run("echo before; sleep 1000", timeout=1)
except TimeoutException:
    told["timeout"] = True
while sandbox.commands.list():
    pass
told["left"] = len(sandbox.commands.list())
big = sandbox.commands.run("head -c 5000000 /dev/zero | tr '\\0' x")
told["big"] = len(big.stdout)

terminal = sandbox.pty.create(PtySize(rows=24, cols=80))
sandbox.pty.resize(terminal.pid, PtySize(rows=31, cols=101))
sandbox.pty.send_stdin(terminal.pid, b"stty size; exit\n")
told["terminal"] = "31 101" in b"".join(pty or b"" for _, _, pty in terminal).decode()

told["dead"] = [sandbox.kill(), sandbox.is_running(), sandbox.kill()]
print(json.dumps(told))
