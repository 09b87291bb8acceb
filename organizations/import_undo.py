"""A written import is taken back, batch by batch: what still stands as the file left it. The rest is named.

Left as they are: municipalities that the file brought, and mailboxes that it marked as shared.
"""

from collections import Counter, defaultdict
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from organizations.columns import Field
from organizations.import_missing import NOT_IN_REGISTRY
from organizations.import_register import BATCH
from organizations.journey import unreach
from organizations.models import Appointment, Event, ImportFile, ImportRow, Milestone, Organization
from organizations.models.import_row import STATE
from organizations.statuses import Actor, AppointmentRole, AppointmentStatus, ImportStatus, Outcome, Source, Step

_NOT_YOURS = "Организация теперь вне вашей территории."
_GONE = "Организации уже нет в списке."
_IN_USE = "С организацией уже работали в портале: она оставлена в списке."
_CLASH = "Прежние номера уже заняты другой организацией: строка оставлена как есть."
_MOVED_ON = "Отметка о регистрации оставлена: организация прошла дальше, или это подтвердил кто-то ещё."
_CONFIRMED = "Администратор из файла уже подтверждён или сменился: он оставлен."
_NOT_BACK = "Администратор из файла снят, но прежний не возвращён: назначьте его на странице организации."
_MERGED = "Организация с тех пор объединена с другой записью: строка оставлена как есть."
_STATE_MOVED_ON = "Состояние администратора оставлено: с тех пор его подтвердили, сменили или меняют."
_ABOUT_ADMINISTRATORS = ("appointment.", "deputy.", "handover.", "inquiry.answer")
_MERGINGS = {"organization.merged": 1, "organization.unmerged": -1}
_OWN_VERBS = ("organization.added", "milestone.reached", "appointment.made")


def undo_rows(file: ImportFile) -> None:
    """Goes on where a killed worker stopped; each batch is one transaction that renews the lease."""
    while rows := list(file.rows.to_undo().order_by("number")[:BATCH]):
        held = {"lease_until": file.lease_until, "done": file.done, "tries": file.tries}
        try:
            _undo_batch(file, rows)
        except IntegrityError:  # one of them cannot go back: each on its own, and that one is named
            vars(file).update(held)
            for row in rows:
                _undo_one(file, row)
    with transaction.atomic():
        kept_closed = _reopen(file)
        kept = file.rows.exclude(undo_notes=[]).count()
        report = file.report | {"undone": file.total - kept, "kept": kept, "kept_closed": kept_closed}
        file.finish(ImportStatus.UNDONE, report=report)
        Event.record("import.undone", file, by=file.uploaded_by)


def _undo_one(file: ImportFile, row: ImportRow) -> None:
    held = {"lease_until": file.lease_until, "done": file.done, "tries": file.tries}
    row.refresh_from_db()
    try:
        _undo_batch(file, [row])
    except IntegrityError:
        vars(file).update(held)
        with transaction.atomic():
            file.renew(done=file.done + 1)
            row.refresh_from_db()
            row.undo_notes, row.is_undone = [_CLASH], True
            ImportRow.objects.rewrite([row])


@transaction.atomic
def _undo_batch(file: ImportFile, rows: list[ImportRow]) -> None:
    file.renew(done=file.done + len(rows))
    pks = [row.organization_id for row in rows if row.organization_id]
    mine = Organization.objects.supervised_by(file.uploaded_by).filter(pk__in=pks)
    # FOR UPDATE, where the database has it: nobody hangs a class on an organization that is about to go.
    mine_now = list(mine.values_list("pk", flat=True))
    held = {each.pk: each for each in Organization.objects.select_for_update().filter(pk__in=mine_now)}
    _Undo(file, held).undo(rows)
    for row in rows:
        row.is_undone = True
    ImportRow.objects.rewrite(rows)


