"""How many people opened a link: told by the page itself once somebody really looks at it, never by a GET."""

import re

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from foundation.codes import normalise
from foundation.limits import Limit, client_address, hit_shared
from invitations.models import Invitation
from invitations.views.unknown import unknown

# A whole school opens its links from one address on the day of the parents' meeting.
PER_ADDRESS, PER_LINK, HOUR = 1200, 3000, 3600
# Previews of messengers, mail scanners and searchers; some of them run scripts, and most say who they are.
_ROBOT = re.compile(
    r"(?<!cu)bot\b|crawl|spider|preview|scan|fetch|monitor|headless|whatsapp|facebookexternalhit|vkshare|slurp"
    r"|safelinks|proofpoint|mimecast|barracuda|curl|wget|python|java/|okhttp|go-http|libwww|axios",
    re.IGNORECASE,
)  # «CUBOT» is a telephone


def is_machine(request: HttpRequest) -> bool:
    agent = request.headers.get("User-Agent", "")
    early = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return not agent or bool(_ROBOT.search(agent)) or "prefetch" in early or "prerender" in early


@login_not_required
@require_POST
def opened(request: HttpRequest, code: str) -> HttpResponse:
    """One statement counts, whatever became of the link; whoever asks too often or is a machine is told the same."""
    link = Invitation.objects.filter(code=normalise(code) or "-")
    if not link.exists():
        return unknown(request)
    own = Limit(f"opened:{client_address(request)}", PER_ADDRESS, HOUR)
    if not is_machine(request) and hit_shared(own, Limit(f"opened-link:{normalise(code)}", PER_LINK, HOUR)):
        link.count_opening()
    return HttpResponse(status=204)
