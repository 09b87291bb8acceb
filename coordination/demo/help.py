"""Help as a region keeps it: who looks after a link and until when, one review overdue, and what has changed lately."""

from datetime import timedelta

from coordination.demo.cast import Cast
from coordination.demo.dates import Calendar
from guides.models import Guide, News
from guides.statuses import GuideKind
from organizations.models import Region
from organizations.statuses import Step

_NEWS = [
    (
        "Напоминания об обучении приходят за день и за час",
        "Их получают администраторы, у которых нужный этап – следующий. Выключить можно ссылкой из самого письма.",
    ),
    (
        "Чаты переносим в мессенджер региона",
        "Прежние чаты отметьте на странице «Чаты»: перенесён или нет и почему. В чате должно быть два администратора.",
    ),
]
_LINKS = [
    (GuideKind.LINK, "Сайт Сферума: вход для администратора", "https://sferum.ru/", Step.SIGNED_IN, 90),
    (GuideKind.LINK, "Сообщество Сферума: новости", "https://vk.com/sferum", None, -12),
]


def tell_help(region: Region, cast: Cast, calendar: Calendar) -> None:
    """After the people have come: what was published before is no news to them."""
    for kind, title, url, step, days in _LINKS:
        Guide.objects.create(
            region=region,
            kind=kind,
            title=title,
            url=url,
            step=step,
            owner=cast.vera,
            review_on=calendar.today + timedelta(days=days),
        )
    for title, text in _NEWS:
        News.objects.create(region=region, title=title, text=text, written_by=cast.vera)
