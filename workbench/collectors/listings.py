"""Tickers: the listings that press releases name in prose, as in ``(NYSE: ABC)``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

__all__ = ["from_categories", "from_prose"]

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
