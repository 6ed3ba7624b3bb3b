import subprocess
import sys

import pytest

import workbench


def test_every_name_of_the_facade_resolves_and_is_visible():
    for name in workbench.__all__:
        assert callable(getattr(workbench, name))
        assert name in dir(workbench)
    assert workbench.__all__ == sorted(workbench.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'serach'"):
        workbench.serach  # noqa: B018


def test_importing_loads_nothing_heavy():
    code = (
        "import sys, workbench; "
        "print([m for m in ('pandas', 'numpy', 'plotly', 'nltk', 'voila') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
