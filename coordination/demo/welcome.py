"""What `manage.py up` says once the portal answers."""

from collections.abc import Iterator

from django.conf import settings

from accounts.models import User
from organizations.models import Region


def welcome_lines() -> Iterator[str]:
    cast = list(User.objects.demo_cast())
    if cast and not settings.PORTAL_LIVE:
        yield "Пример: организации и люди вымышлены. На первой странице можно войти без пароля:"
        width = max(len(person.get_short_name()) for person in cast)
        yield from (f"  {person.get_short_name():<{width}}  {person.demo_role}" for person in cast)
    elif not Region.objects.exists():
        yield "База пуста: откройте страницу и выберите, с чего начать – с примера или с настоящих данных."
