"""Help where it is needed: drawn by pages of the floors above."""

from typing import Any

from django import template

from guides.models import Guide
from organizations.models import Organization

register = template.Library()


@register.inclusion_tag("guides/_troubles.html")
def troubles(organization: Organization) -> dict[str, Any]:
    """«Не получается?»: known problems and materials on the way to the organization's next step; one statement."""
    step = (organization.step or 0) + 1  # after the last step nothing stands there
    return {"rows": Guide.objects.for_step(step, organization.region), "step": step}
