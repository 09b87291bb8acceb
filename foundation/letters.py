"""Texts of letters: templates whose first line is the subject."""

import re
from collections.abc import Mapping
from typing import cast

from django.template import Context, engines
from django.template.backends.django import DjangoTemplates


def render_letter(template: str, context: Mapping[str, object]) -> tuple[str, str]:
    """(subject, text) of a template like `registrations/letters/request.txt`: its first line, and what follows.

    A letter is plain text, so nothing is escaped: «"Лицей" & Ко» arrives as it is.
    """
    engine = cast(DjangoTemplates, engines["django"]).engine
    rendered = engine.get_template(template).render(Context(dict(context), autoescape=False))
    subject, _, text = rendered.strip().partition("\n")
    return " ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"
