"""Letters about trainings: to administrators, with a link by which the reader switches them off."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.defaultfilters import date as format_date
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from correspondence.drafts import is_address
from correspondence.models import Draft, Letter, Link
from foundation.letters import render_letter
from organizations.models import Region

if TYPE_CHECKING:
    from guides.models import Training

REMINDERS = "training-reminders"


def thread_of(training: "Training") -> str:
    return f"training:{training.pk}"


def reminders(training: "Training", ahead: str, region: Region, people: Iterable[User]) -> list[Draft]:
    """One each for `ahead`, "day" or "hour". A training that has been moved is another one: it is reminded of anew."""
    with timezone.override(region.zone):
        starts = timezone.localtime(training.starts_at)
        context = {
            "training": training,
            "ahead": ahead,
            "day": format_date(starts, "l, j E"),
            "hour": format_date(starts, "H:i"),
            "region": region,
            "page": settings.PORTAL_URL + reverse("guides:guides"),
        }
        subject, text = render_letter("guides/letters/reminder.txt", context)
    return [
        Draft(
            dedupe_key=f"training:{training.pk}:{training.starts_at:%Y%m%d%H%M}:{ahead}:{person.pk}",
            to=person.email or "",
            subject=subject,
            text=text,
            queue=f"administrator:{person.pk}",
            thread=thread_of(training),
            links={"stop": Link(path="/guides/reminders/{token}/", purpose=REMINDERS, object_id=person.pk)},
        )
        for person in people
        if is_address(person.email or "")
    ]


def called_off(training: "Training", *, by: User) -> None:
    """Reminders that have not left are withdrawn; whoever has been reminded hears that the training will not be."""
    written = Letter.objects.filter(thread=thread_of(training))
    written.drop_untouched(by=by)
    told = written.on_their_way().values_list("recipient", "queue")
    with timezone.override(training.region.zone if training.region else None):
        when = format_date(timezone.localtime(training.starts_at), "j E, H:i")
        subject, text = render_letter("guides/letters/called_off.txt", {"training": training, "when": when})
    Letter.objects.write_many(
        [
            Draft(
                dedupe_key=f"training:{training.pk}:called-off:{address}",
                to=address,
                subject=subject,
                text=text,
                queue=queue,
            )
            for address, queue in sorted(set(told))
        ]
    )
