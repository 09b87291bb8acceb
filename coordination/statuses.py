"""Words of the coordinator's floor."""

from django.db.models import TextChoices


class Doubt(TextChoices):
    """Why one has to ask whether the administrator is still there."""

    EXPIRED = "expired", "срок назначения истёк"
    NOBODY = "nobody", "администратора в портале нет"
    DEPUTY_OVER = "deputy", "срок заместителя истёк, ответа нет"
    MAIL = "mail", "письма администратору не доходят"


EVENT_WORDS = {
    "region.changed": "Изменены сведения о регионе",
    "report.exported": "Выгружена справка",
    "turnaround.exported": "Выгружены сроки ответов Сферума",
    "organizations.exported": "Выгружен список организаций",
}


class Measure(TextChoices):
    """By what the map of municipalities is coloured."""

    REGISTERED = "registered", "зарегистрировано"
    CONFIRMED = "confirmed", "администратор подтверждён"
    INVITED = "invited", "ссылки выпущены"
    MIGRATED = "migrated", "чаты перенесены"
