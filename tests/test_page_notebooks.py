"""Notebooks that are published: what is shown of them, when they run anew, how they fail."""

import base64
import json
import re
import time
from pathlib import Path

import httpx
import psutil
import pytest
from nbformat.v4 import new_code_cell
from processes import is_of
from publishing import DECK, deck, fetch, markdown, notebook, post, read_state, streamed

from workbench import store
from workbench.errors import SettingError
from workbench.page import Page

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
SHOWS = "import workbench as wb\nwb.deck({!r})"


@pytest.fixture
def opened(tmp_path):
    with store.open(str(tmp_path / "w.db")) as opened:
        post(opened, 1, f"northwind {HOSTILE}")
        yield opened


@pytest.fixture
def publish(opened):
    pages = []

    def start(*notebooks, decks=(), **options):
        page = Page(decks, opened, port=0, notebooks=notebooks, **options)
        page.start()
        pages.append(page)
        return page

    yield start
    for page in pages:
        page.stop()
    assert not kernels()


def kernels():
    children = psutil.Process().children(recursive=True)
    return [child for child in children if is_of(child, "ipykernel")]


def written(folder, name, *cells):
    """Write a notebook under a name of its own."""
    return notebook(folder, *cells).rename(folder / f"{name}.ipynb")


def page_of(page, path="notebook/fares", until=""):
    """Return a page once it holds something; the test's time limit is the limit."""
    while True:
        answer = fetch(page.address + path, follow_redirects=True)
        is_there = answer.status_code == 200 and "run for the first time" not in answer.text
        if is_there and until in answer.text:
            return answer.text
        time.sleep(0.1)


def said(html):
    """Return what a page shows of the notebook, without its frame."""
    return html.partition('id="wb-book"')[2].partition("</article>\n<footer")[0]


