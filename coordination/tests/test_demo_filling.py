"""When the example may be filled, and that two fillings are equal."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from conftest import make_region, make_user
from coordination.demo import CannotFill, fill, has_demo
from foundation.management.commands import up
from organizations.models import Organization

pytestmark = pytest.mark.django_db


def filled_on(moment):
    """What one filling makes, without leaving it there."""
    with time_machine.travel(moment, tick=True), transaction.atomic():
        fill()
        rows = Organization.objects.order_by("inn", "branch")
        fields = ("full_name", "head_name", "inn", "step", "administrator_state", "registered_phone")
        seen = list(rows.values_list(*fields))
        people = list(User.objects.order_by("phone", "email").values_list("full_name", "phone", "email"))
        recent = rows.filter(step_since__year__gt=2022).values_list("step_since", flat=True)
        oldest = max(timezone.localdate() - day for day in recent)
        transaction.set_rollback(True)
    return seen, people, oldest


def test_two_fillings_are_equal_and_dates_move_with_today():
    now = timezone.now()
    first, people, oldest = filled_on(now)
    later, people_later, oldest_later = filled_on(now + timedelta(days=150))

    assert first == later
    assert people == people_later
    assert abs(oldest - oldest_later) < timedelta(days=14)  # holidays move a day


def test_real_data_are_never_mixed_with_the_example():
    make_region()

    with pytest.raises(CannotFill):
        fill()
    with pytest.raises(CommandError, match="не пуста"):
        call_command("fill_demo")
    assert not has_demo()


def test_up_leaves_a_database_alone_where_somebody_has_begun():
    make_user()

    call_command("fill_demo", if_empty=True)
    assert not has_demo()


def test_live_portal_gets_no_example(settings):
    settings.PORTAL_LIVE = True

    call_command("fill_demo", if_empty=True)
    with pytest.raises(CommandError, match="PORTAL_LIVE"):
        call_command("fill_demo")
    assert not has_demo()


def test_second_filling_does_nothing(capsys):
    make_user(is_demo=True)

    call_command("fill_demo")
    assert "уже есть" in capsys.readouterr().out
    assert not Organization.objects.exists()


def test_live_portal_does_not_start_on_a_database_with_the_example(settings, monkeypatch):
    monkeypatch.setattr(up, "call_command", lambda *args, **options: None)
    monkeypatch.setattr(up, "collect_if_changed", lambda: None)
    monkeypatch.setattr(up, "connection", Mock())
    make_user(is_demo=True)
    up.Command()._prepare(empty=True)

    settings.PORTAL_LIVE = True
    with pytest.raises(CommandError, match="лежит пример"):
        up.Command()._prepare(empty=True)
