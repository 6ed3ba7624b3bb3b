"""What becomes a link, and what it shows of where it leads."""

import pytest

from workbench.clock import EPOCH
from workbench.columns.links import address_of, linkify, other_links
from workbench.items import Item

TAGS = "https://bsky.app/hashtag/{}"
ANA = {"author": "ana.example", "author_url": "https://bsky.app/profile/ana.example"}


def item(**fields):
    return Item(source="bluesky", id="1", text="", published=EPOCH, **ANA | fields)


def linked(text, known=None, tags=TAGS):
    return [tuple(p) for p in linkify(text, known or item(), tags) if p.href]


def test_the_pieces_put_together_show_what_was_written():
    known = item(hashtags=["a"], mentions=["bo.example"])
    text = "Hi @bo.example, see #a and #b, a@b.example!"
    assert "".join(piece.text for piece in linkify(text, known, TAGS)) == text
    assert linkify("", known, TAGS) == []


@pytest.mark.parametrize(
    "bad",
    [
        *("javascript:alert(1)", "data:text/html,x", "file:///etc", "//host", "", None, "http://"),
        *(
            "https://u:p@bank.example",
            "https://bank.example\\@evil.example/",
            "https://a b.example",
        ),
        *("https://%65vil.example/", "https://[::1]/", "https://2130706433/", "https://0x7f.1/"),
        *("https://a..example/", "http://a.example\n.b.example/", "https://a.example:99999999/"),
        *("http\u017f://a.example/", "https://010.8.8.8/", "https://\u0661.2.3.4/"),
    ],
)
def test_only_what_every_browser_reads_alike_is_an_address(bad):
    assert address_of(bad) is None


def test_schemes_that_run_are_no_links():
    assert linked("javascript:alert(1) JAVASCRIPT://x data:text/html,1 vbscript:x") == []
    assert linked("http://bank.example@evil.example/x") == []


@pytest.mark.parametrize(
    ("text", "shown", "href"),
    [
        ("see https://www.a.example/b/c?d=1.", "a.example/…", "https://www.a.example/b/c?d=1"),
        ("(https://a.example/b)", "a.example/…", "https://a.example/b"),
        ("https://a.example/b_(c)!", "a.example/…", "https://a.example/b_(c)"),
        ("https://a.example", "a.example", "https://a.example/"),
        ("HTTPS://A.Example/B", "a.example/…", "https://a.example/B"),
        ("https://a.example:8443/b", "a.example/…", "https://a.example:8443/b"),
        ("https://a.example/é?ü", "a.example/…", "https://a.example/%C3%A9?%C3%BC"),
        ("https://192.0.2.1/x", "192.0.2.1/…", "https://192.0.2.1/x"),
    ],
)
def test_an_address_shows_its_host_and_ends_where_the_sentence_does(text, shown, href):
    assert linked(text) == [(shown, href)]


def test_a_host_in_foreign_letters_shows_as_it_resolves():
    assert linked("https://\u0430cme.example/x")[0][0] == "xn--cme-5cd.example/…"


def test_a_hashtag_is_linked_if_the_source_named_it_to_its_own_page():
    known = item(hashtags=["NorthwindAir", "北風"])
    assert linked("#NorthwindAir! #other #北風", known) == [
        ("#NorthwindAir", "https://bsky.app/hashtag/northwindair"),
        ("#北風", "https://bsky.app/hashtag/%E5%8C%97%E9%A2%A8"),
    ]
    assert linked("#NorthwindAir", known, "") == []
    assert linked("C#NorthwindAir", known) == []
    sly = item(hashtags=["a/../../evil"])
    assert linked("#a/../../evil", sly)[0][1].endswith("/hashtag/a%2F..%2F..%2Fevil")


def test_an_account_is_linked_on_its_authors_network_if_the_source_named_it():
    bo = ("@bo.example", "https://bsky.app/profile/bo.example")
    assert linked("@bo.example. @cy.example x@bo.example", item(mentions=["bo.example"])) == [bo]
    assert linked("@bo.example", item(mentions=["did:plc:abc"])) == [bo]
    for page in ("javascript:ana.example", None, "https://elsewhere.example/"):
        assert linked("@bo.example", item(mentions=["bo.example"], author_url=page)) == []
    assert linked("@bo.example", item(mentions=["bo.example"], author=None)) == []


def test_a_host_without_scheme_is_linked_only_as_what_the_source_gave_for_it():
    known = item(links=["https://regulator.example/statements/2026-11-23"])
    shown = ("regulator.example/…", known.links[0])
    assert linked("on regulator.example/statem... now", known) == [shown]
    assert len(linkify("regulator.example/statem…", known)) == 1
    assert linked("other.example/statem", known) == []
    sly = item(links=["https://evil.example/bank.example/login"])
    assert linked("bank.example/login", sly) == []


def test_links_that_the_text_does_not_show_are_told_apart():
    links = ["https://own.example/1", "https://a.example/1", "https://b.example/2", "javascript:x"]
    known = item(url="https://own.example/1", links=links)
    pieces = linkify("see https://a.example/1", known)
    assert [link.href for link in other_links(known, pieces)] == ["https://b.example/2"]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("sign", ["a", "@", "#", "a.", "-", "https://", "(", ")", "\u0301", "a@"])
def test_long_hostile_texts_come_to_an_end(sign):
    known = item(links=["https://a.example"], hashtags=["a"])
    assert linkify(sign * 20_000, known, TAGS)


@pytest.mark.timeout(5)
def test_a_post_that_names_very_much_holds_nobody_up():
    long = [f"https://b{n}.example/{'é' * 1900}" for n in range(20)]
    many = item(links=long, hashtags=[f"tag{n}" for n in range(100_000)])
    for text in ("a.bc " * 5000, "#z " * 5000):
        assert linkify(text, many, TAGS)
