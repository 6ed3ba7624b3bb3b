"""`workbench run` from the outside: real notebooks, kernels, documents and exit codes."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from processes import is_of

from workbench.documents import read

PATIENCE = 150  # seconds; only to end a test that hangs
PARAMETERS = 'name = "x"\ncount = 1'
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


class Bench:
    """A folder to run notebooks in, with a home of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.out = folder / "out {x}"
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("WORKBENCH_")}
        self.env |= {"XDG_DATA_HOME": str(folder / "data"), "TZ": "UTC"}

    def notebook(self, name, *cells):
        parameters = new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
        notes = new_markdown_cell("For the keeper", metadata={"tags": ["wb-notes"]})
        shown = [new_markdown_cell("# The <b>report</b>"), *map(new_code_cell, cells)]
        made = new_notebook(cells=[notes, parameters, *shown], metadata=KERNEL)
        path = self.folder / f"{name}.ipynb"
        nbformat.write(made, path)
        return path

    def start(self, *arguments):
        command = [sys.executable, "-m", "workbench", *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, env=self.env, cwd=self.folder, **pipes)

    def run(self, path, *arguments):
        with self.start("run", path, "--to", self.out, *arguments) as process:
            try:
                out, err = process.communicate(timeout=PATIENCE)
            finally:
                process.kill()
        return process.returncode, out, err

    def documents(self, out):
        html = out.strip().splitlines()[-1]
        assert html.endswith(".html")
        notebook = nbformat.read(html.removesuffix("html") + "ipynb", as_version=4)
        return notebook, Path(html).read_text("utf-8")


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def kernels(process):
    try:
        children = psutil.Process(process.pid).children(recursive=True)
        return [child for child in children if is_of(child, "ipykernel")]
    except psutil.NoSuchProcess:
        return []


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)
    return found


def test_parameters_arrive_as_they_are_and_the_document_shows_them(bench):
    value = "it's \"quoted\",\nhas {lines}, back\\slashes\\n and '''more''' é 🚀 \t$HOME `id`"
    shows = "from IPython.display import HTML\nHTML('<i>seen</i><script>document.title=1</script>')"
    path = bench.notebook("report", "import json\nprint(json.dumps([name, count]))", shows)
    code, out, err = bench.run(path, "-p", f"name={value}", "-p", "count=3", "--json")
    assert code == 0, err
    told = json.loads(out)
    assert re.search(r"/out \{x\}/report-\d{4}-\d\d-\d\d-\d{6}\.html$", told["document"])
    assert (told["state"], told["tries"]) == ("done", 1)
    assert told["parameters"] == {"name": value, "count": 3}
    notebook, html = bench.documents(told["document"])
    (printed,) = [o.text for c in notebook.cells for o in c.get("outputs", []) if "text" in o]
    assert json.loads(printed) == [value, 3]
    assert "<title>The &lt;b&gt;report&lt;/b&gt;</title>" in html
    assert "<i>seen</i>" in html
    document = read(Path(told["document"]))
    assert (document.notebook, document.deck, document.is_failed) == ("report", "", False)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)[1]
    assert policy.startswith("default-src 'none';")
    assert "script" not in policy
    assert html.index(policy) < html.index("<style>")
    assert not re.search(r'(src|href)="(https?:)?//', html)
    assert "For the keeper" not in html
    assert "import json" not in html
    # The table of runs says the same.
    with bench.start("run", "--list") as listing:
        out, _ = listing.communicate(timeout=PATIENCE)
    assert "report" in out
    assert "done" in out


def test_the_cell_that_fails_is_marked_and_those_after_it_are_not_run(bench):
    path = bench.notebook("report", "print('first')", "1 / 0  # <here>", "print('never')")
    code, out, err = bench.run(path, "--retries", "1", "--pause", "1s")
    assert code == 1
    assert "report.ipynb failed after 2 tries: cell 3: ZeroDivisionError: division by zero" in err
    assert "Traceback" not in err
    notebook, html = bench.documents(out)
    assert (
        sum("papermill-error-cell-tag" in c.metadata.get("tags", []) for c in notebook.cells) == 2
    )
    assert notebook.metadata.papermill.exception is True
    assert "first" in html
    assert "never" not in html
    marked = html.partition('id="failed-cell"')[2]
    assert "1 / 0  # &lt;here&gt;" in marked
    assert "ZeroDivisionError: division by zero" in marked
    assert "This document is not complete." in html
    assert read(Path(out.strip())).is_failed


def test_one_that_runs_for_ever_meets_its_time(bench):
    path = bench.notebook("report", "import time\nwhile True:\n    time.sleep(0.01)  # for ever")
    # Long enough for a kernel to have begun the cell on a slow machine too.
    code, out, err = bench.run(path, "--timeout", "10s")
    assert code == 1
    assert "cell 2: the run took longer than 10 s and was ended" in err
    notebook, html = bench.documents(out)
    assert "the run took longer than 10 s" in html.partition('id="failed-cell"')[2]
    # Where it was is told by its traceback.
    errors = [o for c in notebook.cells for o in c.get("outputs", []) if o.output_type == "error"]
    assert [error.ename for error in errors] == ["RunError", "KeyboardInterrupt"]
    assert "for ever" in "\n".join(errors[1].traceback)


