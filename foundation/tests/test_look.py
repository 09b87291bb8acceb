"""What every page is made of: our own files only, small, whole. No object here, so nobody to be refused."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import brotli
import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django_htmx import jinja

from foundation.templatetags.look import nearby_pages

STATIC = Path(settings.BASE_DIR) / "static"
TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
OURS = sorted((STATIC / "portal").iterdir())
PLAIN_FILES = override_settings(
    STORAGES=settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
)
FOREIGN = re.compile(r"""(?:src|href|url\(|@import|fetch\()\s*[=(]?\s*["']?(?:https?:)?//[^"')\s]+""")
ICON_NAMED = re.compile(r'(?:{% icon (?:icon_name\|default:)?|icon_name=)"([^"]+)"')
LINKS_PEOPLE_FOLLOW = re.compile(r"<a\s[^>]*>")


class Typed(forms.Form):
    full_name = forms.CharField(label="Фамилия, имя и отчество", help_text="Полностью")
    kind = forms.ChoiceField(label="Кто вы", choices=[("t", "Учитель")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="Согласие")


@pytest.fixture
def render() -> Callable[..., str]:
    request = RequestFactory().get("/organizations/?step=3&page=2")
    request.user = AnonymousUser()

    def rendered(template: str, **context: object) -> str:
        with PLAIN_FILES:
            return render_to_string(template, context, request)

    return rendered


def checksum_faults(folder: Path) -> list[str]:
    listed = dict(reversed(line.split("  ", 1)) for line in (folder / "CHECKSUMS").read_text().splitlines())
    present = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "CHECKSUMS"
    }
    return sorted(name for name in listed | present if listed.get(name) != present.get(name))


def test_vendored_files_are_those_that_were_vendored() -> None:
    assert checksum_faults(STATIC / "vendor") == []


def test_changed_missing_and_added_files_would_be_noticed(tmp_path: Path) -> None:
    for name in ("kept", "changed", "added"):
        (tmp_path / name).write_text(name)
    sums = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("kept", "changed", "gone")}
    (tmp_path / "CHECKSUMS").write_text("".join(f"{value}  {name}\n" for name, value in sums.items()))
    (tmp_path / "changed").write_text("other")
    assert checksum_faults(tmp_path) == ["added", "changed", "gone"]


def test_every_vendored_package_brings_its_licence() -> None:
    folders = [folder for folder in (STATIC / "vendor").iterdir() if folder.is_dir()]
    assert folders
    assert [folder.name for folder in folders if not (folder / "LICENSE").is_file()] == []


def test_no_page_loads_anything_from_a_foreign_host() -> None:
    styles = [*OURS, *(STATIC / "vendor").rglob("*.css"), *(STATIC / "vendor").rglob("*.js")]
    found = {
        path.name: FOREIGN.findall(LINKS_PEOPLE_FOLLOW.sub("", path.read_text()))
        for path in [*TEMPLATES, *(path for path in styles if path.suffix in {".css", ".js", ".svg"})]
    }
    assert {name: hosts for name, hosts in found.items() if hosts} == {}
    assert FOREIGN.findall('<script src="https://cdn.example/x.js">')
    assert FOREIGN.findall("@import url(//fonts.example/golos.css)")


def test_every_icon_that_templates_name_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "portal" / "icons.svg").read_text()))
    named = {name for path in TEMPLATES for name in ICON_NAMED.findall(path.read_text())}
    assert "check" in named
    assert named <= drawn


def test_colours_work_in_chrome_109() -> None:
    """Windows 7 ends there; color-mix() and oklch() came with 111, nested rules with 112."""
    sheets = [*(STATIC / "vendor").rglob("*.css"), *(path for path in OURS if path.suffix == ".css")]
    modern = re.compile(r"color-mix\(|oklch\(|^\s*&|light-dark\(", re.MULTILINE)
    assert {path.name for path in sheets if modern.search(path.read_text())} == set()


