"""The weekly look at all useful links. In trial mode nothing leaves the machine, so nobody is asked."""

from django.conf import settings

from guides.models import Guide
from guides.probe import Ask, Resolve, ask, resolve, state_of
from guides.statuses import LinkState


def check_links(*, ask: Ask = ask, resolve: Resolve = resolve) -> int:
    """How many links do not open. Where there are several and none answers, our own line is broken: nothing is said."""
    if not settings.PORTAL_LIVE:
        return 0
    states = {row: state_of(row.url, row.sites, ask=ask, resolve=resolve) for row in Guide.objects.with_links()}
    asked = [state for state in states.values() if state != LinkState.FOREIGN]
    if len(asked) > 1 and set(asked) == {LinkState.SILENT}:
        return 0
    for row, state in states.items():
        row.note_link(state)
    return sum(state in (LinkState.BROKEN, LinkState.SILENT) for state in asked)
