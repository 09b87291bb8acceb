"""Words of the coordinator's floor for templates."""

from typing import Any

from django import template

from coordination.scope import Scope
from coordination.statuses import Doubt

register = template.Library()


@register.filter
def doubt_words(reason: str) -> str:
    return Doubt(reason).label


@register.simple_tag(takes_context=True)
def list_of(context: template.Context, query: str = "", **more: str) -> str:
    """The address of the list with the rows of a figure: `{% list_of "reached=3" %}`, in the scope of the page."""
    scope: Scope = context.get("scope") or Scope()
    return scope.list_address(query, **more)


@register.simple_tag(takes_context=True)
def desk_query(context: template.Context) -> str:
    """«?…» with the scope of the page, for another view of the same part of the territory."""
    scope: Scope = context.get("scope") or Scope()
    return "".join(scope.desk_address().partition("?")[1:])


@register.simple_tag(takes_context=True)
def desk_of(context: template.Context, **changes: Any) -> str:
    """The desk with another part of the territory in sight: `{% desk_of kind="school" %}`."""
    scope: Scope = context.get("scope") or Scope()
    return scope.desk_address(**changes)
