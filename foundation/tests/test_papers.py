from io import BytesIO
from pathlib import Path

import pytest
import typst
from django.conf import settings as django_settings
from PIL import Image
from pyzbar import pyzbar

from foundation.papers import qr_svg, typeset

TEMPLATES = Path(django_settings.BASE_DIR) / "templates"
LETTERHEAD = (TEMPLATES / "foundation/print/letterhead.typ").read_text()
MARKUP = '#panic("ran") $x$ *b* _i_ `c` \\ <a> @b // c /* -- "q" https://x.ru = h ' + "#{" * 20 + "\x00\u202e"
LONGEST = "Муниципальное бюджетное общеобразовательное учреждение "


@pytest.fixture
def paper(settings, tmp_path):
    """Typeset a few lines as if they were a template of ours."""
    settings.BASE_DIR = tmp_path
    folder = tmp_path / "templates" / "foundation" / "print"
    folder.mkdir(parents=True)
    (folder / "letterhead.typ").write_text(LETTERHEAD)

    def typeset_lines(lines, data, files=None):
        start = '#import "/foundation/print/letterhead.typ": *\n#show: paper.with(title: "Проверка")\n'
        (tmp_path / "templates" / "try.typ").write_text(start + lines)
        return typeset("try.typ", data, files)

    return typeset_lines


@pytest.mark.parametrize("text", [MARKUP, (LONGEST * 6)[:322], "#", "$", "*"])
def test_data_is_printed_letter_by_letter(paper, text):
    # What lies in the page is one piece of plain text, equal to what was given.
    lines = "#let shown = [#data.name]\n#assert.eq(shown.func(), text)\n#assert.eq(shown.text, data.name)\n#shown"
    assert paper(lines, {"name": text}).startswith(b"%PDF")


def test_read_as_markup_the_same_data_would_run(paper):
    with pytest.raises(typst.TypstError, match="ran"):
        paper('#eval(data.name, mode: "markup")', {"name": MARKUP})


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../../etc/passwd", "../outside.txt", "/../outside.txt"])
def test_a_template_reaches_nothing_outside_its_folder(paper, settings, path):
    (Path(settings.BASE_DIR) / "outside.txt").write_text("secret")
    with pytest.raises(typst.TypstError):
        paper(f'#read("{path}")', {})


def test_a_file_given_is_there_and_the_folder_too(paper):
    assert paper('#read("/words.txt") #read("/try.typ")', {}, {"words.txt": b"words"}).startswith(b"%PDF")


def test_every_part_of_a_paper_can_be_set(paper):
    lines = """
    #letterhead("Департамент", "тел. +7 3822 51-00-00")
    = Приказ
    #fields(("Организация", data.name), ("Код", data.name))
    #qr(data.qr, caption: "ABCD") #code("ABCD-EFGH-JKMN") #tick Да #blank("дата", width: 40mm)
    #signature("Директор", data.name)
    """
    assert paper(lines, {"name": LONGEST, "qr": qr_svg("https://portal.example/")}).startswith(b"%PDF")


def test_our_fonts_are_in_the_paper(paper):
    pdf = paper("Обычный *жирный* _курсив_", {})
    assert [name in pdf for name in (b"PTSans-Regular", b"PTSans-Bold", b"PTSans-Italic")] == [True] * 3


def test_a_qr_code_reads_back(tmp_path):
    address = "https://portal.example/j/ABCDEFGHJKMN/"
    source = b'#set page(width: 60mm, height: 60mm, margin: 10mm)\n#image("/qr.svg", width: 100%)'
    png = typst.compile({"main.typ": source, "qr.svg": qr_svg(address).encode()}, root=tmp_path, format="png")
    assert [found.data.decode() for found in pyzbar.decode(Image.open(BytesIO(png)))] == [address]


def test_no_template_fetches_a_package_from_elsewhere():
    assert not [path for path in TEMPLATES.rglob("*.typ") if '"@' in path.read_text()]
