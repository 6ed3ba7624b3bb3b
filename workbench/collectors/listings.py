"""Listings that press releases name: tickers as in ``(NYSE: ABC)``, ISINs, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

__all__ = ["from_categories", "from_prose", "is_isin", "isins_in", "issuer_of"]

# An exchange may be followed by words of its own: NYSE American, TSX-V, OTC Pink, Nasdaq First
# North Growth Market. What counts is the symbol behind the colon, never a piece of the name.
_EXCHANGE: Final = (
    r"(?:NYSE|NYSEAMERICAN|NYSEARCA|NASDAQ|Nasdaq|Nasdaq(?:GS|GM|CM)|NASDAQ(?:GS|GM|CM)|AMEX|TSX"
    r"|TSXV|CSE|CNSX|NEO|Cboe|CBOE|OTC|OTCQB|OTCQX|OTCPK|OTCMKTS|LSE|LON|AIM|ASX|NZX|NZE|HKEX|SEHK"
    r"|HKG|TSE|TYO|SGX|KRX|KOSPI|KOSDAQ|NSE|BSE|JSE|BMV|TASE|SIX|SWX|Euronext|EURONEXT|EPA|AMS|EBR"
    r"|XETRA|Xetra|ETR|FSE|FWB|FRA|Frankfurt|STO|OSE|OSL|CPH|HEL|BIT|BME|TWSE)"
    r"(?:[ -][A-Z][A-Za-z]*){0,4}"
)
_SYMBOL: Final = (
    r"\$?((?=[A-Z0-9]*[A-Z]|\d{3,6}(?!\d))[A-Z0-9]{1,6}(?:[.-][A-Z0-9]{1,4})*)(?![\w$])"
)
_LISTING: Final = re.compile(rf"(?<![\w-]){_EXCHANGE}\s*[:：]\s*[\"“']?{_SYMBOL}")
# A second symbol on the same exchange, told from words by what follows it.
_MORE: Final = re.compile(
    rf"[\"”']?\s*(?:[,;/|&]|and)\s*[\"“']?{_SYMBOL}(?=[\"”']?\s*(?:[,;/|&)\]]|and\b))"
)
_TERM: Final = re.compile(rf"[^:：]+[:：]\s*{_SYMBOL}")
_NEAR: Final = 120
_ISIN: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", re.ASCII)
_ISINS: Final = re.compile(r"\bISINs?\b(.{0,200})", re.DOTALL)
_WITHIN: Final = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[A-Z0-9]{9}[0-9](?![A-Z0-9])", re.ASCII)
# A dateline ends so: "PORT AMERY, June 17, 2026 /Lantern Newswire/ -- Acme Corp (NYSE: ACME) …".
_DATELINE: Final = re.compile(r"--|[—–]")
_CALLED: Final = re.compile(r"\s*\([\"“'‘][^()]{0,80}\)$")
_SMALL: Final = frozenset(("and", "de", "der", "des", "du", "für", "la", "of", "the", "und", "&"))
_ELIDED: Final = ("d'", "d’", "l'", "l’")
_LONGEST_NAME: Final = 80


def from_prose(text: str) -> tuple[str, ...]:
    """Return the symbols of all listings that a text names, each once, in order.

    Examples
    --------
    >>> from_prose("Nova (NYSE American: NVA | ASX: NVA) and Dex (TSX-V:DEX, OTCQB: DEXF)")
    ('NVA', 'DEX', 'DEXF')
    >>> from_prose("The ratio is 3:1 (NYSE rules apply: none)")
    ()
    """
    if ":" not in text and "：" not in text:
        return ()
    found: dict[str, None] = {}
    for listing in _LISTING.finditer(text):
        found[listing[1]] = None
        before = text[max(0, listing.start() - _NEAR) : listing.start()]
        if before.rfind("(") > before.rfind(")"):
            end = listing.end()
            while more := _MORE.match(text, end):
                found[more[1]] = None
                end = more.end()
    return tuple(found)


def from_categories(terms: Iterable[str]) -> tuple[str, ...]:
    """Return the symbols of categories such as ``Nasdaq:ACME``, each once, in order.

    Examples
    --------
    >>> from_categories(["Nasdaq:ACME", "TSX-V:DEX", "no listing"])
    ('ACME', 'DEX')
    """
    matches = (_TERM.fullmatch(term.strip()) for term in terms)
    return tuple(dict.fromkeys(match[1] for match in matches if match))


def is_isin(code: str) -> bool:
    """Return whether a text is an ISIN with the right check digit (ISO 6166).

    Examples
    --------
    >>> is_isin("US0378331005"), is_isin("US0378331006"), is_isin("DE0007164600")
    (True, False, True)
    """
    if not _ISIN.fullmatch(code):
        return False
    digits = "".join(str(int(sign, 36)) for sign in code)
    # Luhn's sum: every second digit from the right, the check digit aside, counts double.
    doubled = (int(digit) * (2 - number % 2) for number, digit in enumerate(digits[-2::-1]))
    total = sum(value // 10 + value % 10 for value in doubled)
    return (total + int(digits[-1])) % 10 == 0


def isins_in(text: str) -> tuple[str, ...]:
    """Return the ISINs that a text names as such, each once, in order.

    Examples
    --------
    >>> isins_in("Nova SE (ISIN: DE0007164600 / WKN: 716460), order US0378331005")
    ('DE0007164600', 'US0378331005')
    >>> isins_in("Order US0378331005 today; the ISIN is to follow")
    ()
    """
    if "ISIN" not in text:
        return ()
    found = (code for part in _ISINS.finditer(text) for code in _WITHIN.findall(part[1]))
    return tuple(dict.fromkeys(code for code in found if is_isin(code)))


def issuer_of(text: str) -> str | None:
    """Return the company with which a release begins, if its listing tells where the name ends.

    Examples
    --------
    >>> issuer_of("PORT AMERY, June 17, 2026 -- Calder Jet (Nasdaq: CLDJ) opened its lounge")
    'Calder Jet'
    >>> issuer_of('BOSTON--(BUSINESS WIRE)--The Acme & Co., Inc. ("Acme") (NYSE: ACM) said')
    'The Acme & Co., Inc.'
    >>> issuer_of("Shares of Acme Corp (NYSE: ACM) rose")
    """
    listing = _LISTING.search(text)
    if not listing:
        return None
    head, paren, inside = text[: listing.start()].rpartition("(")
    if not paren or ")" in inside:
        return None
    parts = _DATELINE.split(head)
    name = _CALLED.sub("", parts[-1].strip()).strip(" ,")
    words = name.split()
    if len(parts) < 2 or not words or len(name) > _LONGEST_NAME:
        return None
    return name if all(map(_is_of_a_name, words)) else None


def _is_of_a_name(word: str) -> bool:
    return word[0].isupper() or word[0].isdigit() or word in _SMALL or word[:2] in _ELIDED
