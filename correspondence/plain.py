"""A letter in HTML as plain text: nh3 makes any HTML well-formed and harmless, a small converter lays it out in lines.

Paragraphs, line breaks, lists and tables become lines, a link keeps its address, a quotation is marked with «> ».
"""

import re
from html import unescape
from html.parser import HTMLParser

import nh3

BLOCKS = {
    *("p", "div", "table", "tr", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "dl", "dt", "dd"),
    *("section", "article", "header", "footer", "center", "address"),
}
SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"}  # an empty line stands before and after
INLINE = {"a", "br", "hr", "td", "th", "blockquote"}
MOST_HTML = 300_000  # characters; own words stand at the beginning, what is longer is a newsletter or an attack
MOST_NESTED = 500  # elements in one another: a parser of HTML needs the square of it (200,000 took 147 s here)
MOST_QUOTES = 20  # levels of quotation that are told apart
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_CLOSED_BY_OTHERS = {"p", "li", "td", "th", "tr", "br", "hr", "img", "meta", "link", "input", "col", "base", "option"}
_SPACE = re.compile(r"[ \t\n\r\f\v\u00a0]+")


def plain_text(html: str) -> str:
    html = html[:MOST_HTML]
    if _is_nested_too_deep(html):
        return _SPACE.sub(" ", unescape(_TAG.sub(" ", html))).strip()
    clean = nh3.clean(
        html,
        tags=BLOCKS | INLINE,
        clean_content_tags={"script", "style", "title"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    lines = _Lines()
    lines.feed(clean)
    lines.close()
    return lines.text()


def _is_nested_too_deep(html: str) -> bool:
    depth = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() not in _CLOSED_BY_OTHERS:
            depth += -1 if tag[1] else 1
            if depth > MOST_NESTED:
                return True
    return False


class _Lines(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line = ""
        self.depth = 0
        self.verbatim = 0
        self.links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._break(even_empty=True)
        elif tag == "a":
            self.links.append((dict(attrs).get("href") or "", len(self.line)))
        elif tag in ("td", "th"):
            self.line += " " if self.line.strip() else ""
        else:
            self._edge(tag)
            self.depth += tag == "blockquote"
            self.verbatim += tag == "pre"
            self.line += "– " if tag == "li" else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        elif tag == "blockquote":
            self._end_quote()
        elif tag not in ("td", "th", "br", "hr"):
            self._edge(tag)
            self.verbatim = max(0, self.verbatim - (tag == "pre"))

    def handle_data(self, data: str) -> None:
        if self.verbatim:
            first, *rest = data.split("\n")
            self.line += first
            for line in rest:
                self._break(even_empty=True)
                self.line += line
            return
        words = _SPACE.sub(" ", data)
        self.line += words.lstrip() if not self.line or self.line.endswith(" ") else words

    def text(self) -> str:
        self._break()
        return "\n".join(self.lines).strip("\n")

    def _edge(self, tag: str) -> None:
        self._break()
        if (tag in SPACED or tag in ("blockquote", "hr")) and self.lines and self.lines[-1].strip("> "):
            self.lines.append(self._marked(""))

    def _break(self, even_empty: bool = False) -> None:
        if self.line.strip() or even_empty:
            self.lines.append(self._marked(self.line.strip()))
        self.line = ""

    def _end_quote(self) -> None:
        self._break()
        while self.depth and self.lines and self.lines[-1].strip("> ") == "":
            self.lines.pop()
        self.depth = max(0, self.depth - 1)
        self.lines.append(self._marked(""))

    def _marked(self, line: str) -> str:
        return (">" * min(self.depth, MOST_QUOTES) + " " + line).rstrip() if self.depth else line

    def _end_link(self) -> None:
        """«на странице (https://…)»; an address that is its own words is not repeated."""
        if not self.links:
            return
        address, start = self.links.pop()
        words = self.line[start:].strip()
        bare = address.removeprefix("mailto:")
        if bare and bare.rstrip("/") not in words and words.rstrip("/") not in bare:
            self.line = f"{self.line.rstrip()} ({bare}) "