class _Undo:
    def __init__(self, file: ImportFile, organizations: dict[int, Organization]) -> None:
        assert file.confirmed_at is not None  # noqa: S101 - `undo` asks for it
        self.file, self.by, self.since = file, file.uploaded_by, file.confirmed_at
        self.organizations = organizations

    def undo(self, rows: list[ImportRow]) -> None:
        found: dict[Outcome, list[tuple[ImportRow, Organization]]] = defaultdict(list)
        merged = self._merged_since()
        for row in rows:
            organization = self.organizations.get(row.organization_id or 0)
            if organization is None:
                row.undo_notes = [_NOT_YOURS if row.organization_id else _GONE]
            elif organization.pk in merged:
                row.undo_notes = [_MERGED]
            else:
                found[Outcome(row.outcome)].append((row, organization))
        self._put_back(found[Outcome.CHANGED])
        self._remove(found[Outcome.ADDED])

    def _merged_since(self) -> set[int]:
        """A merging hands the rows of the one that goes to the one that stays, and chooses between their facts.

        One that was taken back since has put all of that where it was.
        """
        lines = Event.objects.filter(verb__in=_MERGINGS, at__gte=self.since, organization__in=self.organizations)
        standing: Counter[int | None] = Counter()
        for pk, verb in lines.order_by().values_list("organization_id", "verb"):
            standing[pk] += _MERGINGS[verb]
        return {pk for pk, number in standing.items() if pk and number > 0}

    def _put_back(self, pairs: list[tuple[ImportRow, Organization]]) -> None:
        touched: list[tuple[Organization, set[str]]] = []
        moved_on = self._whose_administrator_moved_on(pairs)
        for row, organization in pairs:
            fields = _restore(row, organization)
            if "registered_phone" in fields:
                fields |= _restore_state(row, organization, has_moved_on=organization.pk in moved_on)
            if fields:
                touched.append((organization, fields))
        if touched:
            names = set().union(*(fields for _, fields in touched))
            rows = [organization for organization, _ in touched]
            Organization.objects.bulk_update(rows, sorted(names), batch_size=200)
            lines = [Event.draft("organization.changed", o, o, by=self.by, fields=fields) for o, fields in touched]
            Event.objects.bulk_create(lines, batch_size=BATCH)
        for row, organization in pairs:
            if row.written.get("registered") and not self._take_milestone(organization, Step.REGISTERED):
                row.undo_notes += [_MOVED_ON]
            if row.written.get("administrator"):
                row.undo_notes += self._take_administrator(organization)

    def _whose_administrator_moved_on(self, pairs: list[tuple[ImportRow, Organization]]) -> set[int]:
        """The state that a number had moved may have other reasons by now. A statement, where any was moved."""
        moved = [organization.pk for row, organization in pairs if _moved_state(row)]
        if not moved:
            return set()
        about = Q()
        for beginning in _ABOUT_ADMINISTRATORS:
            about |= Q(verb__startswith=beginning)
        lines = Event.objects.filter(about, organization__in=moved, at__gte=self.since)
        return set(lines.exclude(actor=Actor.REGISTRY).order_by().values_list("organization_id", flat=True))

    def _take_milestone(self, organization: Organization, step: Step) -> bool:
        told = Milestone.objects.filter(organization=organization, step=step, source=Source.REGISTRY)
        return told.exists() and unreach(organization, step, by=self.by, noted_since=self.since)

    def _take_administrator(self, organization: Organization) -> list[str]:
        """Ends the appointment that the file made; whoever stood there before is not put back in office unasked."""
        person = self._named_by_file().filter(organization=organization, status=AppointmentStatus.ACTING).first()
        if person is None:
            return [_CONFIRMED]
        person.relieve(by=self.by)
        self._take_milestone(organization, Step.APPOINTED)
        had_one = organization.appointments.filter(role=AppointmentRole.RESPONSIBLE).exclude(pk=person.pk).exists()
        return [_NOT_BACK] if had_one else []

    def _named_by_file(self) -> Any:
        made = {"source": Source.REGISTRY, "made_by": self.by, "made_at__gte": self.since, "confirmed_on": None}
        return Appointment.objects.filter(role=AppointmentRole.RESPONSIBLE, **made)

    def _remove(self, pairs: list[tuple[ImportRow, Organization]]) -> None:
        used = self._in_use([organization.pk for _, organization in pairs])
        going = []
        for row, organization in pairs:
            if organization.pk in used:
                row.undo_notes = [_IN_USE]
            else:
                row.organization = None
                going.append(organization)
        pks = [organization.pk for organization in going]
        # The journal keeps its lines; only the organization that they point at is no more.
        Event.objects.bulk_create([Event.draft("organization.removed", each, by=self.by) for each in going])
        Event.objects.filter(organization__in=pks).update(organization=None)
        Appointment.objects.filter(organization__in=pks).delete()
        Organization.objects.filter(pk__in=pks).delete()

    def _in_use(self, pks: list[int]) -> set[int]:
        """Those on which more hangs than this very import has hung: whatever table refers to organizations counts.

        But for one that says of itself that the portal fills it from what is known: the rows of a night are no work.
        """
        own: dict[type, Q] = {
            Event: Q(verb__in=_OWN_VERBS),
            Milestone: Q(source=Source.REGISTRY, noted_at__gte=self.since),
            Appointment: Q(
                pk__in=self._named_by_file().filter(user=None, status=AppointmentStatus.ACTING).values("pk")
            ),
        }
        used: set[int] = set()
        for relation in Organization._meta.get_fields(include_hidden=True):
            model = relation.related_model
            if (
                not (relation.auto_created and not relation.concrete)
                or model is ImportRow
                or not isinstance(model, type)
                or getattr(model, "is_derived", False)
            ):
                continue
            name = relation.field.name  # type: ignore[union-attr]
            rows = model._base_manager.filter(**{f"{name}__in": pks})
            if model in own:
                rows = rows.exclude(own[model])
            used.update(rows.order_by().values_list(name, flat=True))
        return used


