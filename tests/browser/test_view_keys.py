"""The deck by keyboard."""

import pytest

pytestmark = pytest.mark.browser

HERE = "() => document.activeElement.dataset.item || document.activeElement.className"


@pytest.fixture
def page(serve, visit, made):
    columns = [
        made.column(name, [made.item(n, key=f"{name}:{n}") for n in range(30)])
        for name in ("a", "b", "c")
    ]
    server = serve(*columns)
    page = visit(server.url)
    page.asked = server.asked
    return page


@pytest.mark.parametrize(("down", "up"), [("j", "k"), ("ArrowDown", "ArrowUp")])
def test_keys_move_between_posts(page, down, up):
    page.keyboard.press(down)
    assert page.evaluate(HERE) == "a:0"
    page.keyboard.press(down)
    page.keyboard.press(down)
    assert page.evaluate(HERE) == "a:2"
    page.keyboard.press(up)
    assert page.evaluate(HERE) == "a:1"
    for _ in range(40):
        page.keyboard.press(down)
    assert page.evaluate(HERE) == "a:29"
    box = page.locator("[data-item='a:29']").bounding_box()
    assert box["y"] + box["height"] <= 900


@pytest.mark.parametrize(("right", "left"), [("l", "h"), ("ArrowRight", "ArrowLeft")])
def test_keys_move_between_columns(page, right, left):
    page.keyboard.press("j")
    page.keyboard.press(right)
    assert page.evaluate(HERE) == "b:0"
    page.keyboard.press(right)
    page.keyboard.press(right)
    assert page.evaluate(HERE) == "c:0"
    page.keyboard.press(left)
    assert page.evaluate(HERE) == "b:0"


def test_focus_is_seen(page):
    page.keyboard.press("j")
    outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_enter_opens_the_post_beside_the_page(page):
    page.context.route("https://bsky.app/**", lambda route: route.fulfill(body="the post"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    assert opened.value.url.endswith("/post/1")
    assert opened.value.evaluate("window.opener") is None


def test_a_dot_leads_back_to_the_newest(page):
    for _ in range(20):
        page.keyboard.press("j")
    top = "() => document.querySelector('[data-column=a] .wb-list').scrollTop"
    assert page.evaluate(top) > 500
    page.keyboard.press(".")
    assert page.evaluate(top) == 0


def test_a_question_mark_shows_help_that_escape_closes(page):
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard")
    assert "next, previous post" in dialog.inner_text()
    page.keyboard.press("j")
    assert dialog.is_visible()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_other_keys_and_shortcuts_of_the_browser_are_left_alone(page):
    page.evaluate("() => addEventListener('keydown', (e) => (window.taken = e.defaultPrevented))")
    for keys, taken in [("j", True), ("q", False), ("Control+j", False)]:
        page.keyboard.press(keys)
        assert page.evaluate("window.taken") is taken, keys


def test_the_query_shows_when_the_title_has_focus_or_is_tapped(page):
    about = page.locator("[data-column=a] .wb-about")
    assert not about.is_visible()
    title = page.get_by_role("button", name="A", exact=True)
    title.click()
    about.wait_for()
    assert "a OR #aair" in about.inner_text()
    assert about.is_visible()
    page.mouse.move(700, 700)
    assert about.is_visible()
    page.keyboard.press("Escape")
    about.wait_for(state="hidden")


def test_a_slash_asks_for_words_and_shows_what_all_columns_hold_of_them(page):
    page.keyboard.press("/")
    page.keyboard.type("kestrel valley")
    page.keyboard.press("Enter")
    page.get_by_text("Could not be opened (the server answered 404).").wait_for()
    assert page.asked[-1] == {"deck": "demo", "item": "find:kestrel valley"}
    assert not page.get_by_role("dialog", name="Find").is_visible()
    assert page.evaluate("() => Boolean(document.activeElement.closest('.wb-sheet'))")
    page.keyboard.press("Escape")
    page.locator(".wb-sheet").wait_for(state="hidden")
    page.keyboard.press(";")
    page.get_by_role("dialog", name="Find").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("button", name="Search columns").click()
    assert page.locator(".wb-sheet").is_visible()
    # A key counts as well before the browser has taken the focus out of what was closed.
    page.evaluate(
        """() => {
          const held = document.activeElement;
          document.querySelector(".wb-sheet").close();
          held.dispatchEvent(new KeyboardEvent("keydown", { key: ";", bubbles: true }));
        }"""
    )
    page.get_by_role("dialog", name="Find").wait_for()


def test_a_semicolon_offers_by_name_whatever_can_be_clicked(page):
    page.keyboard.press(";")
    dialog = page.get_by_role("dialog", name="Find")
    buttons = dialog.get_by_role("button")
    looks = [f"Colours: {name}" for name in ("as the system", "light", "dark", "contrast")]
    assert buttons.all_inner_texts() == ["Pause all", "A", "B", "C", *looks, "Search columns"]
    page.keyboard.type("pau")
    assert [name for name in buttons.all_inner_texts() if name] == ["Pause all", "Search columns"]
    page.keyboard.press("Enter")
    assert not dialog.is_visible()
    page.wait_for_selector(".wb-hold[aria-pressed=true]")
    page.keyboard.press(";")
    buttons.get_by_text("C", exact=True).click()
    page.wait_for_function(
        "() => document.activeElement.closest('[data-column]')?.ariaLabel === 'C'"
    )
