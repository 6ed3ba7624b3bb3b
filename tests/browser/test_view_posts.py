"""Posts, articles, terms and charts as a reader sees them."""

from datetime import UTC, datetime, timedelta

import pytest

from workbench.columns import mood, trends
from workbench.store import Bucket

pytestmark = pytest.mark.browser


def test_each_post_and_column_carries_its_key(serve, visit, made):
    items = [made.item(n) for n in range(1, 4)]
    page = visit(serve(made.column("northwind", items), made.column("calder")).url)
    found = page.eval_on_selector_all(
        "[data-column=northwind] [data-item]", "all => all.map((e) => e.dataset.item)"
    )
    assert found == [item["key"] for item in items]
    assert page.locator("[data-column]").count() == 2
    assert page.locator("main").count() == 1
    assert page.get_by_role("region", name="Northwind").count() == 1
    assert page.get_by_role("feed", name="Northwind").get_by_role("article").count() == 3


def test_a_post_shows_who_when_what_and_how_much(serve, visit, made):
    url = "https://bsky.app/profile/martao.example/post/4"
    item = made.item(
        4,
        url=url,
        author_name="Marta Oduya",
        author="martao.example",
        author_url="https://bsky.app/profile/martao.example",
        text="No water. @air.example? #NorthwindAir https://www.news.example/a/b",
        hashtags=["NorthwindAir"],
        mentions=["air.example"],
        likes=391,
        reposts=2140,
        replies=1,
        compound=-0.6,
        reply_to_author="ana.example",
        edited=datetime.fromtimestamp(made.now / 1000, UTC) - timedelta(minutes=2),
        media=[made.media("image", alt="The apron"), made.media("video")],
        links=["https://www.news.example/a/b", "https://other.example/c"],
    )
    page = visit(serve(made.column("northwind", [item])).url)
    post = page.locator("[data-item]")
    assert post.locator(".wb-avatar").inner_text() == "MO"
    name = post.locator(".wb-name")
    assert name.inner_text() == "Marta Oduya"
    looks = "e => [getComputedStyle(e).fontWeight, getComputedStyle(e).borderRadius]"
    assert name.evaluate(looks) == ["600", "0px"]
    assert "@martao.example" in post.inner_text()
    when = post.locator(".wb-by time")
    assert when.inner_text() == "4 min"
    when.hover()
    assert "23 November 2026" in when.get_attribute("title")
    assert "answering @ana.example" in post.inner_text().replace("\n", " ")
    assert post.get_by_role("img", name="391 likes").inner_text() == "391"
    assert post.get_by_role("img", name="2,140 reposts").inner_text() == "2,140"
    assert post.get_by_role("img", name="1 reply").count() == 1
    assert "− negative" in post.inner_text()
    assert "edited 2 min" in post.inner_text()
    assert "picture: The apron" in post.inner_text()
    hrefs = post.locator(".wb-text a").evaluate_all("all => all.map((a) => [a.innerText, a.href])")
    assert hrefs == [
        ["@air.example", "https://bsky.app/profile/air.example"],
        ["#NorthwindAir", "https://bsky.app/hashtag/northwindair"],
        ["news.example/…", "https://www.news.example/a/b"],
    ]
    assert post.locator(".wb-links a").inner_text() == "other.example/…"
    view = post.locator("a.wb-open")
    assert view.get_attribute("href") == url
    assert view.get_attribute("target") == "_blank"
    assert view.get_attribute("rel") == "noopener noreferrer"
    assert view.get_attribute("aria-label").startswith("View on Bluesky")
    edge = post.evaluate("e => getComputedStyle(e).borderLeftColor")
    assert edge == "rgb(179, 56, 44)"


def test_a_release_leads_with_its_headline(serve, visit, made):
    url = "https://www.harbour.example/1"
    release = made.item(
        9,
        key="feeds:1",
        kind="release",
        tier="wire",
        author_name="Harbour Business Wire",
        title="Northwind confirms checks",
        text="The carrier said so.",
        url=url,
    )
    page = visit(serve(made.column("wire", [release])).url)
    post = page.locator("[data-item]")
    assert post.locator("h3 a").get_attribute("href") == url
    assert post.locator("h3").inner_text() == "Northwind confirms checks"
    assert "Georgia" in post.locator("h3").evaluate("e => getComputedStyle(e).fontFamily")
    assert "harbour.example" in post.inner_text()
    assert "Harbour Business Wire" in post.inner_text()
    assert "9 min · Newswire" in post.inner_text()


