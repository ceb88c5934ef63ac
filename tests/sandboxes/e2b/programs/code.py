"""run_code by the official Python SDK."""

import json

from e2b_code_interpreter import Sandbox, TimeoutException

told = {}
sandbox = Sandbox.create()
told["text"] = [sandbox.run_code("x = 20\nx + 1").text, sandbox.run_code("'a text'").text]
logs = sandbox.run_code("import sys\nprint('out')\nprint('err', file=sys.stderr)").logs
told["logs"] = ["".join(logs.stdout), "".join(logs.stderr)]
heard = []
sandbox.run_code(
    "print('live')\n7", on_stdout=lambda line: heard.append(line.line), on_result=lambda r: heard.append(r.text)
)
told["heard"] = heard
figure = sandbox.run_code(
    "import matplotlib.pyplot as plt\nplt.bar(['a'], [3])\nplt.title('Sales')\nplt.show()"
).results[0]
told["figure"] = [bool(figure.png), figure.chart.type.value, figure.chart.title, figure.chart.elements[0].value]
frame = sandbox.run_code("import pandas as pd\npd.DataFrame({'a': [1, 2]})").results[0]
told["frame"] = [frame.data, "<table" in frame.html, frame.is_main_result]
failed = sandbox.run_code("1 / 0").error
told["error"] = [failed.name, failed.value, "1 / 0" in failed.traceback]
told["env"] = sandbox.run_code("import os\nos.environ['LENT']", envs={"LENT": "yes"}).text
context = sandbox.create_code_context(cwd="/tmp", language="python")
told["context"] = [
    sandbox.run_code("import os\nos.getcwd()", context=context).text,
    sandbox.run_code("x", context=context).error.name,
    len(sandbox.list_code_contexts()),
]
sandbox.run_code("y = 1", context=context)
sandbox.restart_code_context(context)
told["restarted"] = sandbox.run_code("y", context=context).error.name
sandbox.remove_code_context(context)
told["removed"] = len(sandbox.list_code_contexts())
told["javascript"] = sandbox.run_code("const a = 2; a * 3", language="javascript").text
told["bash"] = "".join(sandbox.run_code("pwd", language="bash").logs.stdout)
try:
    sandbox.run_code("1", language="r")
except Exception as refused:
    told["unknown"] = "'r' cannot run here" in str(refused)
try:
    sandbox.run_code("while True: pass", timeout=1)
except TimeoutException:
    told["timeout"] = sandbox.run_code("x").text
died = sandbox.run_code("import os\nos._exit(3)").error
told["died"] = [died.name, sandbox.run_code("1 + 1").text]
print(json.dumps(told))
