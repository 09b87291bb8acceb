"""The way of an uploaded registry file: kept, shown as a preview, confirmed once, for one person."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from foundation.tables import Table, read_table
from foundation.verbs import WrongStatus
from organizations.import_apply import apply
from organizations.import_places import Territory
from organizations.imports import ImportPlan, plan_import
from organizations.models import Coordinator, ImportFile
from organizations.regions import regions


class PlanChanged(Exception):
    """Between the preview and the confirmation somebody changed what the file would do."""


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


def preview(file: ImportFile) -> ImportPlan:
    return plan_import(table_of(file), region=file.region_code, territory=territory_of(file.uploaded_by))


def table_of(file: ImportFile) -> Table:
    return read_table(bytes(file.content), file.name)


def confirm(file: ImportFile, *, fingerprint: str, by: User) -> None:
    """Applies what the preview showed. Raises PlanChanged where it would do anything else by now."""
    table = table_of(file)
    try:
        with transaction.atomic():
            won = ImportFile.objects.filter(pk=file.pk, applied_at=None).update(applied_at=timezone.now())
            if not won:
                raise WrongStatus("Этот файл уже загружен.")
            plan = plan_import(table, region=file.region_code, territory=territory_of(by))
            if plan.fingerprint != fingerprint:
                raise PlanChanged
            apply(plan, by=by)
            report = {**plan.counts, "reasons": plan.reasons, "warnings": plan.warnings}
            # The report is enough from here on; the names and telephones of the file itself are not kept.
            ImportFile.objects.filter(pk=file.pk).update(report=report, content=b"")
    except IntegrityError as error:
        raise PlanChanged from error