def test_hostile_posts_stay_text_and_stay_in_their_place(serve, visit, made):
    evil = "<img src=x onerror=\"document.title='owned'\"><script>alert(1)</script>"
    zalgo = "e" + "\u0301" * 200
    items = [
        made.item(1, text=evil, author_name=evil, author=evil),
        made.item(2, text="W" * 4000, author_name="N" * 400, author="h" * 400),
        made.item(3, text=zalgo * 20, author_name=zalgo),
        made.item(
            4, author_name="\u202eoec", text="\u202e\u2066 evil \u202d", author="real\u202e.example"
        ),
        made.item(
            5, url="javascript:alert(1)", author_url="javascript:x", links=["data:text/html,x"]
        ),
        made.item(6, kind="release", title=evil, url="data:text/html,x", tier="wire"),
        made.item(7, lang='"><script>', media=[made.media(evil, alt=evil)], reply_to_author=evil),
    ]
    page = visit(serve(made.column("northwind", items, title=evil, query=evil)).url)
    assert page.locator("[data-item]").count() == 7
    assert page.title() == "deck"
    assert page.locator(".wb-deck :is(img, script, iframe)").count() == 0
    hrefs = page.eval_on_selector_all("a[href]", "all => all.map((a) => a.protocol)")
    assert set(hrefs) <= {"http:", "https:"}
    assert page.locator("[data-item$='/4'] .wb-handle").inner_text() == "@real.example"
    spill = """() => [...document.querySelectorAll('[data-item]')].filter((post) => {
        const list = post.closest('.wb-list'), right = (e) => e.getBoundingClientRect().right;
        return right(post) > right(list) + 1 || list.scrollWidth > list.clientWidth;
    }).length"""
    assert page.evaluate(spill) == 0


def test_a_long_text_ends_after_eight_lines_and_says_that_there_is_more(serve, visit, made):
    items = [made.item(1, text="many words in a row " * 60), made.item(2)]
    page = visit(serve(made.column("northwind", items)).url)
    post = page.locator("[data-item]").first
    assert post.locator(".wb-text").bounding_box()["height"] == 160
    assert post.get_by_role("button", name="more").is_visible()
    assert not page.locator("[data-item]").nth(1).get_by_role("button", name="more").is_visible()


def test_a_sensitive_post_is_folded_until_asked_and_stays_open_as_it_changes(serve, visit, made):
    item = made.item(1, text="gore", sensitive=True)
    server = serve(made.column("northwind", [item]))
    page = visit(server.url)
    assert not page.get_by_text("gore").is_visible()
    page.get_by_text("Marked as sensitive").click()
    assert page.get_by_text("gore").is_visible()
    page.locator("h1").click()
    assert page.get_by_text("gore").is_visible()
    server.update(changed=[made.item(1, text="more gore", sensitive=True)])
    page.get_by_text("more gore").wait_for()
    page.get_by_text("Marked as sensitive").click()
    assert not page.get_by_text("gore").is_visible()


def test_a_column_may_show_sensitive_posts_open(serve, visit, made):
    fields = {"text": "gore", "sensitive": True}
    columns = (
        made.column("open", [made.item(1, shown={"is_open": True}, **fields)], sensitive=True),
        made.column("shut", [made.item(1, **fields)]),
    )
    page = visit(serve(*columns).url)
    opened, shut = (page.locator(f"[data-column={key}]") for key in ("open", "shut"))
    assert opened.get_by_text("gore").is_visible()
    assert not opened.get_by_text("Marked as sensitive").is_visible()
    assert not shut.get_by_text("gore").is_visible()
    assert shut.get_by_text("Marked as sensitive").is_visible()


def test_a_query_longer_than_the_screen_can_be_read_to_its_end(serve, visit, made):
    query = "northwind -(" + " OR ".join(f"nuisance{n}" for n in range(600)) + ")"
    page = visit(serve(made.column("northwind", [made.item(1)], query=query)).url)
    page.get_by_role("button", name="Northwind").click()
    about = page.locator(".wb-about")
    about.wait_for()
    box = about.bounding_box()
    assert box["y"] + box["height"] < page.viewport_size["height"]
    about.hover()
    page.mouse.wheel(0, 100_000)
    page.wait_for_function(
        "e => e.scrollTop > 0 && e.scrollTop + e.clientHeight > e.scrollHeight - 2",
        arg=about.element_handle(),
    )
    assert about.is_visible()


def make_trends(made):
    rows = [
        {"term": "grounded", "n": 46, "usual": 5.0, "times": 9.2, "new": False},
        {"term": "#kvr", "n": 23, "usual": 0.0, "times": None, "new": True},
    ]
    behind = {"authors": "9 accounts", "about": "On Bluesky, first 09:41.", "coordinated": False}
    whys = ["46 this hour, usually 5", "23 this hour, not seen before"]
    return made.column(
        "trends",
        type="trending",
        title="Trending",
        note="Against the 7 days before.",
        nodes=trends.draw(
            [
                r | behind | {"why": w, "spark": [1, None, 3]}
                for r, w in zip(rows, whys, strict=True)
            ]
        ),
    )


