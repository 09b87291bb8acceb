"""The forms that stand on a page, as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

WRITTEN = {"text", "email", "tel", "search", "url", "number", "date", "textarea"}


@dataclass
class Form:
    action: str
    method: str
    kinds: dict[str, str] = field(default_factory=dict)
    """Field → the type of its input, "textarea" or "select"."""
    values: dict[str, str] = field(default_factory=dict)

    @property
    def written(self) -> list[str]:
        """The fields into which a person writes."""
        return [name for name, kind in self.kinds.items() if kind in WRITTEN]


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms, self.open = address, list[Form](), None
        self.list, self.is_first = "", False  # the select that is being read, and whether its first option comes

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(
                urljoin(self.address, given.get("action") or self.address), given.get("method", "get").lower()
            )
            self.forms.append(self.open)
        elif self.open and tag in ("input", "textarea", "select") and (name := given.get("name")):
            self.open.kinds[name] = given.get("type", "text") if tag == "input" else tag
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.open.values[name] = given.get("value", "")
            self.list, self.is_first = (name, True) if tag == "select" else ("", False)
        elif self.open and self.list and tag == "option":
            if self.is_first or "selected" in given:
                self.open.values[self.list] = given.get("value", "")
            self.is_first = False
        elif self.open and tag == "button" and given.get("name"):
            self.open.kinds.setdefault(given["name"], "button")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None


def forms_of(page: str, address: str) -> list[Form]:
    reader = _Reader(address)
    reader.feed(page)
    return reader.forms
