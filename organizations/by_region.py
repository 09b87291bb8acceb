"""Periodic work that each region has by itself: what fails in one keeps no other from its own."""

import logging
from collections.abc import Callable

from organizations.models import Region

logger = logging.getLogger(__name__)


def for_each_region(work: Callable[[Region], None]) -> None:
    """A claim that failed inside is left unfinished, so its region has another turn when the lease is over."""
    for region in Region.objects.all():
        try:
            work(region)
        except Exception:
            logger.exception("%s failed in region %s.", work.__qualname__, region.pk)
