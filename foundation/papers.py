"""Papers for printing: PDF by typst from templates of ours and data that is never code.

A template reads its data with `#import "/foundation/print/letterhead.typ": *` as `data`. It sees the folder
`templates/`, the given files and our own fonts, and nothing else of this machine.
"""

import json
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings

_FONTS = Path(__file__).parent / "fonts"


def typeset(template: str, data: Mapping[str, Any], files: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF of `templates/<template>`, like `organizations/print/order.typ`.

    `data` must be JSON; `files` are pictures by name, which the template calls by absolute path, like "/photo.png".
    """
    root = Path(settings.BASE_DIR) / "templates"
    sources: Any = {**(files or {}), "main.typ": (root / template).read_bytes()}  # typst's own types forget this form
    return typst.compile(
        sources,
        root=root,
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )


def qr_svg(text: str) -> str:
    """A QR code without a frame or a size of its own; paper forgives a fold at 15 % (level M)."""
    file = BytesIO()
    segno.make_qr(text, error="m").save(file, kind="svg", border=0, xmldecl=False, omitsize=True, nl=False)
    return file.getvalue().decode()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FONTS])