def _restore(row: ImportRow, organization: Organization) -> set[str]:
    """Puts the fields back that still hold what the file wrote; the others are named in the row's notes."""
    fields = set()
    for name, told in row.written.items():
        if not isinstance(told, list) or name == STATE:
            continue
        before, after = told
        now = getattr(organization, name)
        if (now if name == "municipality_id" else str(now)) != after:
            label = Field.MUNICIPALITY.label if name == "municipality_id" else Field(name).label
            row.undo_notes.append(f"{label}: с тех пор изменено, оставлено как есть.")
            continue
        setattr(organization, name, before)
        fields.add(name.removesuffix("_id"))
    organization.fold_names()
    return fields


def _moved_state(row: ImportRow) -> bool:
    before, after = row.written.get(STATE, ("", ""))
    return bool(before != after)


def _restore_state(row: ImportRow, organization: Organization, *, has_moved_on: bool) -> set[str]:
    """The state goes back with the number that had moved it; the file's own administrator is another matter."""
    if not _moved_state(row) or row.written.get("administrator"):
        return set()
    before, after = row.written[STATE]
    if organization.administrator_state != after or has_moved_on:
        row.undo_notes.append(_STATE_MOVED_ON)
        return set()
    organization.administrator_state = before
    return {STATE}


def _reopen(file: ImportFile) -> int:
    """Opens again whom the file's person closed as missing; returns how many had to stay closed.

    Who was opened and closed anew since then bears another reason.
    """
    mine = Organization.objects.supervised_by(file.uploaded_by).filter(pk__in=file.closed)
    day = timezone.localdate(file.applied_at)
    closed = list(mine.filter(closed_on__gte=day, closed_reason=NOT_IN_REGISTRY, successor=None))
    Organization.objects.filter(pk__in=[each.pk for each in closed]).update(closed_on=None, closed_reason="")
    lines = [Event.draft("organization.reopened", each, each, by=file.uploaded_by) for each in closed]
    Event.objects.bulk_create(lines, batch_size=BATCH)
    return len(file.closed) - len(closed)
