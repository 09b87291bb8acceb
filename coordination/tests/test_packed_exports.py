"""The files of before are packed by the migration, and unpacked on the way back."""

from importlib import import_module

import pytest
from django.apps import apps

from accounts.models import User
from coordination.models import Export
from coordination.statuses import ExportFormat, ExportKind, ExportStatus

pytestmark = pytest.mark.django_db
(MOVE,) = import_module("coordination.migrations.0014_packed_exports").Migration.operations


def test_what_waited_before_can_be_fetched_afterwards(vera: User) -> None:
    waited, erased = (
        Export.objects.create(
            by=vera, kind=ExportKind.ORGANIZATIONS, format=ExportFormat.CSV, status=status, content=content
        )
        for status, content in ((ExportStatus.READY, b"7;8\r\n"), (ExportStatus.ERASED, b""))
    )
    MOVE.code(apps, None)
    waited.refresh_from_db()
    erased.refresh_from_db()
    assert waited.file == b"7;8\r\n"
    assert bytes(erased.content) == b""
    MOVE.reverse_code(apps, None)
    waited.refresh_from_db()
    assert bytes(waited.content) == b"7;8\r\n"
