"""The way of an uploaded registry file: kept, shown as a preview, confirmed once, for one person."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from organizations.import_places import Territory
from organizations.import_work import ring_after_commit, work_on_files
from organizations.models import Coordinator, ImportFile
from organizations.regions import regions
from organizations.statuses import ImportStatus

_AT_ONCE = 1000  # rows: a quarter of a second


def may_import(user: User) -> bool:
    return user.is_staff or Coordinator.objects.acting().filter(user=user).exists()


def territory_of(user: User) -> Territory | None:
    """Where the person may import; None is everywhere (portal staff). Nobody's right reaches further by a file."""
    if user.is_staff:
        return None
    territory = Territory.of(user)
    if not territory.codes:
        raise PermissionDenied
    return territory


def region_choices(user: User) -> list[tuple[str, str]]:
    """Numbers and names of the regions that a file without a region column may belong to."""
    territory = territory_of(user)
    return [(code, facts.name) for code, facts in regions().items() if territory is None or code in territory.codes]


def read(file: ImportFile) -> None:
    """A short file is read at once, so that its list of changes is the next page; a long one by the worker."""
    file.read()
    if file.layout["rows"] <= _AT_ONCE:
        work_on_files(pk=file.pk)
    else:
        ring_after_commit()


@transaction.atomic
def confirm(file: ImportFile, *, by: User, version: int) -> None:
    file.confirm(by=by, version=version)
    ring_after_commit()


@transaction.atomic
def undo(file: ImportFile, *, by: User) -> None:
    file.undo(by=by)
    ring_after_commit()


def others_in_work(file: ImportFile) -> list[ImportFile]:
    """Other people's files that are being written into the same regions just now."""
    mine = territory_of(file.uploaded_by)
    others = ImportFile.objects.filter(status=ImportStatus.APPLYING).exclude(pk=file.pk).select_related("uploaded_by")
    return [other for other in others.defer("content") if _overlap(mine, territory_of(other.uploaded_by))]


def _overlap(one: Territory | None, other: Territory | None) -> bool:
    return one is None or other is None or bool(one.codes & other.codes)
