"""The cast of the demo region for its buttons, and browsers in words."""

from django import template
from django.conf import settings

from accounts.models import User, UserQuerySet

register = template.Library()
# In this order: later names also stand in the signatures of the browsers before them.
BROWSERS = {
    "YaBrowser": "Яндекс Браузер",
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrom": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


@register.simple_tag
def demo_cast() -> UserQuerySet:
    """Nobody at all in a live portal."""
    cast: UserQuerySet = User.objects.demo_cast()
    return cast.none() if settings.PORTAL_LIVE else cast


@register.filter
def browser(signature: str) -> str:
    """«Яндекс Браузер, Windows» from the signature that browsers send."""
    kinds = [next((words for mark, words in known.items() if mark in signature), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, kinds)) or "неизвестный браузер"
