"""One description, two drawings: nothing is invented, and text stays text."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from workbench.charts import THEMES, Bar, Bars, Chart, Series, figure, gaps, svg
from workbench.charts.axes import ticks
from workbench.errors import SettingError

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOSTILE = "<script>alert(1)</script> & \"x\" 'y' $z$ \x00\x1b\ud800\u202e %{x}"
NS = "{http://www.w3.org/2000/svg}"


def hours(*values):
    return tuple((NOON + n * HOUR, value) for n, value in enumerate(values))


def chart(**changed):
    given = {
        "title": "The mood fell",
        "subtitle": "Share of posts",
        "alt": "The mood fell to 60 %.",
        "unit": "%",
        "zone": "Europe/Berlin",
        "series": (
            Series("negative", hours(20, 40, None, None, 60), "neg"),
            Series("positive", hours(30, 20, None, None, 10), "pos"),
        ),
        "gaps": ((NOON + 2 * HOUR, NOON + 4 * HOUR),),
    }
    return Chart(**given | changed)


def drawn(*given, **options):
    return ET.fromstring(svg(*given, **options))


def words(element):
    return ["".join(text.itertext()) for text in element.iter(f"{NS}text")]


def paths(element, kind):
    return [p.get("d") for p in element.iter(f"{NS}path") if p.get("class") == kind]


def test_a_drawing_says_what_is_seen_what_is_measured_and_where_not():
    picture = drawn(chart())
    assert picture.get("role") == "img"
    assert picture.get("aria-label") == "The mood fell to 60 %."
    said = words(picture)
    assert said[:2] == ["The mood fell", "Share of posts · Europe/Berlin"]
    assert "not measured" in said
    assert {"negative", "positive", "60\N{NO-BREAK SPACE}%", "10\N{NO-BREAK SPACE}%"} <= set(said)
    assert "14:00" in said  # 13:00 UTC, in Berlin
    (gap,) = [r for r in picture.iter(f"{NS}rect") if r.get("fill", "").startswith("url(")]
    assert gap[0].text == "not measured, 22 Nov 15:00 to 22 Nov 17:00"


def test_an_unknown_value_breaks_the_line_and_is_never_zero():
    line = next(d for d in paths(drawn(chart()), "l-neg") if "L" in d)
    assert re.findall("[MLh]", line) == ["M", "L", "M", "h"]  # two points, a hole, a lone dot


def test_bars_are_as_high_as_their_values_and_absent_where_unknown():
    bars = Series("posts", hours(10, None, 0, 5), style="bar")
    picture = drawn(chart(unit="", series=(bars,), gaps=()))
    (d,) = paths(picture, "b-acc")
    found = re.findall(r"M[\d.]+ ([\d.]+)V([\d.]+)H", d)
    heights = [float(below) - float(above) for below, above in found]
    assert len(heights) == 2
    assert heights[0] == pytest.approx(2 * heights[1], abs=0.2)
    assert "posts" not in words(picture)  # the subtitle says it; a lone series needs no label


def test_the_last_hour_of_an_axis_is_not_cut_off():
    bars = Series("posts", hours(*[1] * 25), style="bar")
    picture = drawn(chart(unit="", zone="UTC", series=(bars,), gaps=()), width=460)
    last = [text for text in picture.iter(f"{NS}text") if text.text == "12:00"][-1]
    assert 400 < float(last.get("x")) <= 460 - 5 * 0.62 * 11 / 2


def test_a_drawing_follows_light_and_dark_and_asks_for_nothing():
    text = svg(chart())
    for theme in THEMES.values():
        assert theme.ink in text
        assert theme.negative in text
    assert "prefers-color-scheme:dark" in text
    assert "data-jp-theme-light=false" in text
    assert not re.search(r"href|src=|@import|url\((?!#)|style=", text)


def test_two_drawings_on_one_page_share_no_pattern():
    marks = [re.search('id="(.+?)"', svg(each))[1] for each in (chart(), chart(title="Another"))]
    assert marks[0] != marks[1]


@pytest.mark.parametrize("size", [{"width": 390}, {"width": 240, "height": 120}, {}])
def test_hostile_text_is_drawn_as_text(size):
    given = chart(
        title=HOSTILE,
        subtitle=HOSTILE,
        alt=HOSTILE,
        unit="<b>",
        series=(Series(HOSTILE, hours(1, 2), "neg"), Series("b", hours(2, 1))),
        events=((NOON + HOUR / 2, HOSTILE),),
        gaps=(),
    )
    bars = Bars(HOSTILE, HOSTILE, HOSTILE, "<b>", (Bar(HOSTILE, 2, HOSTILE, 1),))
    for each in (given, bars):
        text = svg(each, **size)
        text.encode()
        tags = {element.tag.removeprefix(NS) for element in ET.fromstring(text).iter()}
        assert tags <= {"svg", "style", "text", "line", "rect", "path", "title", "defs", "pattern"}
        assert "\u202e" not in text


def test_a_figure_holds_no_markup_or_formula_but_ours():
    given = chart(
        title=HOSTILE,
        subtitle=HOSTILE,
        series=(Series(HOSTILE, hours(1, 2), "neg"), Series("b", hours(2, 1))),
        events=((NOON + HOUR / 2, HOSTILE),),
    )
    bars = Bars(HOSTILE, HOSTILE, HOSTILE, "", (Bar(HOSTILE, 2, HOSTILE, 1),))
    for made in (figure(given), figure(bars)):
        made.layout.meta = None  # is not drawn
        text = made.to_json()
        assert "<script" not in text
        assert "\\u003cscript" not in text
        assert "&lt;script" in text
        # A pair of dollars would be a formula to MathJax, where a page has it.
        assert all(a.text.count("$") == 0 for a in made.layout.annotations)
        assert "hovertemplate" not in text
        assert "texttemplate" not in text


def test_a_figure_shows_the_same_as_the_drawing():
    made = figure(chart(events=((NOON + HOUR, "strike"),)))
    gap, negative, positive = made.data
    assert list(negative.y) == [20, 40, None, None, 60]
    assert negative.x[0] == datetime(2026, 11, 22, 13)  # noqa: DTZ001 - as clocks in Berlin show it
    assert not negative.connectgaps
    assert list(negative.marker.size) == [0, 0, 0, 0, 5]
    assert (negative.line.color, positive.line.color) == (
        THEMES["light"].negative,
        THEMES["light"].positive,
    )
    assert gap.fillpattern.shape == "/"
    assert gap.text == "not measured, 22 Nov 15:00 to 22 Nov 17:00"
    said = " ".join(annotation.text for annotation in made.layout.annotations)
    for each in ("The mood fell", "Europe/Berlin", "not measured", "strike", "negative"):
        assert each in said
    assert made.layout.meta["alt"] == "The mood fell to 60 %."
    assert not made.layout.showlegend
    assert made.layout.yaxis.range[0] == 0


def test_several_charts_share_their_time():
    volume = chart(unit="", series=(Series("posts", hours(1, 2, None, None, 3), style="bar"),))
    made = figure(volume, chart(), theme="dark")
    assert made.layout.xaxis2.matches == "x"
    assert made.layout.xaxis.range == made.layout.xaxis2.range
    assert made.layout.paper_bgcolor == THEMES["dark"].card
    assert made.layout.yaxis.domain[0] > made.layout.yaxis2.domain[1]
    assert {trace.type for trace in made.data} == {"bar", "scatter"}


def test_bars_tell_amount_and_usual():
    bars = Bars("#grounded stands out", "Posts", "alt", "", (Bar("#grounded", 46, usual=5),))
    made = figure(bars)
    assert list(made.data[0].x) == [46]
    assert list(made.data[0].text) == ["46"]
    assert list(made.data[1].x) == [5]
    assert "#grounded" in words(drawn(bars))


@pytest.mark.parametrize("draw", [svg, figure])
@pytest.mark.parametrize(
    "nothing", [Chart("Nothing", "Posts", "x"), Bars("Nothing", "Posts", "x"), chart(series=())]
)
def test_nothing_to_draw_is_said(draw, nothing):
    shown = draw(nothing)
    assert "Nothing" in (shown if isinstance(shown, str) else shown.to_json())


@pytest.mark.parametrize("draw", [svg, figure])
def test_one_point_below_zero_and_huge_numbers_are_drawn(draw):
    draw(chart(series=(Series("a", hours(-0.4)),), unit=""))
    draw(chart(series=(Series("a", hours(1e12, 3)),), unit=""))
    draw(chart(series=(Series("a", hours(None, None)),), unit=""))


def test_a_year_has_a_handful_of_ticks_and_a_changed_clock_keeps_midnights():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert 3 <= len(ticks(start, start + timedelta(days=365), "UTC")) <= 6
    berlin = ticks(
        datetime(2026, 10, 23, tzinfo=UTC), datetime(2026, 10, 27, tzinfo=UTC), "Europe/Berlin"
    )
    assert [at.hour for at, _ in berlin] == [0, 0, 0, 0]
    assert [said for _, said in berlin] == ["24 Oct", "25 Oct", "26 Oct", "27 Oct"]


def test_adjoining_gaps_are_one():
    edges = [NOON + n * HOUR for n in range(6)]
    spans = zip(edges, edges[1:], (False, False, True, False, True), strict=False)
    assert gaps(spans) == ((edges[0], edges[2]), (edges[3], edges[4]))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Series("a", (), "red"), "color='red' is not one of"),
        (lambda: Series("a", (), style="pie"), "style='pie' is not one of 'line', 'bar'"),
        (lambda: Series("a", ((datetime(2026, 1, 1), 1.0),)), "names no zone"),  # noqa: DTZ001
        (lambda: Chart("a", "b", "c", series=(Series("a", ()),) * 7), "7 series are more than 6"),
        (lambda: svg(chart(), width=10), "10 by 260 is too small"),
        (lambda: figure(chart(), theme="pink"), "theme='pink' is not one of light, dark"),
        (figure, "give one or several charts"),
        (lambda: figure(chart(), Bars("a", "b", "c")), "a single one of bars"),
    ],
)
def test_what_cannot_be_drawn_is_refused(make, said):
    with pytest.raises(SettingError, match=re.escape(said)):
        make()
