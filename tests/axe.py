"""What axe-core finds wrong with a page, for the browser tests."""

import os
from functools import cache
from pathlib import Path

import pytest

__all__ = ["violations"]

SOURCE = Path(__file__).parent / "js" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async (place) => {
  const { violations } = await axe.run(place, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}"""


@cache
def _source():
    if not SOURCE.exists():
        missing = "axe-core is not installed; make test does it, with npm"
        if os.environ.get("WORKBENCH_REQUIRE_ALL") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    return SOURCE.read_text()


def violations(page, place="html"):
    """Return what is wrong in a part of a page as it is shown now: rule and element, one a line."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_source())
    return page.evaluate(RUN, {"include": [[place]]})
