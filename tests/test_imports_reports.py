"""Reports as PDF: their text, their date, and what has none."""

import io
from datetime import UTC, datetime

import pypdf
import pytest
from bringing import NOW, read, write
from click.testing import CliRunner

from workbench import imports, store
from workbench.cli import group
from workbench.errors import SettingError
from workbench.imports import reports


def pdf(pages, *, password=None, about=None):
    """A PDF of some pages of text, one line to an entry."""
    writer = pypdf.PdfWriter()
    for lines in pages:
        page = writer.add_blank_page(width=600, height=800)
        shown = b"".join(b"(" + line.encode("cp1252") + b") Tj T*\n" for line in lines)
        stream = pypdf.generic.StreamObject()
        stream.set_data(b"BT /F1 12 Tf 14 TL 50 750 Td\n" + shown + b"ET")
        page[pypdf.generic.NameObject("/Contents")] = writer._add_object(stream)
        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
        named = {pypdf.generic.NameObject(k): pypdf.generic.NameObject(v) for k, v in font.items()}
        named[pypdf.generic.NameObject("/Encoding")] = pypdf.generic.NameObject("/WinAnsiEncoding")
        fonts = pypdf.generic.DictionaryObject(
            {pypdf.generic.NameObject("/F1"): pypdf.generic.DictionaryObject(named)}
        )
        page[pypdf.generic.NameObject("/Resources")] = pypdf.generic.DictionaryObject(
            {pypdf.generic.NameObject("/Font"): fonts}
        )
    if about:
        writer.add_metadata(about)
    if password is not None:
        writer.encrypt(password, "owner", algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


PAGES = [["Battery outlook 2027", "The indus-", "try will grow"], ["Prévost & Söhne lead"]]
ABOUT = {"/Title": "Outlook", "/Author": "Globex Research", "/CreationDate": "D:20261029120000Z"}


def test_a_report_is_one_item_of_its_tier_with_the_text_of_all_pages(tmp_path):
    path = write(tmp_path, pdf(PAGES, about=ABOUT), "a.bin")
    ((item,), problems) = read(path, date="2026-11-02", lang="en")
    assert not problems
    assert item.text == "Battery outlook 2027\nThe industry will grow\nPrévost & Söhne lead"
    assert (item.title, item.author_name) == ("Outlook", "Globex Research")
    assert (item.source, item.tier, item.kind, item.lang) == ("reports", "report", "article", "en")
    assert (item.published, item.published_precision) == (datetime(2026, 11, 2, tzinfo=UTC), 86400)


def test_title_and_date_are_the_users_and_the_same_file_is_the_same_item(tmp_path):
    content = pdf(PAGES, about=ABOUT)
    with store.open(tmp_path / "s.db", floor=0, now=lambda: NOW) as opened:
        for name in ("a.pdf", "again.pdf"):
            found = imports.look(
                write(tmp_path, content, name), title="Our <b>title</b>", date="2026-11-02"
            )
            done = found.load(opened)
        (item,) = opened.search("tier:report battery")
    assert (done.new, done.unchanged) == (0, 1)
    assert item.title == "Our <b>title</b>"


def test_without_a_title_it_is_called_as_the_file(tmp_path):
    path = write(tmp_path, pdf(PAGES), "Outlook 2027.pdf")
    assert read(path, date="2026-11-02")[0][0].title == "Outlook 2027"


def test_when_it_was_published_must_be_said_since_leads_hang_on_it(tmp_path):
    found = imports.look(write(tmp_path, pdf(PAGES, about=ABOUT)))
    assert "(--date); the file was made on 2026-10-29" in found.doubt
    with (
        store.open(tmp_path / "s.db", floor=0) as opened,
        pytest.raises(SettingError, match="nothing says when it was published"),
    ):
        found.load(opened)


@pytest.mark.parametrize("version", [b"/V 2", b"/V 5", b"/V 9"])
def test_one_with_a_password_says_so(tmp_path, version):
    content = pdf(PAGES, password="secret")
    assert b"/V 2" in content
    path = write(tmp_path, content.replace(b"/V 2", version))
    with pytest.raises(SettingError, match="is encrypted; save it without its password"):
        imports.look(path)


def test_one_that_is_encrypted_without_a_password_is_read(tmp_path):
    path = write(tmp_path, pdf(PAGES, password=""))
    assert "Battery outlook" in read(path, date="2026-11-02")[0][0].text


def test_a_scan_is_found_by_its_title_alone_and_says_so(tmp_path):
    path = write(tmp_path, pdf([[], []]))
    found = imports.look(path, title="Scanned outlook", date="2026-11-02")
    with store.open(tmp_path / "s.db", floor=0, now=lambda: NOW) as opened:
        done = found.load(opened)
        assert opened.search("scanned")[0].text == ""
    assert done.new == 1
    assert "holds no text, as a scan does" in done.notes[0]


def test_a_long_report_is_kept_up_to_a_bound_and_says_so(tmp_path):
    pages = [["word " * 400] * 10 for _ in range(8)]
    found = imports.look(write(tmp_path, pdf(pages)), date="2026-11-02")
    (item,) = found.items(NOW)
    assert 99_000 < len(item.text) <= 100_002
    assert found.file.notes[0].startswith("its text is kept up to page 6 of 8")


def test_one_that_takes_too_long_is_read_as_far_as_it_came_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(reports, "_PATIENCE", -1.0)
    path = write(tmp_path, pdf([["First"], ["Second"], ["Last"]]), "a.pdf")
    report = reports.Report(path)
    (row,) = report.rows()
    assert row.values["text"] == "First"
    assert report.notes == ["takes too long to be read; its text is that up to page 1 of 3"]


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7\nnothing more", pdf(PAGES)[:300], pdf(PAGES).replace(b"/Pages", b"/Pagos")],
)
def test_a_broken_one_says_that_it_cannot_be_read(tmp_path, content):
    with pytest.raises(SettingError, match=r"cannot be read|no rows"):
        read(write(tmp_path, content), date="2026-11-02")


def test_a_page_that_is_broken_costs_no_other(tmp_path):
    content = pdf(PAGES).replace(b"(Pr\xe9vost & S\xf6hne lead) Tj", b"<</A [ (((((((( BT BT ")
    ((item,), _) = read(write(tmp_path, content), date="2026-11-02")
    assert "Battery outlook" in item.text


def test_a_title_is_for_reports_alone(tmp_path):
    with pytest.raises(SettingError, match="title='x' is for a PDF"):
        imports.look(write(tmp_path, "time,text\n2026-11-03,x\n"), title="x")


def test_the_command_takes_reports(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, pdf([[]], about=ABOUT), "a.pdf")
    arguments = ["import", "a.pdf", "--store", "s.db", "--yes"]
    done = CliRunner().invoke(group, arguments)
    assert done.exit_code == 1
    assert "the file was made on 2026-10-29" in done.stderr
    done = CliRunner().invoke(group, [*arguments, "--title", "Outlook", "--date", "2026-11-02"])
    assert done.stdout == "a.pdf: 1 new, 0 updated, 0 unchanged\n"
    assert "a.pdf: holds no text" in done.stderr
