"""What a page about one organization asks of the person who looks at it."""

from django import template
from django.template.context import Context

from organizations.models import Organization

register = template.Library()


@register.simple_tag(takes_context=True)
def administers(context: Context, organization: Organization) -> bool:
    """Whether the visitor acts for this organization: what is the school's alone is shown to nobody else."""
    return organization.is_administered_by(context["request"].user)
