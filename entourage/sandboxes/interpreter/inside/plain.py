"""Python cell by cell without any package: one JSON object a line comes in, frames go out between what is printed.

In: `{"code", "env"}`. Out, on stdout: `{"type": "result" | "error" | "done", ...}`; on stderr a `done` only, so that
the host knows that it has read all. Arguments: the token of the frames, the folder to work in.
"""

import ast
import asyncio
import base64
import inspect
import io
import json
import linecache
import os
import signal
import sys
import traceback

FORMS = {
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "text/latex": "_repr_latex_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "image/jpeg": "_repr_jpeg_",
    "application/pdf": "_repr_pdf_",
    "application/json": "_repr_json_",
    "application/javascript": "_repr_javascript_",
}
TOKEN, FOLDER = sys.argv[1:3]


def main():
    commands = os.fdopen(os.dup(0), "r", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.chdir(FOLDER)
    give_fonts()
    sys.argv, sys.path[0:1] = [""], [""]
    module = type(sys)("__main__")
    module.__dict__.update(display=display, __builtins__=__builtins__)
    sys.modules["__main__"] = module
    loop = asyncio.new_event_loop()
    for count, line in enumerate(commands, 1):
        command = json.loads(line)
        before = dict(os.environ)
        os.environ.update(command.get("env") or {})
        try:
            run(command["code"], module.__dict__, count, loop)
        finally:
            for name in command.get("env") or {}:
                os.environ.pop(name, None)
                if name in before:
                    os.environ[name] = before[name]
        tell(2, {"type": "done"})
        tell(1, {"type": "done", "count": count})


def run(code, names, count, loop):
    file = f"<cell {count}>"
    linecache.cache[file] = (len(code), None, code.splitlines(True), file)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        tree = ast.parse(code, file)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        step(compile(tree, file, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names, loop)
        if last is not None and not code.rstrip().endswith(";"):
            value = step(compile(ast.Expression(last.value), file, "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names, loop)
            if value is not None:
                names["_"] = value
                show(value, main=True)
        elif last is not None:
            step(compile(ast.Expression(last.value), file, "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names, loop)
        figures()
    except SystemExit as left:
        if left.code not in (None, 0):
            fail(left)
    except BaseException as error:
        fail(error)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def step(code, names, loop):
    if code.co_flags & inspect.CO_COROUTINE:
        return loop.run_until_complete(eval(code, names))
    return eval(code, names)


def display(*values):
    for value in values:
        show(value)


def show(value, main=False):
    tell(1, {"type": "result", "main": main, "data": forms(value)})


def forms(value):
    data = {"text/plain": repr(value)}
    bundle = getattr(value, "_repr_mimebundle_", None)
    if callable(bundle) and not isinstance(value, type):
        found = bundle()
        data.update(found[0] if isinstance(found, tuple) else found)
    for mime, method in FORMS.items():
        call = None if isinstance(value, type) else getattr(value, method, None)
        if callable(call) and (form := call()) is not None:
            form = form[0] if isinstance(form, tuple) else form
            data[mime] = base64.b64encode(form).decode() if isinstance(form, bytes) else form
    if type(value).__name__ == "DataFrame" and (columns := data_of(value)):
        data[DATA] = columns
    if type(value).__name__ == "Figure" and "matplotlib.figure" in sys.modules:
        data |= picture(value)
    return data


def figures():
    """Show what was drawn and not shown, and forget it, as notebooks do."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    for number in pyplot.get_fignums() if pyplot else ():
        show(pyplot.figure(number))
        pyplot.close(number)


def picture(figure):
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", bbox_inches="tight")
    data = {"image/png": base64.b64encode(drawn.getvalue()).decode()}
    chart = chart_of(figure)
    return data | {CHART: chart} if chart else data


def fail(error):
    frames = error.__traceback__
    while frames and not frames.tb_frame.f_code.co_filename.startswith("<cell "):
        frames = frames.tb_next
    lines = traceback.format_exception(type(error), error, frames)
    tell(1, {"type": "error", "name": type(error).__name__, "value": str(error), "traceback": "".join(lines)})


def tell(fd, frame):
    sys.stdout.flush()
    sys.stderr.flush()
    data = memoryview(f"\0{TOKEN}\0{json.dumps(frame, default=str)}\0".encode(errors="replace"))
    while data:
        data = data[os.write(fd, data) :]


main()
