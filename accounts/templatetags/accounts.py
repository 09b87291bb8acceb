"""The cast of the demo region, for the buttons of `accounts/_cast.html`."""

from django import template
from django.conf import settings

from accounts.models import User, UserQuerySet

register = template.Library()


@register.simple_tag
def demo_cast() -> UserQuerySet:
    """Nobody at all in a live portal."""
    cast: UserQuerySet = User.objects.demo_cast()
    return cast.none() if settings.PORTAL_LIVE else cast
