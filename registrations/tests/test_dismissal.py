"""A dismissal confirmed by the head ends the old one's rights at once; and what the new one begins with."""

import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber
from PIL import Image
from pyzbar.pyzbar import decode

from accounts.models import User
from conftest import make_appointment, make_user
from correspondence.models import Letter
from foundation.verbs import WrongStatus
from organizations.journey import next_move_now, reach
from organizations.models import Event, Organization
from organizations.statuses import AdministratorState, AppointmentRole, AppointmentStatus, Source, Step
from registrations.entry import confirm_first_entry
from registrations.models import HandoverRequest, Inquiry, Nominee
from registrations.papers import nomination_slip, successor_memo
from registrations.statuses import (
    AcceptedHow,
    AnswerChannel,
    HandoverStatus,
    NominatedBy,
    PredecessorReason,
)

Enter = Callable[[User], Client]
ANNA = Nominee("Смирнова Анна Петровна", PhoneNumber.from_string("+79001234567"))
TYPED = {
    "full_name": "Смирнова Анна Петровна",
    "phone": "+7 900 123-45-67",
    "phone_again": "+7 900 123-45-67",
    "email": "anna@example.ru",
}
DISMISSED = TYPED | {"predecessor_reason": "dismissed"}


def page(school: Organization) -> str:
    return reverse("registrations:handover", args=[school.pk])


@pytest.fixture
def registered(school: Organization, marina: User) -> Organization:
    for step in (Step.REGISTERED, Step.SIGNED_IN):
        reach(school, step, by=None, source=Source.REGISTRY)
    Organization.objects.filter(pk=school.pk).update(registered_phone="+79000001427")
    return Organization.objects.select_related("region").get(pk=school.pk)


def test_who_gets_404(registered: Organization, vera: User, oleg: User, enter: Enter) -> None:
    change = HandoverRequest.objects.nominate(registered, ANNA, nominated_by=NominatedBy.COORDINATOR, by=vera)
    slip = reverse("registrations:handover-slip", args=[registered.pk, change.pk])
    assert enter(oleg).get(slip).status_code == 404
    assert enter(vera).get(slip).status_code == 200
    assert enter(oleg).post(f"{page(registered)}nominate/", DISMISSED).status_code == 404
    change.withdraw(by=vera)
    assert enter(vera).get(slip).status_code == 404, "a code that opens nothing is not printed"


def test_a_dismissal_ends_the_rights_before_anybody_accepts(
    registered: Organization, marina: User, vera: User, enter: Enter
) -> None:
    hers = enter(marina)
    assert hers.get(page(registered)).status_code == 200
    enter(vera).post(f"{page(registered)}nominate/", DISMISSED)
    change = HandoverRequest.objects.get()
    assert (change.status, change.predecessor_reason) == (HandoverStatus.NOMINATED, PredecessorReason.DISMISSED)
    assert registered not in Organization.objects.administered_by(marina)
    assert hers.get(page(registered)).status_code == 302, "signed out at once"
    registered.refresh_from_db()
    assert registered.administrator_state == AdministratorState.CHANGING
    shown = enter(vera).get(page(registered)).content.decode()
    assert "доступ к порталу закрыт" in shown
    assert "Прежнего администратора в портале уже нет" in shown
    assert change.predecessor.startswith("Демидова Марина Сергеевна"), "the letter to the manager still names her"


def test_red_control_any_other_reason_leaves_the_rights(
    registered: Organization, marina: User, vera: User, enter: Enter
) -> None:
    hers = enter(marina)
    enter(vera).post(f"{page(registered)}nominate/", TYPED | {"predecessor_reason": "absent"})
    assert HandoverRequest.objects.get().predecessor_reason == PredecessorReason.ABSENT
    assert hers.get(page(registered)).status_code == 200


