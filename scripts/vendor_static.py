#!/usr/bin/env python3
"""Renews static/vendor/ and the icon sprite from the npm registry; `make vendor` runs it, the portal never does.

What it writes is committed: an installation needs neither node nor the registry, and a page contacts no foreign host.
"""

import hashlib
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

STATIC = Path(__file__).resolve().parent.parent / "static"
VENDOR = STATIC / "vendor"


class Package(NamedTuple):
    name: str
    version: str
    folder: str
    files: dict[str, str]


PACKAGES = [
    # The last Tabler without color-mix() and oklch(): Chrome 109, the last one on Windows 7, draws later ones grey.
    # Its script is left out: menus are <details>, windows are <dialog>, so 34 kB never travel.
    Package("@tabler/core", "1.0.0", "tabler", {"dist/css/tabler.min.css": "tabler.min.css", "LICENSE": "LICENSE"}),
    Package(
        "@fontsource-variable/golos-text",
        "5.3.0",
        "golos-text",
        {
            "files/golos-text-cyrillic-wght-normal.woff2": "golos-text-cyrillic.woff2",
            "files/golos-text-latin-wght-normal.woff2": "golos-text-latin.woff2",
            "LICENSE": "LICENSE",
        },
    ),
]
ICON_PACKAGE = Package("@tabler/icons", "3.51.0", "tabler-icons", {"LICENSE": "LICENSE"})
# Only what pages use: add a name here, run `make vendor`, then write {% icon "name" %}.
ICONS = """
alert-circle alert-triangle archive arrow-left arrow-right arrows-exchange award ban bell book building calendar
certificate chart-bar check checks chevron-down chevron-left chevron-right chevron-up circle circle-check
circle-dashed circle-x clipboard-list clock copy device-mobile dots download external-link eye file-text filter flag
flame help-circle history home hourglass id info-circle key lifebuoy link list list-check lock login logout mail
mail-opened map-pin message-circle messages minus moon paperclip pencil phone player-pause player-play plus printer
qrcode refresh rotate school search selector send send-off settings shield-check signature speakerphone sun table
trash upload user user-check user-plus user-question user-x users world x
"""


def unpacked(package: Package, scratch: Path) -> Path:
    """Folder with the files of the package, fetched by npm, which checks the registry's integrity hash."""
    packed = subprocess.run(  # noqa: S603
        ["npm", "pack", "--silent", f"{package.name}@{package.version}"],  # noqa: S607
        cwd=scratch,
        check=True,
        capture_output=True,
        text=True,
    )
    target = scratch / package.folder
    with tarfile.open(scratch / packed.stdout.strip().splitlines()[-1]) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def without_source_map(content: bytes) -> bytes:
    """Manifest storage looks for the map that such a comment names, and `collectstatic` fails on it."""
    return re.sub(rb"\s*(/\*|//)[#@]\s*sourceMappingURL=[^\n]*", b"\n", content)


def copy(package: Package, source: Path) -> None:
    folder = VENDOR / package.folder
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for original, name in package.files.items():
        content = (source / original).read_bytes()
        (folder / name).write_bytes(without_source_map(content) if name.endswith((".css", ".js")) else content)
    (folder / "VERSION").write_text(f"{package.name} {package.version}\n")


def sprite(source: Path) -> str:
    """All icons as symbols of one file, drawn in the colour of the text around them."""
    symbols = []
    for name in sorted(ICONS.split()):
        drawing = (source / "icons" / "outline" / f"{name}.svg").read_text()
        shapes = re.findall(r"<(?:path|circle|rect|line|ellipse)\b[^>]*/>", drawing)
        visible = "".join(shape for shape in shapes if 'stroke="none"' not in shape)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{visible}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def checksums() -> str:
    """In the format of sha256sum: `cd static/vendor && sha256sum -c CHECKSUMS`."""
    files = sorted(path for path in VENDOR.rglob("*") if path.is_file() and path.name != "CHECKSUMS")
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(VENDOR).as_posix()}\n" for path in files
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            copy(package, unpacked(package, Path(scratch)))
        icons = unpacked(ICON_PACKAGE, Path(scratch))
        copy(ICON_PACKAGE, icons)
        (STATIC / "portal" / "icons.svg").write_text(sprite(icons))
    (VENDOR / "CHECKSUMS").write_text(checksums())


if __name__ == "__main__":
    main()
