"""One row of a registry file as it was planned: the pages and the worker read these rows, not the file again."""

from django.db import connection, models
from django.db.models import Q

from organizations.models.import_file import ImportFile
from organizations.models.organization import Organization
from organizations.statuses import Answer, ImportStatus, Outcome

_NOTE_ADDED = """
    UPDATE organizations_importrow
    SET outcome = 'added', is_written = TRUE, said = '{{}}', cells = '[]', organization_id = told.column2
    FROM (VALUES {values}) AS told
    WHERE organizations_importrow.id = told.column1
"""


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def to_write(self) -> "ImportRowQuerySet":
        plain = Q(outcome__in=(Outcome.ADDED, Outcome.CHANGED))
        return self.filter(plain | self._answered(), is_written=False)

    def answered(self) -> "ImportRowQuerySet":
        return self.filter(self._answered())

    @staticmethod
    def _answered() -> Q:
        return Q(outcome=Outcome.ASKED, answer__in=(Answer.YES, Answer.NEW))

    def answer(self, answers: "dict[int, str]") -> int:
        """Keeps what a person says of each row, by number, while the list of changes waits; returns how many."""
        open_ = self.filter(outcome=Outcome.ASKED, file__status=ImportStatus.READY)
        return sum(
            open_.filter(number__in=[number for number, said in answers.items() if said == answer]).update(
                answer=answer
            )
            for answer in set(answers.values())
        )

    def to_undo(self) -> "ImportRowQuerySet":
        return self.filter(is_written=True, is_undone=False)

    def rewrite(self, rows: "list[ImportRow]") -> None:
        """Stores rows as they are now; `bulk_update` takes five times as long over a thousand of them."""
        names = [field.name for field in ImportRow._meta.concrete_fields if field.name not in ("id", "file", "number")]
        self.bulk_create(rows, batch_size=500, update_conflicts=True, unique_fields=["id"], update_fields=names)

    def note_added(self, rows: "list[ImportRow]") -> None:
        """Stores which organizations they have become, and nothing more of what they said.

        In SQL: of tens of thousands of rows, writing the other columns again takes as long as all the rest.
        """
        pairs = [key for row in rows for key in (row.pk, row.organization_id)]
        values = ", ".join(["(%s, %s)"] * len(rows))
        if rows:
            with connection.cursor() as cursor:
                cursor.execute(_NOTE_ADDED.format(values=values), pairs)

    def counts(self) -> dict[str, int]:
        found = dict(self.order_by().values_list("outcome").annotate(models.Count("pk")))
        return {outcome.value: found.get(outcome.value, 0) for outcome in Outcome}


STATE = "administrator_state"
"""Among `written` where the file brought a registered number: the one column that follows from another."""


class ImportRow(models.Model):
    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField("строка")
    outcome = models.CharField("что будет", max_length=10, choices=Outcome)
    name = models.CharField("наименование", max_length=500, blank=True)
    organization = models.ForeignKey(Organization, models.SET_NULL, null=True, related_name="+")
    said = models.JSONField("что сказано", default=dict)
    """What the plan is made of once more when it is written; empty where nothing is to be written."""
    changes = models.JSONField("изменения", default=list)
    """[label, before, after] of each field, in words."""
    problems = models.JSONField("почему не принята", default=list)
    warnings = models.JSONField("замечания", default=list)
    has_warnings = models.BooleanField(default=False)
    cells = models.JSONField("ячейки", default=list)
    """Of a row that is refused, or may yet be: it goes back to its author with the reasons."""
    written = models.JSONField("записано", default=dict)
    """By field [before, after] as they stood in the list, for taking them back."""
    answer = models.CharField("ответ", max_length=10, choices=Answer, blank=True)
    """To «Это она?» of `organization`, where the outcome asks; unanswered rows are not written."""
    is_written = models.BooleanField(default=False)
    is_undone = models.BooleanField(default=False)
    undo_notes = models.JSONField("что не возвращено", default=list)
    """Sentences: what of the row had to stay when the import was taken back."""

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = "строка реестра"
        verbose_name_plural = "строки реестра"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="import_row_once", fields=["file", "number"]),
            models.CheckConstraint(name="import_row_outcome_known", condition=Q(outcome__in=Outcome.values)),
        ]
        indexes = [models.Index(name="import_row_tab", fields=["file", "outcome", "number"])]

    def __str__(self) -> str:
        return f"Строка {self.number}"

    @property
    def reason(self) -> str:
        """All that is wrong with the row, with the columns named."""
        return " ".join(f"{column}: {reason}" if column else reason for column, reason in self.problems)
