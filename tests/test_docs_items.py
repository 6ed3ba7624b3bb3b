import importlib.util
from pathlib import Path

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"


def test_the_reference_of_items_is_what_the_code_says():
    spec = importlib.util.spec_from_file_location("make_items", REFERENCE / "make_items.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (REFERENCE / "items.md").read_text() == module.render()