def test_an_administrator_or_deputy_dismisses_nobody(registered: Organization, marina: User, enter: Enter) -> None:
    deputy = make_user(phone="+79000000077")
    until = timezone.localdate() + timedelta(days=9)
    make_appointment(registered, deputy, role=AppointmentRole.DEPUTY, until=until)
    for who in (marina, deputy):
        browser = enter(who)
        assert "закрыть доступ" not in browser.get(page(registered)).content.decode()
        refused = browser.post(f"{page(registered)}nominate/", DISMISSED)
        assert "predecessor_reason" in refused.context["nominate_form"].errors
    assert not HandoverRequest.objects.exists()
    for speaker in (NominatedBy.ADMINISTRATOR, NominatedBy.DEPUTY):
        with pytest.raises(WrongStatus, match="руководитель или координатор"):
            HandoverRequest.objects.nominate(
                registered,
                ANNA,
                nominated_by=speaker,
                by=deputy,
                predecessor_reason=PredecessorReason.DISMISSED,
            )
    assert registered in Organization.objects.administered_by(marina)


def test_a_deputy_names_in_the_own_name(registered: Organization, marina: User, enter: Enter) -> None:
    deputy = make_user(phone="+79000000077")
    until = timezone.localdate() + timedelta(days=9)
    make_appointment(registered, deputy, role=AppointmentRole.DEPUTY, until=until)
    enter(deputy).post(f"{page(registered)}nominate/", TYPED)
    assert HandoverRequest.objects.get().nominated_by == NominatedBy.DEPUTY


def test_the_head_confirms_a_dismissal_by_the_own_link(registered: Organization, marina: User, vera: User) -> None:
    (inquiry,) = Inquiry.objects.ask([registered], by=vera).letters
    typed = TYPED | {"answer": "changed", "by_name": "Петрова Ольга Ивановна", "is_dismissed": "on", "email": ""}
    visitor = Client()
    assert "доступ к порталу сразу" in visitor.get(f"/who/{inquiry.token}/?answer=changed").content.decode()
    done = visitor.post(f"/who/{inquiry.token}/", typed, follow=True).content.decode()
    change = HandoverRequest.objects.get()
    assert change.is_dismissed
    assert registered not in Organization.objects.administered_by(marina)
    assert change.paper_code in done
    slip = visitor.get(f"/who/{inquiry.token}/slip.pdf")
    assert (slip.status_code, slip.content[:4]) == (200, b"%PDF")
    change.accept(how=AcceptedHow.LINK)
    assert visitor.get(f"/who/{inquiry.token}/slip.pdf").status_code == 404


def test_the_head_confirms_a_dismissal_and_knows_no_successor(
    registered: Organization, marina: User, vera: User
) -> None:
    (inquiry,) = Inquiry.objects.ask([registered], by=vera).letters
    inquiry.answer_changed(by_name="Петрова Ольга Ивановна", nominee=None, is_dismissed=True)
    registered.refresh_from_db()
    assert registered.administrator_state == AdministratorState.UNKNOWN
    assert registered.appointments.get().status == AppointmentStatus.ENDED


def test_a_dismissal_told_later_ends_the_one_who_was_to_be_replaced(
    registered: Organization, marina: User, vera: User
) -> None:
    change = HandoverRequest.objects.nominate(registered, ANNA, nominated_by=NominatedBy.COORDINATOR, by=vera)
    stale = HandoverRequest.objects.select_related("organization__region").get(pk=change.pk)
    change.accept(how=AcceptedHow.CALL, by=vera)
    stale.confirm_dismissal(by=vera)
    now = Organization.objects.get(pk=registered.pk)
    assert now.administrator.full_name == ANNA.full_name, "the successor keeps the rights"
    assert Event.objects.filter(verb="appointment.relieved").count() == 1


def test_nobody_known_is_noted_as_such(school: Organization, vera: User, enter: Enter) -> None:
    assert "Что с прежним администратором" not in enter(vera).get(page(school)).content.decode()
    enter(vera).post(f"{page(school)}nominate/", TYPED)
    assert HandoverRequest.objects.get().predecessor_reason == PredecessorReason.UNKNOWN


