"""People lists, as searches are asked for them that know accounts alone."""

from workbench import decks
from workbench.collectors.bluesky import Bluesky
from workbench.collectors.bluesky_api import searches as bluesky
from workbench.collectors.reddit import Reddit
from workbench.collectors.reddit_polls import searches as reddit
from workbench.query import parse
from workbench.widgets.outlook import sources

LISTS = {"heads": ["@Ana_B", "bo@wing.example", "cy.bsky.social"], "others": ["dee@x.example"]}
QUERIES = [parse("list:Heads"), parse("list:others"), parse("#acme -list:others")]


def test_reddit_is_asked_for_the_names_that_can_be_there():
    (lane,) = reddit(Reddit().ask(QUERIES, LISTS)._asked)
    assert lane.parameters["q"] == "acme OR author:ana_b"
    # Of the second list nobody can be there.
    assert lane.queries == ("#acme -list:others", "list:heads")


def test_bluesky_is_asked_for_the_handles_that_can_be_there():
    lanes = bluesky(Bluesky(search=True).ask(QUERIES, LISTS)._asked)
    assert [(lane.parameters["q"], lane.queries) for lane in lanes] == [
        ("#acme", ("#acme -list:others",)),
        ("from:cy.bsky.social", ("list:heads",)),
    ]


def test_readers_are_told_which_searches_are_asked(tmp_path):
    path = tmp_path / "t.yaml"
    path.write_text(
        "title: T\ncolumns: [{type: search, title: A, query: acme}]\nsources:\n"
        "  - {collector: bluesky}\n  - {collector: bluesky, search: true}\n"
        "  - {collector: reddit}\n  - {collector: reddit, subreddits: [aviation]}\n"
    )
    told = sources(parse("acme"), decks.load(path))
    assert [(each["source"], each["upstream"]) for each in told] == [
        ("bluesky", None),
        ("bluesky", ["acme"]),
        ("reddit", ["acme"]),
        ("reddit", None),
    ]
