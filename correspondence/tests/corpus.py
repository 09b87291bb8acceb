"""The letters of the corpus, and what we hold to be the truth about each that its index does not tell."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field

from conftest import SHARED_DATA
from correspondence.models import IncomingKind
from correspondence.parts import parsed, text_of
from correspondence.quotes import cut
from correspondence.reading import Reading, read
from correspondence.tests.quoting import ABOVE_A_FORWARD, ABOVE_A_REPLY, ASKED, OWN, quote

MAIL = SHARED_DATA / "mail"

# Said to be bounces by the index; looked at, they are something else.
NO_BOUNCES = {
    "lhost-messagingserver-07.eml": IncomingKind.DELAY,  # «has been delayed … will continue to try»
    "lhost-opensmtpd-16.eml": IncomingKind.DELAY,  # «only a temporary failure report», Action: delayed
    "lhost-fml-03.eml": IncomingKind.AUTOMATIC,  # a list server's alarm about a loop: no letter came back
}
KINDS = {"bounce/DSN": IncomingKind.BOUNCE, "auto-reply (RFC 3834)": IncomingKind.AUTOMATIC}

# The share that must be right.
GOALS = {
    "bounces recognised": 0.98,
    "delays recognised": 1,
    "automatic answers recognised": 1,
    "letters of persons kept as such": 1,
    "letters that do not raise": 1,
}

FINE = "Hi. I am fine.\n\nThanks,\nAlex"
# Every reply of the corpus that quotes, and the words of its sender; read by a person. Empty lines do not count.
OWN_WORDS = {
    **dict.fromkeys(
        [
            *("talon/html_replies/gmail.html", "talon/html_replies/hotmail.html", "talon/html_replies/mail_ru.html"),
            *("talon/html_replies/ms_outlook_2003.html", "talon/html_replies/ms_outlook_2007.html"),
            *("talon/html_replies/ms_outlook_2010.html", "talon/html_replies/thunderbird.html"),
            *("talon/html_replies/windows_mail.html", "talon/html_replies/yandex_ru.html"),
        ],
        FINE,
    ),
    **{
        f"talon/standard_replies/{name}.eml": "Hello"
        for name in (
            *("android", "aol", "apple_mail", "apple_mail_2", "comcast", "gmail", "hotmail", "outlook"),
            *("sparrow", "thunderbird", "yahoo"),
        )
    },
    "talon/standard_replies/iphone.eml": "Hello\n\nSent from my iPhone",
    "talon/OLK_SRC_BODY_SECTION.html": "Reply",
    "talon/reply-separated-by-hr.html": "Hi\nthere\nBob",
    "talon/reply-quotations-share-block.eml": "Hi Katharine.…Joe XXX",  # «…» stands for a paragraph
    "django_helpdesk/forwarded-message.eml": "This is email body",
    "django_helpdesk/utf-nondecodable.eml": "",  # a bare forward
}


@dataclass(frozen=True)
class Sample:
    name: str
    kind: IncomingKind
    raw: bytes


@dataclass
class Figure:
    what: str
    right: int = 0
    wrong: list[str] = field(default_factory=list)

    def count(self, name: str, is_right: bool) -> None:
        self.right += is_right
        if not is_right:
            self.wrong.append(name)

    @property
    def of(self) -> int:
        return self.right + len(self.wrong)

    def __str__(self) -> str:
        share = f"{self.right} of {self.of}"
        return f"{share} ({100 * self.right / max(1, self.of):.1f} %)" + (f": not {self.wrong}" if self.wrong else "")


def samples() -> Iterator[Sample]:
    with (MAIL / "index.csv").open(encoding="utf-8", newline="") as index:
        for row in csv.DictReader(index):
            name = row["file"]
            kind = NO_BOUNCES.get(name.rpartition("/")[2]) or KINDS.get(row["kind"], IncomingKind.PERSONAL)
            yield Sample(name, kind, raw_of(name))


def raw_of(name: str) -> bytes:
    """A page without headers is put into a letter."""
    content = (MAIL / name).read_bytes()
    return b"Content-Type: text/html; charset=utf-8\n\n" + content if name.endswith(".html") else content


def recognition() -> list[Figure]:
    kinds = (IncomingKind.BOUNCE, IncomingKind.DELAY, IncomingKind.AUTOMATIC, IncomingKind.PERSONAL)
    *figures, raised = map(Figure, GOALS)
    by_kind = dict(zip(kinds, figures, strict=True))
    for sample in samples():
        found = _read(sample.raw)
        raised.count(sample.name, found is not None)
        by_kind[sample.kind].count(sample.name, found is not None and found.kind == sample.kind)
    return [*figures, raised]


def own_words() -> Figure:
    figure = Figure("replies whose own text is cut right")
    for name, expected in OWN_WORDS.items():
        figure.count(name, _is_same(cut(text_of(parsed(raw_of(name)))).own, expected))
    return figure


def quote_headers() -> Figure:
    """Ways of quoting, with the answer above; the marked ones with the answer below too."""
    figure = Figure("ways of quoting cut right")
    for client, above, is_marked in ABOVE_A_REPLY:
        figure.count(client, cut("\n".join([OWN, "", *above, *quote(is_marked)])).own == OWN)
        if is_marked:
            figure.count(f"{client}, below", cut("\n".join([*above, *quote(True), "", OWN])).own == OWN)
    for client, above in ABOVE_A_FORWARD:
        forwarded = [*above, "", *quote(above[0].startswith(">"))]
        figure.count(f"{client}, forward", cut("\n".join([ASKED[0], "", *forwarded])).own == ASKED[0])
    return figure


def _read(raw: bytes) -> Reading | None:
    try:
        return read(raw)
    except Exception:
        return None


def _is_same(own: str, expected: str) -> bool:
    words, (first, _, last) = " ".join(own.split()), expected.partition("…")
    if last:
        return words.startswith(first) and words.endswith(last)
    return words == " ".join(expected.split())