def test_text_tables_pictures_and_decks_stand_in_the_order_of_the_cells(publish, tmp_path):
    (tmp_path / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    for name in ("ceo", "cfo"):
        (tmp_path / f"{name}.yaml").write_text(DECK.format(title=f"Deck of the {name}"))
    file = written(
        tmp_path,
        "fares",
        markdown("Not for readers", metadata={"tags": ["wb-notes"]}),
        markdown("# Fares & *fees*\n\n![Logo](logo.svg)\n\n|a|n|\n|-|-:|\n|x|1|"),
        SHOWS.format("ceo.yaml"),
        markdown("Between the decks"),
        SHOWS.format("cfo.yaml"),
        "import pandas as pd\npd.DataFrame({'who': ['<i>ana</i>'], 'n': [41]})",
        "from IPython.display import SVG\n"
        'SVG(\'<svg xmlns="http://www.w3.org/2000/svg" aria-label="Fares rose"></svg>\')',
        "from IPython.display import Image\nImage(b'\\x89PNG\\r\\n\\x1a\\n', format='png')",
        "print('printed 1 < 2')",
        "from IPython.display import Markdown\nMarkdown('Last **words**')",
    )
    html = page_of(publish(file))
    shown = said(html)
    places = [
        shown.index(part)
        for part in (
            '<h1 id="nb-Fares-&amp;-fees">Fares &amp; <em>fees</em>',
            'src="data:image/svg+xml;base64,',
            'style="text-align:right">1</td>',
            'data-deck="ceo"',
            "Between the decks",
            'data-deck="cfo"',
            "<td>&lt;i&gt;ana&lt;/i&gt;</td>",
            'alt="Fares rose" src="data:image/svg+xml;base64,',
            'src="data:image/png;base64,',
            "<pre>printed 1 &lt; 2\n</pre>",
            "Last <strong>words</strong>",
        )
    ]
    assert places == sorted(places)
    assert "Not for readers" not in html
    assert "<title>Fares &amp; fees</title>" in html
    assert "import pandas" not in html
    states = re.findall(r'<script type="application/json">(.*?)</script>', shown)
    assert [json.loads(state)["deck"]["name"] for state in states] == ["ceo", "cfo"]


def test_a_deck_in_a_notebook_is_live(publish, opened, tmp_path):
    deck(tmp_path, "ceo")
    page = publish(written(tmp_path, "fares", SHOWS.format("ceo.yaml")))
    html = page_of(page, until='data-deck="ceo"')
    state = json.loads(html.partition('<script type="application/json">')[2].partition("<")[0])
    post(opened, "lands", "northwind lands")
    events = streamed(f"{page.address}events?deck=ceo&after={state['seq']}", {"update"})
    assert any("northwind lands" in str(data) for _, _, data in events)
    # It has no page of its own, which the command did not ask for.
    assert fetch(f"{page.address}deck/ceo").status_code == 404


def test_what_a_post_says_stays_text_whatever_the_notebook_does_with_it(publish, tmp_path):
    file = written(
        tmp_path,
        "fares",
        "import workbench as wb\nposts = wb.search('northwind')",
        "posts[['author', 'text']]",
        "from IPython.display import HTML, Markdown\nHTML('<b>' + posts.text[0] + '</b>')",
        "Markdown(posts.text[0])",
        'HTML(\'<meta http-equiv="refresh" content="0;url=//evil.example">\'\n'
        '     \'<div id="wb-book" class="wb-deck" data-deck="x" onclick="a()">kept</div>\'\n'
        "     '<a href=\"javascript:alert(1)\">led</a><style>*{display:none}</style>')",
    )
    shown = said(page_of(publish(file), until="kept"))
    assert "northwind &lt;script&gt;" in shown  # the frame's own escape
    assert not re.search(
        r"<script(?! type=.application/json)|<meta|<style|onerror=|onclick=", shown
    )
    assert "javascript:" not in shown
    assert 'class="wb-deck"' not in shown
    assert 'id="nb-wb-book"' in shown
    assert "evil.example" not in shown


def test_it_reads_the_store_that_the_page_reads_and_files_beside_it(publish, tmp_path):
    (tmp_path / "beside.txt").write_text("said beside")
    code = "import workbench as wb\nprint(len(wb.search('northwind')), open('beside.txt').read())"
    assert "<pre>1 said beside" in page_of(publish(written(tmp_path, "fares", code)))


def test_a_store_named_from_here_is_the_same_for_notebooks_elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inner").mkdir()
    code = "import workbench as wb\nprint(len(wb.search('northwind')), 'found')"
    file = written(tmp_path / "inner", "fares", code)
    with store.open("w.db") as opened:
        post(opened, 1)
        with Page([], opened, port=0, notebooks=[file]) as page:
            assert "1 found" in page_of(page)
    assert not (tmp_path / "inner" / "w.db").exists()


def test_a_chart_of_the_workbench_stands_as_svg_unless_it_was_changed(publish, tmp_path):
    draws = "import workbench as wb\nchart = wb.chart_counts(wb.counts('northwind', since='24h'))"
    file = written(tmp_path, "fares", draws, "chart", "chart.update_layout(width=300)")
    shown = said(page_of(publish(file)))
    drawn = re.findall('src="data:image/svg[+]xml;base64,([^"]+)"', shown)
    wide, narrow = (base64.b64decode(each).decode() for each in drawn)
    assert 'width="720"' in wide
    assert 'width="360"' in narrow
    assert shown.count("published page runs none. Show it as a picture") == 1


def test_what_needs_a_script_or_a_kernel_says_how_to_be_shown(publish, tmp_path):
    file = written(
        tmp_path,
        "fares",
        "import plotly.graph_objects as go\ngo.Figure(go.Scatter(y=[1, 2]))",
        "import ipywidgets\nipywidgets.IntSlider()",
        "from IPython.display import HTML\nHTML('<script>draw()</script>')",
    )
    shown = said(page_of(publish(file)))
    assert shown.count("published page runs none. Show it as a picture") == 2
    assert "A published page has no kernel" in shown
    assert "IntSlider" not in shown


def test_it_is_run_anew_when_it_changes_and_when_its_time_has_come(publish, tmp_path):
    count = "path = 'runs.txt'\nopen(path, 'a').write('.')\nprint('run', len(open(path).read()))"
    page = publish(written(tmp_path, "fares", count), every=3.0)
    address = f"{page.address}notebook/fares"
    before = fetch(f"{address}/version").json()["version"]
    page_of(page, until="run 2")
    assert fetch(f"{address}/version").json()["version"] != before
    assert "every 3 seconds" in page_of(page)
    written(tmp_path, "fares", "print('quite another')")
    page_of(page, until="quite another")


def test_it_is_run_anew_when_a_deck_of_it_changes(publish, tmp_path):
    deck(tmp_path, "ceo")
    told = "print(open('ceo.yaml').read().splitlines()[1])"
    page = publish(written(tmp_path, "fares", SHOWS.format("ceo.yaml"), told))
    page_of(page, until="title: Northwind Air")
    deck(tmp_path, "ceo", "Another title")
    page_of(page, until="title: Another title")


def test_a_deck_edited_into_nonsense_stays_as_it_was(publish, tmp_path, caplog):
    deck(tmp_path, "ceo")
    page = publish(written(tmp_path, "fares", SHOWS.format("ceo.yaml")))
    page_of(page, until='data-deck="ceo"')
    (tmp_path / "ceo.yaml").write_text("title: [")
    html = page_of(page, until="the notebook failed")
    assert 'data-deck="ceo"' in said(html)
    assert "ceo.yaml, line 1" in caplog.text
    assert "ceo.yaml" not in said(html)


def test_a_deck_that_is_not_there_is_a_sentence_and_the_rest_stays(publish, tmp_path, caplog):
    code = """HTML('<div class="wb-deck" data-deck="nosuch"></div>')"""
    place = f"from IPython.display import HTML\n{code}"
    file = written(tmp_path, "fares", place, markdown("Still here"))
    shown = said(page_of(publish(file), until="Still here"))
    assert "A deck stands here that cannot be shown" in shown
    assert "there is no deck of that name" in caplog.text


FAILS = {
    "raises": ("raise RuntimeError('secret reason')", "its code cell 2 failed"),
    "dies": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "its kernel ended in"),
    "prints": ("print('x' * 100_000_000)", "printed more than 1 million characters"),
    "prints on": ("while True: print('x' * 80)", "printed more than 1 million characters"),
    "shows": (
        "from IPython.display import HTML, display\nwhile True: display(HTML('x' * 10**6))",
        "showed more than 16 million characters",
    ),
}


