"""The text of a deck, for a role and an industry."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from workbench.workspace.wish import MOST, ROLES, SAID, Wish, key_of, said, tag_of

__all__ = ["deck_text"]

_RIVALS: Final = 4  # that get a column each
_MONEY: Final = """
results earnings revenue profit loss guidance outlook dividend debt shares downgrade
"""
_DEALS: Final = """
launch launches acquires acquisition merger partnership contract layoffs patent expansion
"""
_OUTAGES: Final = """
"is down" / "are down" / outage / outages / offline / crash / crashed / breach / breached /
hacked / ransomware / vulnerability / vulnerabilities / phishing
"""
_LAUNCHES: Final = """
launch launches launched release released beta api sdk patent patents prototype roadmap
"""
_DISRUPTION: Final = """
strike strikes walkout shortage shortages recall recalls disruption disrupted accident
explosion flood blockade bottleneck cancelled canceled suspended supplier suppliers
"""
_WORK: Final = """
hiring layoff layoffs redundancies salary salaries wages culture employee employees staff
workers union unions burnout overtime interns workplace
"""
_PEOPLE: Final = """
appoints appointed resigns resigned resignation retires successor promoted ousted hires
poached chairman chairwoman
"""
_CASES: Final = """
lawsuit lawsuits sued sues court judge ruling verdict settlement fined penalty antitrust
investigation investigated probe regulator regulators subpoena injunction infringement
"""
_PRIVACY: Final = """
privacy breach leak leaked gdpr surveillance tracking consent
"""
_RECALLS: Final = """
recall recalls recalled
"""
_ALERT: Final = "{at_least: 5, within: 1h}"


def _query(*names: str) -> str:
    """Return the query for companies: each as a phrase and as a hashtag.

    In quotes nothing of a name is an operator, whatever it is.
    """
    parts: list[str] = []
    for name in names:
        parts.append(f'"{said(name)}"')
        if tag := tag_of(name):
            parts.append(f"#{tag}")
    return f"({' OR '.join(parts)})"


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split("/")]


def _any(words: Iterable[str]) -> str:
    return f"({' OR '.join(words)})"


def _text(value: str) -> str:
    """Return text as YAML: JSON's quotes are YAML's too."""
    return json.dumps(value, ensure_ascii=False)


_TITLES: Final = """
cases / complaints / developers / disruption / industry / launches / money / mood / moves /
newswire / outages / people / praise / privacy / recalls / rivals / rivals' cases /
rivals' people / stories / travels far / trending / trending today / working here
"""


def _column(kind: str, title: str, query: str = "", **more: str) -> str:
    lines = [f"  - type: {kind}", f"    title: {_text(title)}"]
    if query:
        lines.append(f"    query: {_text(query)}")
    lines += [f"    {name}: {value}" for name, value in more.items()]
    return "\n".join(lines)


def _rivals_and(wish: Wish, title: str, words: str) -> str:
    """Return a column of what is said of rivals in these words; nothing without rivals."""
    if not wish.rivals:
        return ""
    return _column("search", title, f"{_query(*wish.rivals)} {_any(words.split())} -is:repost")


def _columns(wish: Wish) -> list[str]:
    own, all_names = _query(wish.company), _query(wish.company, *wish.rivals)
    everything = all_names
    if wish.hashtags:
        everything = _any([all_names[1:-1], *(f"#{tag}" for tag in wish.hashtags)])
    # A company may be called as a column is; no two columns may.
    title = (
        f"{wish.company}, the company"
        if key_of(wish.company) in map(key_of, _TITLES.split("/"))
        else wish.company
    )
    company = _column("search", title, f"{own} -is:repost", key="company")
    rivals = (
        _column("search", "Rivals", f"{_query(*wish.rivals)} -is:repost") if wish.rivals else ""
    )
    tags = ", ".join(_text(tag) for tag in wish.hashtags)
    industry = _column("hashtag", "Industry", any=f"[{tags}]") if tags else ""
    wire = _column("newswire", "Newswire") if wish.wires else ""
    trending = _column("trending", "Trending", everything, window="1h", baseline="7d")
    mood = _column("sentiment", "Mood", f"{own} tier:social", since="7d", every="3h")
    stories = _column("stories", "Stories", everything)
    by_role = {
        "ceo": [company, stories, rivals, industry, wire, trending, mood],
        "cfo": [
            company,
            _column("search", "Money", f"{all_names} {_any(_MONEY.split())} -is:repost"),
            rivals,
            wire,
            trending,
            mood,
        ],
        "cmo": [
            company,
            _column("search", "Complaints", f"{own} tier:social sentiment:negative -is:repost"),
            _column("search", "Praise", f"{own} tier:social sentiment:positive -is:repost"),
            _column("search", "Travels far", f"{everything} min_reposts:10 -is:repost"),
            industry,
            rivals,
            trending,
            mood,
        ],
        "cto": [
            company,
            _column(
                "search", "Outages", f"{own} {_any(_listed(_OUTAGES))} -is:repost", alert=_ALERT
            ),
            _column("search", "Launches", f"{all_names} {_any(_LAUNCHES.split())} -is:repost"),
            _column("search", "Developers", f"{everything} source:hackernews"),
            rivals,
            industry,
            trending,
        ],
        "coo": [
            company,
            _column(
                "search",
                "Disruption",
                f"{everything} {_any(_DISRUPTION.split())} -is:repost",
                alert=_ALERT,
            ),
            _column("search", "Complaints", f"{own} tier:social sentiment:negative -is:repost"),
            rivals,
            industry,
            wire,
            trending,
            mood,
        ],
        "chro": [
            company,
            _column("search", "Working here", f"{own} {_any(_WORK.split())} -is:repost"),
            _column("search", "People", f"{all_names} {_any(_PEOPLE.split())} -is:repost"),
            _rivals_and(wish, "Rivals' people", _WORK),
            trending,
            _column(
                "sentiment",
                "Mood",
                f"{own} {_any(_WORK.split())} tier:social",
                since="28d",
                every="24h",
            ),
        ],
        "counsel": [
            company,
            _column("search", "Cases", f"{own} {_any(_CASES.split())} -is:repost", alert=_ALERT),
            _rivals_and(wish, "Rivals' cases", _CASES),
            _column("search", "Privacy", f"{everything} {_any(_PRIVACY.split())} -is:repost"),
            _column("search", "Recalls", f"{everything} {_any(_RECALLS.split())} -is:repost"),
            wire,
            trending,
        ],
        "strategy": [
            company,
            *(_column("search", f"On {each}", _query(each)) for each in wish.rivals[:_RIVALS]),
            _column("search", "Moves", f"{all_names} {_any(_DEALS.split())} -is:repost"),
            industry,
            wire,
            stories,
            _column("trending", "Trending today", everything, window="24h", baseline="28d"),
            mood,
        ],
    }
    return [column for column in by_role[wish.role] if column]


def _sources(wish: Wish) -> list[str]:
    followed = [*wish.hashtags, *map(tag_of, (wish.company, *wish.rivals))]
    tags = list({tag.casefold(): tag for tag in followed if tag}.values())[:MOST]
    found = [_ALWAYS]
    # Its search takes no shorter words; for such a name it would only say so.
    if len(said(wish.company)) > 2 and wish.company.isascii():
        found.append(_NEWS)
    if tags:
        listed = ", ".join(_text(tag) for tag in tags)
        found.append(f"{_MASTODON}    instance: {_text(wish.instance)}\n    tags: [{listed}]")
    for tier, addresses in (("wire", wish.wires), ("news", wish.feeds)):
        found += [
            f"  - collector: feeds\n    url: {_text(url)}\n    tier: {tier}" for url in addresses
        ]
    found.append(_MORE)
    return found


_ALWAYS: Final = """\
  # Everything public on Bluesky as it is written; kept is what a column asks for.
  - collector: bluesky
  # Stories and comments on Hacker News.
  - collector: hackernews"""
_NEWS: Final = """\
  # Headlines of the world's news sites with the words of your columns, as GDELT meets them.
  - collector: gdelt"""
_MASTODON: Final = """\
  # Posts with these hashtags, as one Mastodon server knows them. Another server knows others:
  # name the one where your industry talks.
  - collector: mastodon
"""
_MORE: Final = """\
  # News sites and newswires publish feeds (RSS or Atom): look for "RSS" at the foot of their
  # pages, and add each like this. `workbench collect ADDRESS` tries one.
  # - collector: feeds
  #   label: A trade paper
  #   url: https://www.example.com/rss
  #   tier: news # or wire, for a newswire
  # Releases of a newswire: prnewswire, globenewswire or businesswire, by topic or company.
  # - collector: newswires
  #   wire: prnewswire
  #   feed: energy
  # What companies file in the United States: it needs WORKBENCH_EDGAR_CONTACT in the
  # environment, your name and address for mail. A column of the type filings shows it.
  # - collector: edgar
  #   forms: [8-K, 10-Q, 10-K]"""


def deck_text(wish: Wish) -> str:
    """Return the deck's file."""
    return "\n".join(
        [
            f"# What the {SAID.get(wish.role, wish.role)} watches: {ROLES[wish.role]}.",
            "# Change it as you like, while the page is open too: it follows within seconds.",
            f"title: {_text(wish.company)}",
            f"zone: {_text(wish.zone)}",
            "",
            "sources:",
            *_sources(wish),
            "",
            "columns:",
            *_columns(wish),
            "",
        ]
    )
