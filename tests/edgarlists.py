"""EDGAR's lists, invented but in its own shapes."""

import json
from datetime import UTC, datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

NOON = datetime(2026, 6, 10, 16, tzinfo=UTC)  # noon in New York
EASTERN = ZoneInfo("America/New_York")


def at(minutes):
    return NOON + timedelta(minutes=minutes)


def number(n, filer=1234567):
    return f"{filer:010}-26-{n:06}"


def entry(n, minutes, form="8-K", who="Acme Corp", cik=1234567, *, role="Filer", **more):
    """One line of the feed: a filing as it is listed for one of its companies."""
    accession = more.get("accession", number(n))
    page = f"/Archives/edgar/data/{cik}/{accession.replace('-', '')}/{accession}-index.htm"
    about = f" <b>Filed:</b> 2026-06-10 <b>AccNo:</b> {accession} <b>Size:</b> 14 KB\n"
    about += "".join(f"<br>{line}\n" for line in more.get("lines", ()))
    when = more.get("updated", at(minutes).astimezone(EASTERN).isoformat())
    return (
        f"<entry>\n<title>{escape(f'{form} - {who} ({cik:010}) ({role})')}</title>\n"
        f'<link rel="alternate" type="text/html" href="https://www.sec.gov{page}"/>\n'
        f'<summary type="html">\n{escape(about)}</summary>\n<updated>{when}</updated>\n'
        f'<category scheme="https://www.sec.gov/" label="form type" term="{escape(form)}"/>\n'
        f"<id>urn:tag:sec.gov,2008:accession-number={accession}</id>\n</entry>\n"
    )


def feed(*entries):
    return (
        '<?xml version="1.0" encoding="ISO-8859-1" ?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom">\n<title>Latest Filings</title>\n'
        '<link rel="self" href="/cgi-bin/browse-edgar?action=getcurrent"/>\n'
        f"{''.join(entries)}</feed>"
    ).encode("iso-8859-1", "xmlcharrefreplace")


def company(*filings, cik="1234567", name="Acme Corp", tickers=("ACME",), **more):
    """What one company has filed; each filing is (n, stamp, form, items)."""
    rows = [*zip(*filings, strict=True)] or [(), (), (), ()]
    recent = {
        "accessionNumber": [number(n) for n in rows[0]],
        "filingDate": [stamp[:10] for stamp in rows[1]],
        "acceptanceDateTime": list(rows[1]),
        "form": list(rows[2]),
        "items": list(rows[3]),
        "primaryDocument": [f"acme-{n}.htm" for n in rows[0]],
    }
    given = {"cik": cik, "name": name, "tickers": list(tickers), "exchanges": ["NYSE"]}
    return json.dumps(given | {"filings": {"recent": recent, "files": []}} | more).encode()


def hit(n, name="Acme Corp  (ACME)  (CIK 0001234567)", form="8-K", day="2026-06-09", **more):
    source = {
        "adsh": number(n),
        "display_names": [name, *more.pop("others", ())],
        "ciks": ["0001234567"],
        "form": form,
        "root_forms": [form.partition("/")[0]],
        "file_date": day,
        "file_type": "EX-99.1",
        "items": [],
    }
    return {"_id": f"{number(n)}:{more.pop('file', 'ex991.htm')}", "_source": source | more}


def found(*hits, total=None):
    count = {"value": len(hits) if total is None else total, "relation": "eq"}
    return json.dumps({"took": 4, "hits": {"total": count, "hits": list(hits)}}).encode()


UNAVAILABLE = (
    b'<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>SEC.gov | File Unavailable</title>\n'
    b"</head><body><h1>This page is temporarily unavailable.</h1></body></html>"
)
