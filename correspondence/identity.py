"""What makes two letters the same letter, whichever mailbox, folder or number they are met under."""

import re
from hashlib import sha256

_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_MESSAGE_ID = re.compile(rb"^Message-ID:[ \t]*(?:\r?\n[ \t]+)?([^\r\n]*[^\s])", re.IGNORECASE | re.MULTILINE)


def identity_of(content: bytes) -> str:
    """SHA-256 of Message-ID and body: servers on the way add headers of their own, each of them others.

    Without a Message-ID the whole letter counts: a copy too many is better than a letter too few.
    """
    head, *body = _END_OF_HEADERS.split(content, maxsplit=1)
    named = _MESSAGE_ID.search(head)
    if named is None:
        return sha256(content).hexdigest()
    return sha256(named[1] + b"\n" + b"".join(body)).hexdigest()