@pytest.mark.long
def test_one_that_cannot_be_interrupted_is_ended_with_all_it_started(bench):
    stubborn = (
        "import subprocess, signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "child = subprocess.Popen(['sleep', '600'])\nprint(child.pid, flush=True)\n"
        "while True:\n    pass"
    )
    code, out, err = bench.run(bench.notebook("report", stubborn), "--timeout", "2s")
    assert code == 1
    assert "took longer than 2 s" in err
    notebook, _ = bench.documents(out)
    (printed,) = [o.text for c in notebook.cells for o in c.get("outputs", []) if "text" in o]
    assert not psutil.pid_exists(int(printed)) or (
        psutil.Process(int(printed)).status() == psutil.STATUS_ZOMBIE
    )


def test_a_kernel_that_dies_is_said_to_have_died(bench):
    path = bench.notebook("report", "print('before')", "import os\nos.kill(os.getpid(), 9)")
    code, out, err = bench.run(path)
    assert code == 1
    assert "cell 3: the kernel died in this cell" in err
    _, html = bench.documents(out)
    assert "before" in html
    assert "the kernel died in this cell" in html


@pytest.mark.parametrize(
    "cell",
    ["for n in range(100):\n    print('x' * 1_000_000)", "print('x' * 100_000_000)"],
    ids=["lines", "one line"],
)
def test_a_hundred_megabytes_of_prints_are_cut_and_end_the_run(bench, cell):
    code, out, err = bench.run(bench.notebook("report", cell))
    assert code == 1
    assert "the run printed or showed more than 50 MB and was ended" in err
    _, html = bench.documents(out)
    assert 900_000 < len(html) < 1_200_000
    assert "[Cut here: the text of a cell is kept up to 1 MB." in html


def test_much_but_not_too_much_is_cut_and_goes_on(bench):
    bar = "for n in range(101):\n    print(n, '%', end='\\r', flush=True)"
    path = bench.notebook("report", "print('x' * 3_000_000)", bar, "print('after')")
    code, out, err = bench.run(path)
    assert code == 0, err
    _, html = bench.documents(out)
    assert len(html) < 1_200_000
    assert "[Cut here: the text of a cell is kept up to 1 MB." in html
    assert "after" in html
    assert re.search(r"<pre>100 %\s*</pre>", html)


def test_told_to_stop_it_ends_its_kernel_and_leaves_what_there_is(bench):
    path = bench.notebook("report", "print('here', flush=True)\nimport time\ntime.sleep(600)")
    with bench.start("run", path, "--to", bench.out) as process:
        (kernel,) = wait_for(lambda: kernels(process))
        wait_for(lambda: "running" in "".join(f.read_text() for f in bench.out.glob("*.ipynb")))
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "report.ipynb was stopped" in err
    assert not kernel.is_running() or kernel.status() == psutil.STATUS_ZOMBIE
    _, html = bench.documents(out)
    assert "told to stop" in html


@pytest.mark.long
def test_a_second_run_of_the_same_is_refused_while_the_first_goes_on(bench):
    path = bench.notebook("report", "import time\ntime.sleep(600)")
    with bench.start("run", path, "--to", bench.out, "-p", "count=1") as first:
        wait_for(lambda: kernels(first))
        code, out, err = bench.run(path, "-p", "count=1")
        assert (code, out) == (1, "")
        assert re.search(rf"report.ipynb is running already .* as process {first.pid}; wait", err)
        first.kill()
        first.communicate(timeout=PATIENCE)
    quick = bench.notebook("report", "print('taken over')")
    code, _, err = bench.run(quick, "-p", "count=1")
    assert code == 0, err
    with bench.start("run", "--list", "--json") as listing:
        out, _ = listing.communicate(timeout=PATIENCE)
    assert [json.loads(line)["state"] for line in out.splitlines()] == ["done", "lost"]


def test_kept_by_a_cron_line_it_says_when_and_ends_with_zero(bench):
    path = bench.notebook("report", "print(1)")
    with bench.start("run", path, "--every", "0 7 1 1 *", "--zone", "Asia/Tokyo") as process:
        line = process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
    assert re.search(r"next run: \w+ 01 Jan \d{4} 07:00 Asia/Tokyo", line)
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--every", "0 25 * * *"], "'25' is no hour"),
        (["--zone", "Mars/Olympus"], "'Mars/Olympus' is no time zone"),
        (["-p", "nmae=1"], "no parameter 'nmae'. Did you mean 'name'? It has: name, count"),
        (["-p", "name"], "write name=value"),
        (["--timeout", "soon"], "'soon' is no span of time"),
        (["--timeout", "0s"], "longer than nothing"),
        (["--retries", "-1"], "is not in the range 0<=x<=20"),
    ],
)
def test_what_cannot_work_is_said_before_anything_runs(bench, arguments, message):
    code, out, err = bench.run(bench.notebook("report", "print(1)"), *arguments)
    assert (code in {1, 2}, out) == (True, "")
    assert message in err
    assert not bench.out.exists()


def test_a_folder_that_cannot_be_written_is_named(bench):
    bench.out.write_text("a file")
    code, _, err = bench.run(bench.notebook("report", "print(1)"))
    assert code != 0
    assert "out {x}" in err


def test_a_kernel_that_is_not_there_is_named(bench):
    path = bench.notebook("report", "print(1)")
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.kernelspec["name"] = "cobol"
    nbformat.write(notebook, path)
    code, _, err = bench.run(path)
    assert code == 1
    assert "its kernel could not be started: No such kernel named cobol" in err
