"""Secrets that cannot be: the variable is named, and not what it holds."""

import pytest

from workbench.collectors.secret import read_secret
from workbench.errors import SettingError


@pytest.mark.parametrize("held", ["s3cret word", "s3cret\nX-Header: 1", "s3crét", "s3" * 3000])
def test_what_no_header_can_carry_is_refused_without_being_shown(monkeypatch, held):
    monkeypatch.setenv("WORKBENCH_ACME_TOKEN", held)
    with pytest.raises(SettingError, match="WORKBENCH_ACME_TOKEN holds what it cannot be") as told:
        read_secret("WORKBENCH_ACME_TOKEN", "make one")
    assert "s3" not in str(told.value)


def test_what_is_missing_says_what_to_do(monkeypatch):
    monkeypatch.setenv("WORKBENCH_ACME_TOKEN", "  ")
    with pytest.raises(SettingError, match="WORKBENCH_ACME_TOKEN is not set; make one at acme"):
        read_secret("WORKBENCH_ACME_TOKEN", "make one at acme")


def test_blanks_around_it_are_left_out(monkeypatch):
    monkeypatch.setenv("WORKBENCH_ACME_TOKEN", " s3cret\n")
    assert read_secret("WORKBENCH_ACME_TOKEN", "make one") == "s3cret"
