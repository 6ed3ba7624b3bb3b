"""What a document shows of each kind of output, and what nobody may make it do."""

import json
import re
from datetime import UTC, datetime

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workbench.charts import Chart, Series, figure
from workbench.documents import mark
from workbench.schedule.export import to_html

NOW = datetime(2026, 11, 26, 7, tzinfo=UTC)
PLOTLY = "application/vnd.plotly.v1+json"


def document(*cells, **more):
    head = mark(notebook="report", deck="", made=NOW, is_failed=bool(more.get("failure")))
    notebook = new_notebook(cells=list(cells))
    nbformat.validate(notebook)
    return to_html(notebook, name="report-1.ipynb", mark=head, foot="A <foot>", **more)


def shows(bundle, kind="display_data"):
    return new_code_cell("secret = 1", outputs=[new_output(kind, data=bundle)])


def chart():
    points = ((NOW, 1.0), (NOW.replace(hour=8), 2.0))
    return Chart("Seen <here>", "posts", "It rose.", series=(Series("Acme", points),))


def test_a_chart_of_the_workbench_stands_as_a_drawing(monkeypatch):
    monkeypatch.setenv("WORKBENCH_RUN", "1")
    html = document(shows({PLOTLY: json.loads(figure(chart()).to_json()), "text/html": "<script>"}))
    assert html.count("<svg") == 2  # for a wide screen and for a phone
    assert 'aria-label="It rose."' in html
    assert "Seen &lt;here&gt;" in html
    assert "<script" not in html


def test_any_other_chart_says_what_it_would_need(monkeypatch):
    monkeypatch.delenv("WORKBENCH_RUN", raising=False)
    drawn = json.loads(figure(chart()).to_json())
    html = document(shows({PLOTLY: drawn, "text/html": "<script>alert(1)</script>"}))
    assert "Here stands a chart that needs a script" in html
    assert "<script" not in html


def test_controls_say_where_they_work():
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}, "text/plain": "Box()"}
    assert "which only JupyterLab can show. Open report-1.ipynb there." in document(shows(view))


@pytest.mark.parametrize(
    ("bundle", "shown"),
    [
        (
            {"text/html": "<table><td>1</td></table>", "text/plain": "x"},
            "<table><td>1</td></table>",
        ),
        ({"text/markdown": "*said* <b>", "text/plain": "x"}, "<em>said</em>"),
        ({"image/svg+xml": "<svg></svg>", "text/plain": "x"}, "<svg></svg>"),
        ({"image/png": "aGk=", "text/plain": "x"}, 'src="data:image/png;base64,aGk="'),
        ({"image/png": 'a"onerror="x', "text/plain": "x"}, "a&#34;onerror=&#34;x"),
        ({"image/jpeg": "aGk=", "text/plain": "x"}, 'src="data:image/jpeg;base64,aGk="'),
        ({"text/plain": "<Frame>"}, "<pre>&lt;Frame&gt;</pre>"),
    ],
)
def test_each_kind_of_output_is_shown(bundle, shown):
    html = document(shows(bundle))
    assert shown in html
    assert "secret" not in html


def test_what_is_said_is_read_and_what_is_logged_is_not():
    out = new_output("stream", name="stdout", text="\x1b[31mred\x1b[0m <b>")
    log = new_output("stream", name="stderr", text="a warning")
    html = document(
        new_markdown_cell("# A <title> & more\n\ntext"),
        new_markdown_cell("for keepers", metadata={"tags": ["wb-notes"]}),
        new_code_cell("1", outputs=[out, log]),
    )
    assert "<title>A &lt;title&gt; &amp; more</title>" in html
    assert "<pre>red &lt;b&gt;</pre>" in html
    assert "a warning" not in html
    assert "for keepers" not in html
    assert "A &lt;foot&gt;" in html


def test_a_failed_cell_is_shown_with_its_code_and_all_it_said():
    error = new_output("error", ename="Bad<", evalue="<why>", traceback=["\x1b[0mline <1>"])
    log = new_output("stream", name="stderr", text="a warning")
    html = document(new_code_cell("a < b", outputs=[log, error]), failure="cell 1: Bad")
    assert "<strong>This document is not complete.</strong> Cell 1: Bad" in html
    place = html.partition('id="failed-cell"')[2]
    for said in ("Bad&lt;: &lt;why&gt;", "<pre>a &lt; b</pre>", "<pre>line &lt;1&gt;</pre>"):
        assert said in place
    assert "a warning" in html


def test_no_script_runs_and_nothing_is_fetched_wherever_it_is_opened():
    hostile = "<script>alert(1)</script><img src='https://evil.example/x'>"
    html = document(new_markdown_cell(hostile), shows({"text/html": hostile}))
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    assert policy[1].split("; ")[0] == "default-src 'none'"
    assert "script-src" not in policy[1]
    assert "img-src data:;" in policy[1]
    assert policy.start() < min(html.index("<script"), html.index("<style"), html.index("<img"))
