"""What the tests of the page share: a deck, posts, a notebook, and a reader of event streams."""

import json
from datetime import UTC, datetime
from functools import partial

import httpx
import nbformat
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from workbench import decks
from workbench.columns.tree import strings
from workbench.items import Item

DECK = """
title: {title}
sources:
  - {{collector: bluesky, keep: all}}
columns:
  - {{type: search, title: Northwind, query: northwind, alike: shown}}
  - {{type: trending, title: Trending}}
"""
SHOWS_THE_DECK = """
import os
from IPython.display import HTML
HTML(f'<div class="wb-deck" data-deck="{os.environ["WORKBENCH_DECK"]}"></div>')
"""
__all__ = ["deck", "fetch", "markdown", "notebook", "post", "read_state", "said", "streamed"]

markdown = new_markdown_cell
# Over loopback: reading a machine's certificates each time takes longer than the page.
fetch = partial(httpx.get, timeout=60, verify=False)


def deck(folder, name="demo", title="Northwind Air"):
    path = folder / f"{name}.yaml"
    path.write_text(DECK.format(title=title))
    return decks.load(path)


def notebook(folder, *cells):
    """Write a notebook of these cells; strings are code."""
    made = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = folder / "deck.ipynb"
    nbformat.write(new_notebook(cells=made, metadata={"kernelspec": kernel}), path)
    return path


def post(store, n, text="northwind", **fields):
    now = datetime.now(UTC)
    known = {"source": "bluesky", "id": f"at://did:plc:a/app.bsky.feed.post/{n}", "text": text}
    store.add([Item(**known, published=now, author="ana.example", lang="en", **fields)])


def read_state(html):
    """Return the state that stands in a page, with the posts of each column as they are shown."""
    state = json.loads(html.partition('id="wb-state">')[2].partition("</script>")[0])
    shown = BeautifulSoup(html, "html.parser")
    tabs = shown.select(".wb-tabs a")
    state["links"] = [{"text": link.text, "href": link["href"]} for link in tabs]
    for column in state["columns"]:
        (place,) = shown.find_all(attrs={"data-column": column["key"]})
        column["items"] = [
            {"key": node["data-item"], "published": int(node["data-at"]), "node": node}
            for node in place.find_all("article")
        ]
    return state


def said(item):
    """Return the text of an item that was sent to a browser."""
    (text,) = (part for part in item["node"][2:] if part[1].get("class") == "wb-text")
    return strings(text)


def streamed(address, kinds, **headers):
    """Yield (id, kind, data) of these kinds from a stream of events."""
    client = httpx.Client(timeout=30)
    with client, client.stream("GET", address, headers=headers) as answer:
        assert answer.status_code == 200
        fields = {}
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif fields:
                if fields.get("event") in kinds:
                    yield fields.get("id"), fields["event"], json.loads(fields["data"])
                fields = {}
