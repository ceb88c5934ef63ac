"""Starts ipykernel inside the sandbox, with the forms of `rich.py`. Its one argument is the connection, as JSON.

Figures are shown at the end of the cell they were drawn in, as in a notebook.
"""

import json
import os
import sys

MOST_UNSENT = 256 * 1024


def main():
    connection = json.loads(sys.argv[1])
    cwd = connection.pop("cwd")
    give_fonts()
    path = f"/tmp/.kernel-{os.getpid()}.json"
    ready = os.dup(1)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(connection, file)
    sys.argv = [""]
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.IPKernelApp.no_stdout = config.IPKernelApp.no_stderr = False
    app = IPKernelApp.instance(config=config)
    app.initialize(["-f", path])
    os.unlink(path)
    os.chdir(cwd)
    sys.path[0:1] = [""]
    teach(app.shell.display_formatter)
    lend(app)
    hold_back()
    os.write(ready, b"ready\n")
    os.close(ready)
    app.start()


def teach(display):
    from IPython.core.formatters import BaseFormatter
    from traitlets import ObjectName, Unicode

    class DataFormatter(BaseFormatter):
        format_type = Unicode(DATA)
        print_method = ObjectName("_repr_entourage_data_")
        _return_type = (dict, type(None))

    class ChartFormatter(BaseFormatter):
        format_type = Unicode(CHART)

        def __call__(self, shown):
            # the inline backend takes figures out of the lists of all formatters
            is_figure = type(shown).__name__ == "Figure" and type(shown).__module__ == "matplotlib.figure"
            return chart_of(shown) if is_figure else None

    data, chart = DataFormatter(parent=display), ChartFormatter(parent=display)
    for module in ("pandas", "pandas.core.frame"):
        data.for_type_by_name(module, "DataFrame", data_of)
    display.formatters[DATA], display.formatters[CHART] = data, chart


def hold_back():
    """A flood of prints is sent in small messages, and waits for them to be sent."""
    from ipykernel.iostream import OutStream

    write = OutStream.write

    def held(stream, text):
        written = write(stream, text)
        stream.unsent = getattr(stream, "unsent", 0) + written
        if stream.unsent > MOST_UNSENT:
            stream.unsent = 0
            stream.flush()
        return written

    OutStream.write = held


def lend(app):
    """Set the environment that came in the request's metadata for as long as the cell runs."""
    before = {}

    def set_up(_info):
        env = (app.kernel.get_parent() or {}).get("metadata", {}).get("env") or {}
        for name, value in env.items():
            before[name] = os.environ.get(name)
            os.environ[name] = value

    def put_back(_result):
        while before:
            name, value = before.popitem()
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    app.shell.events.register("pre_run_cell", set_up)
    app.shell.events.register("post_run_cell", put_back)


main()