def test_two_weeks_without_consent_are_told(registered: Organization, marina: User, vera: User) -> None:
    HandoverRequest.objects.nominate(registered, ANNA, nominated_by=NominatedBy.COORDINATOR, by=vera)
    with time_machine.travel(timezone.now() + timedelta(days=16)):
        HandoverRequest.objects.all().expire_due()
    notice = Letter.objects.get(dedupe_key__endswith=":expired")
    assert notice.recipient == vera.email
    assert "Права остались у прежнего администратора" in notice.text
    assert registered in Organization.objects.administered_by(marina)


def test_the_last_day_of_consent_is_the_regions(registered: Organization, vera: User) -> None:
    """At 23:30 of Moscow's last day Tomsk has another day already; nobody there may accept any more."""
    change = HandoverRequest.objects.nominate(registered, ANNA, nominated_by=NominatedBy.COORDINATOR, by=vera)
    end = timezone.datetime.combine(change.expires_on, timezone.datetime.min.time(), registered.region.zone)
    with time_machine.travel(end + timedelta(hours=23)):
        assert change.is_acceptable
        assert HandoverRequest.objects.all().expire_due() == 0
    with time_machine.travel(end + timedelta(hours=25)):
        assert not change.is_acceptable
        assert HandoverRequest.objects.all().expire_due() == 1


def test_the_checklist_opens_anew_for_the_new_person(
    registered: Organization, marina: User, vera: User, enter: Enter
) -> None:
    confirm_first_entry(registered, by=marina)
    entry = reverse("registrations:first-entry", args=[registered.pk])
    assert "ещё не входил(а)" not in enter(marina).get(entry).content.decode()
    change = HandoverRequest.objects.nominate(registered, ANNA, nominated_by=NominatedBy.COORDINATOR, by=vera)
    change.accept(how=AcceptedHow.CALL, by=vera)
    change.complete(by=vera, on=timezone.localdate(), channel=AnswerChannel.CALL)
    fresh = Organization.objects.select_related("region").get(pk=registered.pk)
    assert fresh.administrator.entered_on is None
    assert "ещё не входил" in next_move_now(fresh).title
    browser = enter(vera)
    assert "Смирнова Анна Петровна ещё не входил(а)" in browser.get(entry).content.decode()
    assert "новый администратор ещё не входил" in browser.get(fresh.get_absolute_url()).content.decode()
    shown = browser.get(page(fresh)).content.decode()
    for offer in ("новый приказ (PDF)", "Заменить ссылки-приглашения", "Памятка преемнику", "ещё не входил(а)"):
        assert offer in shown
    assert successor_memo(fresh).startswith(b"%PDF")
    confirm_first_entry(fresh, by=fresh.administrator.user)
    fresh = Organization.objects.select_related("region").get(pk=registered.pk)
    assert fresh.administrator.entered_on == fresh.today
    assert "ещё не входил" not in next_move_now(fresh).title


def test_a_telephone_reads_the_slip_and_a_person_can_type_it(
    registered: Organization, vera: User, tmp_path: Path
) -> None:
    change = HandoverRequest.objects.nominate(registered, ANNA, nominated_by=NominatedBy.COORDINATOR, by=vera)
    (tmp_path / "slip.pdf").write_bytes(nomination_slip(change))
    told = ["pdftotext", str(tmp_path / "slip.pdf"), "-"]
    text = subprocess.run(told, check=True, capture_output=True).stdout.decode()
    assert all(fact in text for fact in (change.paper_code, registered.inn, "Смирнова Анна Петровна", "/handover/"))
    drawn = ["pdftoppm", "-r", "150", "-png", "-singlefile", str(tmp_path / "slip.pdf"), str(tmp_path / "slip")]
    subprocess.run(drawn, check=True)
    (code,) = decode(Image.open(tmp_path / "slip.png"))
    assert Client().get(urlsplit(code.data.decode()).path).status_code == 200