def test_trending_terms_have_rank_bar_and_reason(serve, visit, made):
    page = visit(serve(make_trends(made)).url)
    rows = page.locator("[data-column=trends] li")
    assert rows.nth(0).locator(".wb-times").inner_text() == "9.2 ×"
    assert rows.nth(1).locator(".wb-new").inner_text() == "new"
    assert rows.nth(1).locator(".wb-times").inner_text() == ""
    why = rows.nth(0).locator(".wb-why")
    assert why.evaluate("e => getComputedStyle(e).opacity") == "0"
    rows.nth(0).focus()
    assert why.inner_text() == "46 this hour, usually 5 · 9 accounts"
    assert why.evaluate("e => getComputedStyle(e).opacity") == "1"
    width = "e => Number(e.getAttribute('width'))"
    counts = [rows.nth(i).locator(".wb-count").evaluate(width) for i in range(2)]
    assert counts == [240, 120]
    tick = rows.nth(0).locator(".wb-usual").evaluate("e => Number(e.getAttribute('x'))")
    assert tick == pytest.approx(240 * 5 / 46, abs=0.1)
    assert "Against the 7 days before." in page.inner_text("[data-column=trends]")


def test_a_chart_names_its_lines_and_hatches_its_gaps(serve, visit, made):
    hour = timedelta(hours=1)
    end = datetime.fromtimestamp(made.now / 1000, UTC)
    buckets = [
        Bucket(end - (168 - i) * hour, 100, 0, 80 - i % 5, 20 + i % 5, not 60 <= i < 80)
        for i in range(168)
    ]
    drawn = mood.draw(buckets, every=hour, now=end, zone="UTC")
    page = visit(serve(made.column("mood", type="sentiment", **drawn)).url)
    drawing = page.get_by_role("img", name="The mood")
    assert drawing.locator("path.wb-line.wb-neg").get_attribute("d").count("M") == 2
    assert "not measured" in drawing.text_content()
    assert drawing.locator(".wb-value.wb-neg").all_text_contents() == ["22\xa0%", "negative"]
    assert drawing.locator(".wb-hatch").count() == 1
    ends = drawing.locator(".wb-line").evaluate_all(
        "all => all.map((e) => getComputedStyle(e).stroke)"
    )
    assert ends == ["rgb(179, 56, 44)", "rgb(31, 122, 77)"]
    assert "times in UTC" in page.inner_text("figure")


def test_the_volume_line_leaves_gaps_open(serve, visit, made):
    page = visit(serve(made.column("northwind", [made.item(1)])).url)
    line = page.locator(".wb-volume")
    assert line.locator("path").get_attribute("d").count("M") == 2
    assert "not measured" in line.locator("rect title").text_content()
    line.click()
    assert page.locator(".wb-tip").inner_text().startswith("Posts per hour over the last 24 h")
    page.keyboard.press("Escape")
    assert not page.locator(".wb-tip").is_visible()


def test_a_column_says_what_is_wrong_with_it(serve, visit, made):
    state = {"level": "failing", "text": "Bluesky: no answer, since 09:11."}
    empty = {"level": "empty", "text": "Nothing that matches yet."}
    server = serve(made.column("northwind", state=state), made.column("calder", state=empty))
    page = visit(server.url)
    first = page.locator("[data-column=northwind]")
    assert "Bluesky: no answer, since 09:11." in first.inner_text()
    assert first.locator(".wb-head").get_by_role("img", name="failing").count() == 1
    assert "Nothing that matches yet." in page.inner_text("[data-column=calder]")


def test_the_bar_tells_how_fresh_the_data_is_and_opens_the_sources(serve, visit, made):
    server = serve(made.column("northwind"), mode="replay")
    source = server.state["sources"]["bluesky"]
    source |= {"state": "failing", "reason": "answered 503", "next_try": made.now + made.minute}
    server.state["decks"].append({"name": "a b", "title": "Finance"})
    page = visit(server.url)
    bar = page.locator(".wb-bar")
    assert "as of 09:14:07 · 1 of 2 sources live" in bar.inner_text()
    assert "Bluesky fails: answered 503" in bar.inner_text()
    assert bar.get_by_text("replay", exact=True).is_visible()
    assert bar.get_by_role("link", name="Finance").get_attribute("href") == "/deck/a%20b"
    assert bar.locator(".wb-clock").get_attribute("data-level") == "failing"
    bar.locator(".wb-clock").click()
    panel = page.get_by_role("region", name="All sources")
    assert "answered 503\nfails · since 08:14 · next try 09:15" in panel.inner_text()
    assert "Harbour Wire" in panel.inner_text()
    page.keyboard.press("Escape")
    assert not panel.is_visible()


def test_a_phone_shows_one_column_per_screen_and_dots(serve, visit, made):
    columns = [made.column(key, [made.item(1)]) for key in ("northwind", "calder", "meridian")]
    page = visit(
        serve(*columns).url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    widths = page.eval_on_selector_all("[data-column]", "all => all.map((e) => e.offsetWidth)")
    assert widths == [390, 390, 390]
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    dots = page.get_by_role("navigation", name="Columns").get_by_role("button")
    assert dots.count() == 3
    dots.nth(2).tap()
    page.wait_for_selector(".wb-turn:nth-child(3)[aria-current=true]")
    page.wait_for_function(
        "e => Math.abs(e.getBoundingClientRect().x) <= 1",
        arg=page.locator("[data-column=meridian]").element_handle(),
    )