def test_first_visit_fits_a_slow_line(render: Callable[..., str]) -> None:
    """200 kB compressed: a signed-in page, its styles, scripts, icons and fonts (those are compressed already)."""
    page = render("base.html").encode()
    htmx = Path(jinja.__file__).parent / "static/django_htmx/htmx-2.min.js"
    texts = [
        page,
        htmx.read_bytes(),
        *(path.read_bytes() for path in OURS if path.name not in {"admin.css", "public.css"}),
    ]
    texts += [path.read_bytes() for path in (STATIC / "vendor").rglob("*.css")]
    fonts = sum(path.stat().st_size for path in (STATIC / "vendor").rglob("*.woff2"))
    assert fonts + sum(len(brotli.compress(text)) for text in texts) <= 200_000


def test_open_page_with_its_style_is_light_and_needs_no_script(render: Callable[..., str]) -> None:
    page = render("public.html")
    style = (STATIC / "portal" / "public.css").stat().st_size
    mark = (STATIC / "portal" / "mark.svg").stat().st_size
    assert style <= 8_000
    assert len(page.encode()) + style + mark <= 12_000  # of 30 kB, so that the pages themselves have room
    assert "<script" not in page


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "410", "500", "503"])
def test_error_page_stands_alone_and_shows_a_way_out(code: str) -> None:
    """No context, no request, no manifest of static files: whatever broke, the page is there."""
    page = render_to_string(f"{code}.html")
    assert "<h1>" in page
    assert 'href="/"' in page or "Обновить страницу" in page
    assert "{{" not in page


def test_errors_stand_at_the_field_and_first_on_the_page(render: Callable[..., str]) -> None:
    page = render("foundation/fields.html", form=Typed({"full_name": ""}))
    assert page.index('role="alert"') < page.index('name="full_name"')
    assert '<a href="#id_full_name">' in page
    assert 'aria-describedby="id_full_name_helptext id_full_name_error"' in page
    assert 'id="id_full_name_error"' in page
    assert 'id="id_full_name_helptext"' in page
    assert page.count('aria-invalid="true"') >= 2
    assert "<legend" in page


def test_untouched_form_shows_no_errors(render: Callable[..., str]) -> None:
    page = render("foundation/fields.html", form=Typed())
    assert 'role="alert"' not in page
    assert "aria-invalid" not in page


def test_base_says_that_the_data_is_an_example_and_letters_stay(render: Callable[..., str]) -> None:
    desk = SimpleNamespace(is_demo=True, is_trial=True, items=[("Сегодня", "/dashboard/", True, False)])
    page = render("base.html", desk=desk)
    assert "организации вымышлены" in page
    assert "письма не уходят" in page
    assert 'href="/dashboard/" aria-current="page"' in page
    assert "организации вымышлены" not in render("base.html")


def test_pages_of_a_list_keep_the_filter(render: Callable[..., str]) -> None:
    page = render("foundation/_pagination.html", page=Paginator(range(1000), 20).page(2))
    assert 'href="?step=3&amp;page=3"' in page
    assert "21–40 из 1000" in page
    assert render("foundation/_pagination.html", page=Paginator([], 20).page(1)).strip() == ""


def test_long_list_links_the_ends_and_the_neighbours() -> None:
    assert nearby_pages(Paginator(range(1000), 20).page(7)) == [1, None, 5, 6, 7, 8, 9, None, 50]
    assert nearby_pages(Paginator(range(3), 20).page(1)) == [1]


def test_dangerous_act_is_asked_by_its_number_and_goes_by_post(render: Callable[..., str]) -> None:
    page = render(
        "foundation/confirm.html",
        question="Отклонить 14 заявок 7 «Б»?",
        submit="Отклонить 14 заявок",
        cancel_url="/back/",
    )
    assert "<h1>Отклонить 14 заявок 7 «Б»?</h1>" in page
    assert 'method="post"' in page
    assert 'href="/back/"' in page
