"""Mail that some library sends by Django's functions goes the same road as every letter."""

import pytest
from django.core.mail import get_connection, send_mail

from correspondence.models import Letter, LetterStatus
from correspondence.outbox import deliver_due

pytestmark = pytest.mark.django_db


def test_djangos_mail_is_queued_and_in_trial_mode_kept():
    connection = get_connection("correspondence.backend.OutboxBackend")
    assert send_mail("Тема\nстрокой", "Текст", None, ["a@example.org", "b@example.org"], connection=connection)
    assert list(Letter.objects.order_by("pk").values_list("recipient", "subject")) == [
        ("a@example.org", "Тема строкой"),
        ("b@example.org", "Тема строкой"),
    ]
    deliver_due()
    assert set(Letter.objects.values_list("status", flat=True)) == {LetterStatus.KEPT}
