import pytest

from workbench import share
from workbench.errors import SettingError


@pytest.mark.parametrize("kind", ["fixtures", "decks", "notebooks"])
def test_a_checkout_brings_its_files(kind):
    assert share.path(kind).is_dir()


def test_a_wheel_s_own_files_go_before_a_folder_beside_it(tmp_path, monkeypatch):
    package = tmp_path / "workbench"
    for folder in (package / "share" / "decks", tmp_path / "decks"):
        folder.mkdir(parents=True)
    monkeypatch.setattr(share, "_PACKAGE", package)
    assert share.path("decks") == package / "share" / "decks"


def test_what_is_missing_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(share, "_PACKAGE", tmp_path / "workbench")
    with pytest.raises(SettingError, match="the decks that come with the workbench are missing"):
        share.path("decks")


def test_another_kind_is_an_error():
    with pytest.raises(SettingError, match="'models' is not one of fixtures, labelled, decks, "):
        share.path("models")