@pytest.mark.parametrize("kind", FAILS)
def test_a_notebook_that_fails_leaves_what_worked_last_and_says_so(publish, tmp_path, kind):
    good = [markdown("# Fares"), "print('worked')"]
    page = publish(written(tmp_path, "fares", *good))
    page_of(page, until="worked")
    code, reason = FAILS[kind]
    before = psutil.Process().memory_info().rss
    written(tmp_path, "fares", "print('half')", code, "print('never reached')")
    html = page_of(page, until="the notebook failed at")
    assert re.search(
        r"This page is of \d\d:\d\d: the notebook failed at \d\d:\d\d, since the? .*"
        r"It is tried again at \d\d:\d\d \(UTC\)",
        html.replace("since its", "since the").replace("since it ", "since the "),
    )
    assert reason in html
    assert "<pre>worked" in said(html)
    assert not re.search("half|never reached|secret reason|RuntimeError|Traceback", html)
    assert psutil.Process().memory_info().rss - before < 150e6
    written(tmp_path, "fares", "print('mended')")
    assert "failed" not in page_of(page, until="mended")


def test_one_that_runs_too_long_is_stopped(publish, tmp_path):
    page = publish(written(tmp_path, "fares", "while True: pass", "print('rest')"), limit=2.0)
    html = page_of(page, until="it ran for more than 2 seconds and was stopped")
    assert "rest" not in said(html)


def test_one_that_never_worked_shows_how_far_it_came(publish, tmp_path, caplog):
    html = page_of(publish(written(tmp_path, "fares", "print('half')", "1 / 0", "print('rest')")))
    assert "This notebook failed at" in html
    assert "its code cell 2 failed; what it showed until then stands here" in html
    assert "<pre>half" in said(html)
    assert "rest" not in said(html)
    assert "code cell 2: ZeroDivisionError: division by zero" in caplog.text


def test_an_error_that_is_meant_is_none(publish, tmp_path):
    meant = new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]})
    html = page_of(publish(written(tmp_path, "fares", meant, "print('went on')")))
    assert "went on" in said(html)
    assert "failed" not in html


