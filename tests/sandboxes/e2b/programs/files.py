"""Files by the official Python SDK."""

import io
import json
import os
import time
import urllib.request

from e2b import FileNotFoundException, InvalidArgumentException, Sandbox

told = {}
sandbox = Sandbox.create()
files = sandbox.files
written = files.write("a.txt", "жук")
told["written"] = [written.name, written.type.value, written.path]
told["read"] = [
    files.read("a.txt"),
    bytes(files.read("/home/user/a.txt", format="bytes")).decode(),
    b"".join(files.read("a.txt", format="stream")).decode(),
]
many = files.write_files([{"path": "d/one", "data": "1"}, {"path": "d/e/two", "data": b"22"}])
told["many"] = [one.path for one in many]
told["listed"] = sorted([one.path, one.type.value, one.size] for one in files.list("d", depth=2))
told["exists"] = [files.exists("d/one"), files.exists("nothing")]
info = files.get_info("d/e/two")
told["info"] = [info.name, info.size, info.permissions, info.type.value]
told["made"] = [files.make_dir("d/new/deep"), files.make_dir("d/new/deep")]
told["renamed"] = files.rename("d/one", "d/uno").path
files.remove("d/uno")
sandbox.commands.run("ln -s e/two d/link")
link = files.get_info("d/link")
told["link"] = [link.type.value, link.symlink_target]
for name, doing in {
    "missing": lambda: files.read("d/uno"),
    "folder": lambda: files.read("d"),
    "gone": lambda: files.get_info("d/uno"),
    "no_folder": lambda: files.list("d/uno"),
}.items():
    try:
        doing()
    except (FileNotFoundException, InvalidArgumentException) as refused:
        told[name] = type(refused).__name__

watch = files.watch_dir("d", recursive=True)
files.write("d/e/three", "3")
files.remove("d/e/three")
events, until = [], time.time() + 20
while ["e/three", "remove"] not in events and time.time() < until:
    events += [[event.name, event.type.value] for event in watch.get_new_events()]
watch.stop()
told["watched"] = [event for event in events if event[0] == "e/three"]

big = os.urandom(1024 * 1024) * 100
files.write("big", big)
told["big"] = bytes(files.read("big", format="bytes")) == big
files.write("streamed", io.BytesIO(big))
told["streamed"] = [files.get_info("streamed").size, sandbox.commands.run("cmp big streamed && echo same").stdout]
files.write("packed", "z" * 3_000_000, gzip=True)
told["packed"] = files.get_info("packed").size
files.write("empty", "")
told["empty"] = files.read("empty")

url = sandbox.download_url("a.txt")
with urllib.request.urlopen(url) as answer:
    told["signed"] = [
        answer.read().decode(),
        answer.headers["content-disposition"][:10],
        answer.headers["content-security-policy"],
    ]
told["upload_url"] = sandbox.upload_url("up.txt", use_signature_expiration=60)
told["download_url"] = url
told["expired"] = sandbox.download_url("a.txt", use_signature_expiration=-10)
print(json.dumps(told))
