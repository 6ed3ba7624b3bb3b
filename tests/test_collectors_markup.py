"""HTML to plain text, links and listings, hostile input included."""

import pytest

from workbench.collectors.listings import from_categories, from_prose
from workbench.collectors.markup import plain


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("Acme (NYSE: ABC), Globex (Nasdaq: GOOG, GOOGL)", ("ABC", "GOOG", "GOOGL")),
        ("(TSX-V:DEX)", ("DEX",)),
        ("(NYSE American: NVA | ASX: NVA)", ("NVA",)),
        ("(TSX: AC.B; OTC Pink: ACBF)", ("AC.B", "ACBF")),
        ("(NASDAQ:ACME, “Acme” or the “Company”)", ("ACME",)),
        ("(Nasdaq First North Growth Market: VOLT)", ("VOLT",)),
        ("(HKEX: 0700)", ("0700",)),
        ("Time: NOW. Note: NYSE is open; ratio 3:1", ()),
        ("$ABC and CLONYSE: XYZ", ()),
    ],
)
def test_listings_in_prose(text, symbols):
    assert from_prose(text) == symbols


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a<br>b<p>c</p>d", "a\nb\nc\nd"),
        ("one\ntwo&nbsp;&nbsp;three", "one two three"),
        ("<b>bo</b>ld", "bold"),
        ("1 < 2 <3 <!-- <p> --> &lt;b&gt; &amp;amp;", "1 < 2 <3 <b> &amp;"),
        ("<a title='>'>x</a>", "x"),
        ("<![CDATA[raw <b>]]> end", "raw <b> end"),
        ("<SCRIPT>if (a</b) x()</sCript >after", "after"),
        ("<script>never closed", ""),
        ("<p unclosed", ""),
        ("&#x1F50B; &#0; &#" + "9" * 5000 + ";", "🔋 \ufffd \ufffd"),
        ("zero\x00width\u200bspace\ud800", "zerowidth\u200bspace"),
    ],
)
def test_html_becomes_what_a_reader_sees(markup, text):
    assert plain(markup).text == text


def test_links_are_absolute_http_and_each_once():
    markup = (
        "<a href=\"b?x=1&amp;y=2\">1</a><A class=q HREF='/c'>2</A><a href=//d.example/>3</a>"
        '<a href="b?x=1&amp;y=2">4</a><a href="mailto:x@y.example">5</a><a href="http://[">6</a>'
        '<a href=" java\nscript:alert(1)">7</a><a>8</a>'
    )
    assert plain(markup, base="https://a.example/dir/").links == (
        "https://a.example/dir/b?x=1&y=2",
        "https://a.example/c",
        "https://d.example/",
    )


def test_listings_in_categories():
    terms = ["Nasdaq:ACME", "TSX Venture: DEX", "Nasdaq:ACME", "Batteries", "a: b: C"]
    assert from_categories(terms) == ("ACME", "DEX")