@pytest.mark.parametrize(
    ("text", "reason"),
    [("no notebook", "not a notebook that can be read"), (None, "its file is not there")],
)
def test_a_file_that_goes_bad_is_said(publish, tmp_path, text, reason):
    file = written(tmp_path, "fares", "print('worked')")
    page = publish(file)
    page_of(page, until="worked")
    file.write_text(text) if text else file.unlink()
    html = page_of(page, until=reason)
    assert "<pre>worked" in html
    assert str(tmp_path) not in html


def test_one_that_hangs_holds_up_no_other_and_not_the_end(publish, tmp_path):
    hangs = written(tmp_path, "hangs", "while True: pass", "print('x')")
    page = publish(hangs, written(tmp_path, "fares", "print('worked')"))
    page_of(page, until="worked")
    while not kernels():
        time.sleep(0.05)
    page.stop()
    assert not kernels()


def test_several_are_listed_and_lead_to_each_other(publish, tmp_path):
    fares = written(tmp_path, "fares", markdown("# Fares & fees"))
    page = publish(fares, written(tmp_path, "our_rivals-abroad", "1"))
    page_of(page, until="</article>")
    page_of(page, "notebook/our_rivals-abroad")
    listed = page_of(page, "", until="Fares &amp; fees, as of ")
    for html in (listed, page_of(page)):
        assert 'href="/notebook/fares"' in html
        assert 'href="/notebook/our_rivals-abroad"' in html
        assert "Our rivals abroad" in html
    assert 'href="/notebook/fares" aria-current="page">Fares &amp; fees' in page_of(page)
    answer = fetch(f"{page.address}notebook/nosuch")
    assert answer.status_code == 404
    assert 'href="/notebook/fares"' in answer.text


def test_one_alone_stands_at_the_address_that_was_printed(publish, tmp_path):
    page = publish(written(tmp_path, "fares", "print('worked')"))
    assert "worked" in page_of(page, "")


def test_beside_a_deck_it_is_linked_from_there(publish, tmp_path):
    page = publish(written(tmp_path, "fares", "print('worked')"), decks=[deck(tmp_path, "ceo")])
    state = read_state(page_of(page, ""))
    assert {"text": "Fares", "href": "/notebook/fares"} in state["links"]
    assert 'href="/">Northwind Air' in page_of(page)


def test_it_can_only_be_read_and_runs_nothing_of_its_own(publish, tmp_path):
    page = publish(written(tmp_path, "fares", "1"))
    for path in ("notebook/fares", "notebook/fares/version", "notebooks", ""):
        for method in ("POST", "PUT", "DELETE"):
            assert httpx.request(method, page.address + path).status_code == 405
        answer = fetch(page.address + path)
        assert "script-src 'self';" in answer.headers["content-security-policy"]
        assert "unsafe-inline" not in answer.headers["content-security-policy"]
    for path in ("notebook/..%2f..%2fetc%2fpasswd", "notebook/fares.ipynb", "notebook/"):
        assert fetch(page.address + path).status_code == 404


def test_notebooks_that_cannot_be_published_are_refused_at_the_start(opened, tmp_path):
    file = written(tmp_path, "fares", "1")
    other = tmp_path / "other"
    other.mkdir()
    for given, message in (
        ([Path("fares.py")], "no notebook; name a file that ends with .ipynb"),
        ([tmp_path / "nosuch.ipynb"], "there is no notebook"),
        ([file, written(other, "fares", "1")], "two notebooks are named 'fares'"),
    ):
        with pytest.raises(SettingError, match=message):
            Page([], opened, notebooks=given)


def test_a_picture_outside_of_the_notebook_s_folder_stays_there(publish, tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "secret.png").write_bytes(b"secret")
    (inner / "link.png").symlink_to(tmp_path / "secret.png")
    text = f"![a](../secret.png) ![b](link.png) ![c]({tmp_path}/secret.png) end"
    shown = said(page_of(publish(written(inner, "fares", markdown(text)))))
    assert "end" in shown
    assert "data:" not in shown


def test_the_primer_is_linked_and_run_when_somebody_asks(publish, tmp_path):
    page = publish(decks=[deck(tmp_path, "ceo")])
    assert {"text": "New here?", "href": "/primer"} in read_state(page_of(page, ""))["links"]
    html = page_of(page, "primer", until="your own workbench has collected")
    assert 'href="/">Northwind Air' in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in said(html)
    assert "failed" not in html.partition("<article")[0]
