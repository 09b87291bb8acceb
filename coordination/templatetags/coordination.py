"""Words of the coordinator's floor for templates."""

from django import template

from coordination.statuses import Doubt

register = template.Library()


@register.filter
def doubt_words(reason: str) -> str:
    return Doubt(reason).label
