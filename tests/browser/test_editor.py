"""Editing a deck in a real JupyterLab, by mouse and by keyboard, and what the page makes of it."""

import io
import itertools
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from axe import violations
from desks import KEYS, WAIT, Desk
from lab import lab, write_notebook

from workbench import decks, store
from workbench.items import Item

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

DECK = """\
# What the board asks about.
title: Northwind Air
sources:
  - {collector: bluesky, keep: all}
columns:
  - {type: search, title: Northwind, query: northwind} # ours
  - {type: search, title: Calder, query: calder}
  - {type: hashtag, title: Ground, any: [delay]}
"""
SHOW = "import workbench as wb\ndeck = wb.deck({!r})\ndeck"
# What answers the deck is busy from a click until a file is there. JupyterLab gives widgets a
# thread of the kernel's own, but only some time after they are shown: the main one is let go.
SLOW = """\
import threading, time
from pathlib import Path

def wait(change):
    if threading.current_thread() is threading.main_thread():
        return
    Path("busy").touch()
    while not Path("free").exists():
        time.sleep(0.05)

deck.observe(wait, "selected")
"""


def post(n, text, minutes=5):
    return Item(
        source="bluesky",
        id=f"at://did:plc:a/app.bsky.feed.post/{n}",
        published=datetime.now(UTC) - timedelta(minutes=minutes),
        text=text,
        author=["ana.example", "bob.example"][n % 2],
        author_name=["Ana", "Bob"][n % 2],
        hashtags=("delay",) if n % 3 == 0 else (),
        lang="en",
        url=f"https://bsky.example/post/{n}",
    )


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A running JupyterLab, and the store that its kernels read."""
    folder = tmp_path_factory.mktemp("notebooks")
    address = str(folder / "w.db")
    texts = ["northwind fare {}", "calder lounge {}", "northwind crew {} fare", "calder gate {}"]
    with store.open(address) as opened:
        opened.add(post(n, texts[n % 4].format(n), 10 + n) for n in range(80))
        home = tmp_path_factory.mktemp("home")
        with lab(folder, home=home, environment={"WORKBENCH_STORE": address}) as running:
            running.store, running.address_of_store = opened, address
            yield running


@pytest.fixture
def opened(desk, context, request):
    """The deck, shown and ready to be edited."""
    # A second try begins afresh: what the first left unsaved is its own deck's.
    name = re.sub(r"\W+", "-", f"{request.node.name} {request.node.execution_count}")
    file = desk.folder / f"{name}.yaml"
    file.write_text(DECK)
    write_notebook(desk.folder / f"{name}.ipynb", SHOW.format(file.name), SLOW)
    page = desk.open(context, f"{name}.ipynb")
    desk.run(page, 0)
    page.wait_for_selector("[data-column=northwind] [data-item]", timeout=WAIT)
    page.wait_for_selector("[data-column=ground] .wb-e-head", timeout=WAIT)
    return Desk(page, file)


def served(desk, file, context):
    """Return the page of a deck as executives see it, and the process that serves it."""
    command = [sys.executable, "-m", "workbench", "serve", "--deck", str(file), "--port", "0"]
    command += ["--store", desk.address_of_store, "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    address = next(line.strip() for line in process.stdout if line.startswith("http"))
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("[data-column=northwind]", timeout=60_000)
    return page, process


def test_a_column_added_by_keyboard_and_saved_stands_on_the_page(desk, opened, context):
    opened.focus("northwind")
    opened.press("a", "Enter")
    opened.type("fare lang:en")
    opened.press("Control+Enter")
    opened.wait_columns("northwind", "calder", "ground", "fare")
    opened.page.wait_for_selector("[data-column=fare] [data-item]", timeout=WAIT)
    opened.wait("() => document.activeElement.closest('[data-column=fare]')")
    assert opened.file.read_text() == DECK
    page, process = served(desk, opened.file, context)
    try:
        assert page.eval_on_selector_all("[data-column]", KEYS) == ["northwind", "calder", "ground"]
        opened.page.bring_to_front()
        opened.save()
        assert "# ours" in opened.file.read_text()
        assert decks.load(opened.file).columns[-1].text == "fare lang:en"
        page.bring_to_front()
        page.wait_for_selector("[data-column=fare] [data-item]", timeout=WAIT)
        # Executives read: nothing of the editor is there.
        assert not page.locator(".wb-e-bar, .wb-e-head").count()
        page.keyboard.press("a")
        assert not page.locator("dialog[open]").count()
    finally:
        process.terminate()
        process.communicate(timeout=120)


def test_a_pinned_post_stands_first_with_its_note_in_the_notebook_and_on_the_page(
    desk, opened, context
):
    page, process = served(desk, opened.file, context)
    noted = "[data-column='-pinned'] .wb-pin:has-text('Ask Bob.') [data-item]"
    try:
        opened.page.bring_to_front()
        opened.page.locator("[data-column=northwind] [data-item]").first.focus()
        opened.press("p")
        opened.type("Ask Bob.")
        opened.press("Control+Enter")
        opened.wait_columns("-pinned", "northwind", "calder", "ground")
        opened.page.wait_for_selector(noted, timeout=WAIT)
        page.bring_to_front()
        page.wait_for_selector(noted, timeout=WAIT)
        assert page.eval_on_selector_all("[data-column]", KEYS)[0] == "-pinned"
        opened.page.bring_to_front()
        opened.page.locator(noted).focus()
        opened.press("p")
        opened.page.click("dialog[open] >> text=Take the pin away")
        opened.wait_columns("northwind", "calder", "ground")
        page.bring_to_front()
        page.wait_for_selector("[data-column='-pinned']", state="detached", timeout=WAIT)
        assert opened.file.read_text() == DECK
    finally:
        process.terminate()
        process.communicate(timeout=120)


def test_a_column_is_taken_out_as_a_file(opened):
    opened.menu("northwind", "Export …")
    opened.page.select_option("dialog[open] select >> nth=0", "xlsx")
    with opened.page.expect_download(timeout=WAIT) as download:
        opened.press("Control+Enter")
    assert re.fullmatch(r"northwind-\d{4}-\d\d-\d\d\.xlsx", download.value.suggested_filename)
    data = io.BytesIO(download.value.path().read_bytes())
    sheet = openpyxl.load_workbook(data)["Northwind"]
    assert sheet.max_row == 1 + 40
    assert "northwind" in str([cell.value for cell in sheet[2]])


def test_columns_are_put_in_another_order_by_key_and_undone(opened):
    opened.focus("calder")
    opened.press("Alt+Shift+ArrowLeft")
    opened.wait_columns("calder", "northwind", "ground")
    assert opened.focused == "calder"
    opened.wait("() => document.body.textContent.includes('Calder is now column 1 of 3')")
    opened.press("Alt+Shift+ArrowRight")
    opened.wait_columns("northwind", "calder", "ground")
    opened.press("Alt+Shift+ArrowRight")
    opened.wait_columns("northwind", "ground", "calder")
    opened.press("Control+z", "Control+z")
    opened.wait_columns("calder", "northwind", "ground")
    opened.press("Control+Shift+z")
    opened.wait_columns("northwind", "calder", "ground")
    assert opened.focused == "calder"
    assert opened.file.read_text() == DECK
    # The notebook did nothing of its own.
    assert opened.page.locator(".jp-Notebook .jp-Cell").count() == 2


def test_a_column_is_dragged_to_its_place_which_is_in_sight(opened):
    page = opened.page
    page.evaluate(
        """() => new Promise((told) => {
          const list = document.querySelector("[data-column=ground] .wb-list");
          list.addEventListener("scroll", () => setTimeout(told), { once: true });
          list.scrollTop = 200;
        })"""
    )
    handle = page.locator("[data-column=northwind] .wb-e-handle").bounding_box()
    ground = page.locator("[data-column=ground]").bounding_box()
    mouse = page.mouse
    mouse.move(handle["x"] + 6, handle["y"] + 6)
    mouse.down()
    mouse.move(handle["x"] + 40, handle["y"] + 20, steps=4)
    page.wait_for_selector(".wb-e-place")
    mouse.move(ground["x"] + 40, handle["y"] + 20, steps=6)
    mouse.up()
    opened.wait_columns("calder", "ground", "northwind")
    assert not page.locator(".wb-e-place").count()
    opened.state("not saved")
    scrolled = "() => document.querySelector('[data-column=ground] .wb-list').scrollTop"
    assert page.evaluate(scrolled) == 200
    # Escape puts back what is carried.
    handle = page.locator("[data-column=calder] .wb-e-handle").bounding_box()
    mouse.move(handle["x"] + 6, handle["y"] + 6)
    mouse.down()
    mouse.move(handle["x"] + 500, handle["y"] + 20, steps=6)
    page.wait_for_selector(".wb-e-place")
    opened.press("Escape")
    page.wait_for_selector(".wb-e-place", state="detached")
    mouse.up()
    assert opened.columns == ["calder", "ground", "northwind"]


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(opened):
    opened.focus("calder")
    opened.press("/", "Control+a")
    opened.type("calder (")
    opened.press("Control+Enter")
    wrong = opened.page.locator("dialog[open] :text('never closed')").first
    wrong.wait_for(timeout=WAIT)
    opened.press("Escape", "Escape")
    opened.page.wait_for_selector("dialog[open]", state="detached")
    assert opened.focused == "calder"
    opened.press("F2", "Control+a")
    opened.type("Northwind")
    opened.press("Enter")
    said = opened.page.locator("dialog[open] .wb-e-wrong:has-text('another column has the title')")
    said.first.wait_for(timeout=WAIT)
    assert opened.page.locator("dialog[open] input").input_value() == "Northwind"
    opened.press("Control+a")
    opened.type("Calder Jet")
    opened.press("Enter")
    opened.page.wait_for_selector("[data-column=calder] h2:has-text('Calder Jet')", timeout=WAIT)


def test_menus_work_by_keyboard_and_give_the_focus_back(opened):
    opened.page.locator("[data-column=calder] .wb-e-head").focus()
    opened.press("Enter")
    opened.page.wait_for_selector(".wb-e-menu")
    opened.press("Escape")
    opened.page.wait_for_selector(".wb-e-menu", state="detached")
    assert opened.focused == "calder"
    opened.press("Enter", "w", "Enter")
    opened.page.wait_for_selector("[data-column=calder].wb-wide", timeout=WAIT)
    opened.wait("() => document.activeElement.closest('[data-column=calder]')")
    opened.menu("ground", "Duplicate")
    opened.wait_columns("northwind", "calder", "ground", "ground-2")
    opened.menu("northwind", "Remove")
    opened.wait_columns("calder", "ground", "ground-2")
    opened.page.click(".wb-e-toast >> text=Undo")
    opened.wait_columns("northwind", "calder", "ground", "ground-2")


def test_the_palette_finds_every_command_and_help_lists_the_keys(opened):
    opened.focus("northwind")
    opened.press(";")
    opened.type("go ground")
    opened.press("Enter")
    opened.wait("() => document.activeElement.closest('[data-column=ground]')")
    opened.press(";")
    opened.type("calder collapsed")
    opened.press("Enter")
    opened.state("not saved")
    opened.press("?")
    text = opened.page.locator(".wb-help").inner_text()
    assert all(words in text for words in ("add a column", "all commands", "hide its author"))
    opened.press("Escape")
    assert opened.focused == "ground"


def test_a_save_that_races_another_shows_both_and_lets_one_choose(opened):
    opened.menu("calder", "Duplicate")
    opened.wait_columns("northwind", "calder", "calder-2", "ground")
    theirs = DECK.replace("Ground", "Apron")
    opened.file.write_text(theirs)
    opened.press("Control+s")
    dialog = opened.page.locator("dialog[open]:has-text('Somebody else has saved this deck')")
    dialog.wait_for(timeout=WAIT)
    assert "Calder 2" in dialog.locator(".wb-e-diff").nth(0).inner_text()
    assert "Apron" in dialog.locator(".wb-e-diff").nth(1).inner_text()
    assert opened.file.read_text() == theirs
    dialog.locator("text=Save mine over it").click()
    opened.page.wait_for_selector("dialog[open]", state="detached", timeout=WAIT)
    assert "Calder 2" in opened.file.read_text()
    assert "Ground" in opened.file.read_text()


def test_a_busy_kernel_is_said_and_what_was_typed_is_done_when_it_is_free(desk, opened):
    for left in ("busy", "free"):
        (desk.folder / left).unlink(missing_ok=True)
    for name in ("busy", "free"):
        (desk.folder / name).unlink(missing_ok=True)
    desk.run(opened.page, 1)
    posts = opened.page.locator("[data-column=calder] [data-item]")
    for n in itertools.cycle([0, 1]):
        posts.nth(n).click()
        opened.page.wait_for_timeout(100)
        if (desk.folder / "busy").exists():
            break
    opened.press("F2", "Control+a")
    opened.type("Calder later")
    opened.press("Enter")
    busy = opened.page.locator("dialog[open] .wb-e-waits:has-text('The kernel is busy')")
    busy.wait_for(timeout=WAIT)
    assert opened.page.locator("dialog[open] input").input_value() == "Calder later"
    (desk.folder / "free").touch()
    opened.page.wait_for_selector("h2:has-text('Calder later')", timeout=WAIT)
    opened.page.wait_for_selector("dialog[open]", state="detached")


def test_a_kernel_that_is_gone_is_said_and_what_was_typed_stays(desk, opened):
    opened.focus("calder")
    opened.press("F2", "Control+a")
    opened.type("Calder kept")
    desk.restart(opened.page)
    opened.press("Enter")
    said = opened.page.locator("dialog[open] :text('The kernel is gone')")
    said.first.wait_for(timeout=WAIT)
    assert opened.page.locator("dialog[open] input").input_value() == "Calder kept"


def test_axe_finds_nothing_wrong_with_the_editor_in_light_and_dark(opened):
    def judged(*keys, shown="dialog[open]"):
        opened.press(*keys)
        opened.page.wait_for_selector(f".wb-frame {shown}", timeout=WAIT)
        assert violations(opened.page, ".wb-frame") == [], (keys, shown)

    theme = "(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })"
    judged(shown=".wb-e-bar")
    opened.page.click("[data-column=calder] .wb-e-head")
    judged(shown=".wb-e-menu")
    opened.press("Escape")
    opened.page.evaluate(theme, "JupyterLab Dark")
    judged(shown=".wb-e-bar")
    opened.page.locator("[data-column=northwind] [data-item]").first.focus()
    for keys in ("a", "/", "p", "x", "?", ";"):
        judged(keys)
        opened.press("Escape")
    opened.page.click(".wb-e-bar [aria-label='More about the deck']")
    judged(shown=".wb-e-menu")
    opened.page.click(".wb-e-menu >> text=Versions")
    judged()
    opened.page.evaluate(theme, "JupyterLab Light")
