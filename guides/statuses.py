"""Kinds of help and words of the room."""

from django.db.models import TextChoices


class GuideKind(TextChoices):
    LINK = "link", "полезная ссылка"
    RECORDING = "recording", "запись"
    ARTICLE = "article", "статья"
    PROBLEM = "problem", "известная проблема"


class LinkState(TextChoices):
    """What came of asking whether a link opens."""

    OPENS = "opens", "открывается"
    BROKEN = "broken", "страницы нет"
    SILENT = "silent", "сайт не отвечает"
    FOREIGN = "foreign", "не проверяется: сайта нет в списке региона"


EVENT_WORDS = {
    "guide.added": "Добавлен материал помощи",
    "guide.changed": "Материал помощи изменён",
    "guide.removed": "Материал помощи удалён",
    "guide.reviewed": "Материал помощи проверен",
    "news.added": "Опубликована запись «Что изменилось»",
    "news.changed": "Запись «Что изменилось» исправлена",
    "news.removed": "Запись «Что изменилось» удалена",
    "training.added": "Назначено обучение",
    "training.changed": "Обучение изменено",
    "training.cancelled": "Обучение отменено",
    "training.removed": "Запись об обучении удалена",
}
