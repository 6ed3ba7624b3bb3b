import pytest

from workbench.entities import Entities, extract


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#Mars #marsbar #Mars", Entities(hashtags=("Mars", "marsbar"))),
        ("#東京 #état_major #हिन्दी", Entities(hashtags=("東京", "état_major", "हिन्दी"))),
        ("＃Wide", Entities(hashtags=("Wide",))),
        ("#123 a#b &#38; ##", Entities()),
        ("#100days", Entities(hashtags=("100days",))),
        ("@nasa, @alice.bsky.social.", Entities(mentions=("nasa", "alice.bsky.social"))),
        ("(@bob@fosstodon.org)", Entities(mentions=("bob@fosstodon.org",))),
        ("mail me@example.com", Entities()),
        ("$RKLB $BRK.B $2bn $TOOLONGX a$AB", Entities(cashtags=("RKLB", "BRK.B"))),
        ("see https://example.com/a_(b).", Entities(links=("https://example.com/a_(b)",))),
        ("(https://example.com/x)", Entities(links=("https://example.com/x",))),
        ("javascript:alert(1) ftp://x.example", Entities()),
        (
            "https://example.com/#top @a",
            Entities(mentions=("a",), links=("https://example.com/#top",)),
        ),
        ("https://", Entities()),
        ("", Entities()),
    ],
)
def test_entities_are_found_as_networks_find_them(text, expected):
    assert extract(text) == expected


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "text",
    [
        "@a." * 20000,
        "#" * 50000,
        "@a@" * 20000,
        "http://" * 10000 + ")" * 2000,
        "$A" * 30000,
        "@" + "a-" * 20000,
    ],
)
def test_hostile_text_does_not_stall(text):
    extract(text)  # quadratic behaviour would meet the time limit


def test_a_link_that_ends_in_miles_of_brackets_is_trimmed_at_once():
    text = "https://x.example/(a" + ")" * 300_000 + "."
    assert extract(text).links == ("https://x.example/(a)",)
