"""Kinds of help and words of the room."""

from django.db.models import TextChoices


class GuideKind(TextChoices):
    LINK = "link", "полезная ссылка"
    RECORDING = "recording", "запись"
    ARTICLE = "article", "статья"
    PROBLEM = "problem", "известная проблема"


EVENT_WORDS: dict[str, str] = {}
