"""What a published notebook's HTML is made into, whatever stands in it."""

import pytest

from workbench.page.parts import clean


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "html",
    [
        "<svg " * 100_000,
        "<svg " * 100_000 + "</svg>",
        "<td>1" + " " * 200_000 + "x",
        "<td>" + "1," * 100_000 + "x",
    ],
    ids=["open drawings", "drawings in one", "blanks", "digits"],
)
def test_long_hostile_html_comes_to_an_end(html):
    assert "<svg" not in clean(html)


def test_each_drawing_becomes_a_picture_of_its_own_and_what_stands_between_stays():
    drawn = '<SVG aria-label="One"></SVG>between<svg>2</svg >after<svg>open'
    shown = clean(drawn)
    assert shown.count("data:image/svg+xml;base64,") == 2
    assert shown.startswith('<img alt="One" ')
    assert shown.index("between") < shown.index("after")


def test_only_http_mail_and_places_of_the_notebook_are_led_to():
    for bad in ("javascript:x", "JAVASCRIPT:x", "//evil.example", "/deck/a", "httpſ://a.example/"):
        assert "href" not in clean(f'<a href="{bad}">x</a>')
    assert 'href="HTTPS://a.example/"' in clean('<a href="HTTPS://a.example/">x</a>')
    assert 'href="#nb-a"' in clean('<a href="#a">x</a>')
