"""What is checked before the portal answers anybody."""

from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured


def refuse_unfit_database() -> None:
    """Runs the checks that ask the database; raises ImproperlyConfigured with their words."""
    found = [one for one in run_checks(tags=[Tags.database], databases=["default"]) if one.is_serious()]
    if found:
        raise ImproperlyConfigured("\n".join(f"{one.msg}\n{one.hint or ''}".strip() for one in found))
