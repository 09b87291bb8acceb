"""Letters to many: looked at, tried, scheduled, sent once to each, by whoever answers for the territory only."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape
from python_calamine import load_workbook

from accounts.models import User
from conftest import make_appointment, make_coordinator, make_municipality, make_organization
from coordination import campaign_work
from coordination.audience import compose
from coordination.campaign_work import work_on_campaigns
from coordination.models import Campaign, CampaignRecipient, Snooze
from coordination.placeholders import check_places, fill
from coordination.statuses import CampaignSkip, CampaignStatus
from coordination.tasks import take_snapshots
from correspondence.models import Draft, Letter
from foundation.verbs import WrongStatus
from organizations.models import Appointment, Coordinator, Municipality, Organization, Region
from organizations.statuses import Step

Enter = Callable[[User], Client]
pytestmark = pytest.mark.django_db
TOMSK = ZoneInfo("Asia/Tomsk")
WORKING = datetime(2026, 11, 25, 11, tzinfo=TOMSK)
TYPED = {"name": "Сверка", "subject": "Про {организация}", "text": "Здравствуйте, {администратор}! {Этап}. {ссылка}"}


def make_campaign(author: User, region: Region, **fields: object) -> Campaign:
    return Campaign.objects.create(**{"author": author, "region": region, **TYPED} | fields)


def send(campaign: Campaign) -> None:
    with time_machine.travel(WORKING, tick=False):
        campaign.schedule(starts_at=timezone.now(), by=campaign.author)
        work_on_campaigns()
    campaign.refresh_from_db()


def told(campaign: Campaign) -> set[Organization]:
    return {one.organization for one in campaign.recipients.exclude(letter=None)}


def plain(page: str) -> str:
    return page.replace("\xa0", " ").replace("\u202f", " ")


def test_strangers_campaigns_are_not_there(region: Region, vera: User, nadia: User, marina: User, enter: Enter) -> None:
    campaign = make_campaign(vera, region, name="Канарейка")
    for user in (nadia, marina):
        browser = enter(user)
        for place in ("", "change/", "result/", "result.xlsx"):
            assert browser.get(f"/campaigns/{campaign.pk}/{place}").status_code == 404
        for verb in ("test", "schedule", "cancel", "change"):
            assert browser.post(f"/campaigns/{campaign.pk}/{verb}/", TYPED).status_code == 404
    assert enter(marina).get("/campaigns/").status_code == 404
    assert enter(marina).post("/campaigns/new/", TYPED).status_code == 404
    assert "Канарейка" not in enter(nadia).get("/campaigns/").content.decode()
    assert Campaign.objects.get().status == CampaignStatus.DRAFT


def test_a_municipal_coordinator_writes_to_her_own_only(
    school: Organization, other_school: Organization, nadia: User, enter: Enter
) -> None:
    browser = enter(nadia)
    browser.post(f"/campaigns/new/?municipality={other_school.municipality_id}", TYPED)
    browser.post("/campaigns/new/", TYPED)
    everybody, elsewhere = Campaign.objects.order_by("-pk")
    if everybody.query:
        everybody, elsewhere = elsewhere, everybody
    page = browser.get(everybody.get_absolute_url()).content.decode()
    assert escape(school.name) in page
    assert escape(other_school.name) not in page
    for campaign in (everybody, elsewhere):
        send(campaign)
    assert told(everybody) == {school}
    assert told(elsewhere) == set()


@pytest.mark.parametrize("loss", ["removed", "deactivated"])
def test_who_has_lost_the_territory_writes_to_nobody(
    region: Region, school: Organization, vera: User, loss: str
) -> None:
    campaign = make_campaign(vera, region)
    if loss == "removed":
        Coordinator.objects.filter(user=vera).update(ended_at=timezone.now())
    else:
        User.objects.filter(pk=vera.pk).update(is_active=False, is_staff=True)
        campaign.refresh_from_db()
    send(Campaign.objects.get(pk=campaign.pk))
    assert not Letter.objects.exists()


def test_the_audience_is_the_filter_of_the_day_it_goes(region: Region, municipality: Municipality, vera: User) -> None:
    left, stays = make_organization(municipality), make_organization(municipality)
    Organization.objects.update(step=Step.APPOINTED)
    campaign = make_campaign(vera, region, query="step=1")
    Organization.objects.filter(pk=left.pk).update(step=Step.REQUESTED)
    came = make_organization(municipality)
    Organization.objects.filter(pk=came.pk).update(step=Step.APPOINTED)
    send(campaign)
    assert told(campaign) == {stays, came}
    assert campaign.status == CampaignStatus.SENT


@pytest.mark.parametrize(
    "text", ["{имя}", "{{ settings.SECRET_KEY }}", "{организация", "}", "{организация.region}", "{}"]
)
def test_unknown_places_are_refused_in_words(text: str, region: Region, vera: User, enter: Enter) -> None:
    with pytest.raises(ValidationError):
        check_places(text)
    page = enter(vera).post("/campaigns/new/", TYPED | {"text": text}).content.decode()
    assert "{организация}" in page.replace("&#123;", "{")
    assert "не знает, чем заменить" in page or "Фигурная скобка без пары" in page
    assert not Campaign.objects.exists()


def test_a_name_that_looks_like_a_place_or_a_tag_stays_as_it_is(school: Organization, vera: User) -> None:
    school.short_name = "{телефон департамента} {{ 7|add:7 }} {% now 'Y' %}"
    assert fill("{организация}!", school, by=vera) == "{телефон департамента} {{ 7|add:7 }} {% now 'Y' %}!"


def test_the_look_shows_three_real_letters_and_who_gets_none(
    region: Region, municipality: Municipality, vera: User, enter: Enter
) -> None:
    rows = [make_organization(municipality, short_name=f"Школа {n}") for n in range(5)]
    person = make_appointment(rows[0])
    Organization.objects.filter(pk=rows[2].pk).update(email=rows[1].email)
    Organization.objects.filter(pk=rows[3].pk).update(email="")
    Organization.objects.filter(pk=rows[4].pk).update(step=Step.MIGRATED)
    campaign = make_campaign(vera, region)
    page = plain(enter(vera).get(campaign.get_absolute_url()).content.decode())
    assert "Уйдут 3 письма" in page
    assert f"Здравствуйте, {person.full_name}!" in page
    assert page.count("Здравствуйте, коллеги!") == 2
    assert "Нет почты: 1" in page
    assert "Всё сделано: 1" in page
    assert "Один ящик у нескольких организаций" in page
    assert not Letter.objects.exists()
    send(campaign)
    row = Organization.objects.filter(pk=rows[0].pk).with_administrators()[0]
    letter = campaign.recipients.get(organization=row).letter
    assert letter is not None
    assert (letter.subject, letter.text) == compose(campaign, row)
    assert letter.recipient == person.email
    assert letter.text in page.replace("&quot;", '"')
    assert {one.organization: one.skipped for one in campaign.recipients.exclude(skipped="")} == {
        rows[3]: CampaignSkip.MAIL,
        rows[4]: CampaignSkip.DONE,
    }


def test_the_done_get_it_too_where_the_author_wants(region: Region, school: Organization, vera: User) -> None:
    Organization.objects.update(step=Step.MIGRATED)
    campaign = make_campaign(vera, region, includes_done=True)
    send(campaign)
    assert told(campaign) == {school}


def test_a_test_goes_to_the_author_alone(region: Region, school: Organization, vera: User, enter: Enter) -> None:
    campaign = make_campaign(vera, region)
    enter(vera).post(f"/campaigns/{campaign.pk}/test/")
    letter = Letter.objects.get()
    assert (letter.recipient, letter.subject) == (vera.email, f"Проба: Про {school.name}")
    assert not campaign.recipients.exists()


def test_nobody_is_written_to_by_a_guess(region: Region, municipality: Municipality, vera: User) -> None:
    lyceum = make_organization(municipality, short_name="Лицей", full_name="Лицей")
    guessed, meant = (make_campaign(vera, region, query=f"q={words}") for words in ("лицй", "лицей"))
    send(guessed)
    send(meant)
    assert told(guessed) == set()
    assert told(meant) == {lyceum}


def test_conditions_too_long_to_keep_are_refused_not_cut(region: Region, vera: User, enter: Enter) -> None:
    answer = enter(vera).post(f"/campaigns/new/?q={'школа+' * 400}&step=1", TYPED, follow=True)
    assert "Условий слишком много" in answer.content.decode()
    assert not Campaign.objects.exists()


class Killed(BaseException):
    """As `kill -9` between two batches."""


def test_killed_halfway_it_goes_on_and_nobody_gets_two(
    region: Region, municipality: Municipality, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = {make_organization(municipality) for _ in range(5)}
    monkeypatch.setattr(campaign_work, "BATCH", 2)
    write, batches = campaign_work._write_batch, []

    def dies_in_the_second(campaign: Campaign, pks: list[int]) -> None:
        with transaction.atomic():
            write(campaign, pks)
            batches.append(pks)
            if len(batches) == 2:
                raise Killed

    campaign = make_campaign(vera, region)
    with time_machine.travel(WORKING, tick=False) as clock:
        campaign.schedule(starts_at=timezone.now(), by=vera)
        monkeypatch.setattr(campaign_work, "_write_batch", dies_in_the_second)
        with pytest.raises(Killed):
            work_on_campaigns()
        assert Letter.objects.count() == 2
        assert work_on_campaigns() == 0, "the lease of the dead worker holds"
        clock.shift(121)
        assert work_on_campaigns() == 1
        assert work_on_campaigns() == 0
    assert told(campaign) == rows
    assert Letter.objects.count() == 5
    assert set(Letter.objects.values_list("recipient", flat=True)) == {row.email for row in rows}


def test_whoever_lost_the_lease_writes_nothing_more(region: Region, school: Organization, vera: User) -> None:
    campaign = make_campaign(vera, region)
    with time_machine.travel(WORKING, tick=False) as clock:
        campaign.schedule(starts_at=timezone.now(), by=vera)
        first = Campaign.objects.claim(campaign.pk)
        assert first is not None
        assert Campaign.objects.claim(campaign.pk) is None
        clock.shift(121)
        work_on_campaigns()
        with pytest.raises(campaign_work.LeaseLost):
            campaign_work._send(first)
    assert Letter.objects.count() == 1


def test_one_letter_for_each_even_if_the_list_is_made_twice(region: Region, school: Organization, vera: User) -> None:
    campaign = make_campaign(vera, region)
    send(campaign)
    CampaignRecipient.objects.all().delete()  # as if somebody had restored an older list
    Campaign.objects.update(status=CampaignStatus.SCHEDULED, lease_until=None)
    with time_machine.travel(WORKING, tick=False):
        work_on_campaigns()
    assert Letter.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignRecipient.objects.create(campaign=campaign, organization=school)


def test_red_control_without_the_key_the_second_list_writes_a_second_letter(
    region: Region, school: Organization, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_for, numbers = campaign_work.draft_for, iter(range(9))

    def keyless(campaign: Campaign, row: Organization) -> object:
        from dataclasses import replace

        return replace(draft_for(campaign, row), dedupe_key=f"campaign-{next(numbers)}")

    monkeypatch.setattr(campaign_work, "draft_for", keyless)
    test_body = test_one_letter_for_each_even_if_the_list_is_made_twice
    with pytest.raises(AssertionError):
        test_body(region, school, vera)
    assert Letter.objects.count() == 2


def test_cancelled_before_it_starts_nobody_gets_anything(
    region: Region, school: Organization, vera: User, enter: Enter
) -> None:
    campaign = make_campaign(vera, region)
    browser = enter(vera)
    with time_machine.travel(WORKING, tick=False) as clock:
        browser = enter(vera)
        page = plain(
            browser.post(
                f"/campaigns/{campaign.pk}/schedule/", {"on": "2026-11-26", "at": "10:30"}, follow=True
            ).content.decode()
        )
        assert "Рассылка назначена: завтра в 10:30." in page
        assert work_on_campaigns() == 0
        browser.post(f"/campaigns/{campaign.pk}/cancel/")
        clock.move_to(datetime(2026, 11, 26, 11, tzinfo=TOMSK))
        assert work_on_campaigns() == 0
    assert not Letter.objects.exists()
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.CANCELLED


def test_too_late_to_cancel_is_told(region: Region, school: Organization, vera: User) -> None:
    campaign = make_campaign(vera, region)
    send(campaign)
    with pytest.raises(WrongStatus, match="письма написаны"):
        campaign.cancel(by=vera)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"on": "2026-11-28"}, "Это выходной"),
        ({"on": "2026-11-26", "at": "21:00"}, "Письма уходят в рабочие дни"),
        ({"on": "2026-11-24"}, "уже прошли"),
        ({"at": "10:00"}, "Укажите день"),
        ({"on": "2027-06-01"}, "не дальше чем на"),
    ],
)
def test_hours_in_which_no_letter_goes_are_refused(
    region: Region, school: Organization, vera: User, enter: Enter, typed: dict[str, str], words: str
) -> None:
    campaign = make_campaign(vera, region)
    with time_machine.travel(WORKING, tick=False):
        page = enter(vera).post(f"/campaigns/{campaign.pk}/schedule/", typed).content.decode()
    assert words in page
    campaign.refresh_from_db()
    assert campaign.is_draft


def test_by_night_it_waits_for_the_morning_of_the_region(
    region: Region, school: Organization, vera: User, enter: Enter
) -> None:
    campaign = make_campaign(vera, region)
    with time_machine.travel(datetime(2026, 11, 27, 22, tzinfo=TOMSK), tick=False) as clock:
        page = enter(vera).post(f"/campaigns/{campaign.pk}/schedule/", {}, follow=True).content.decode()
        assert "нерабочее время. Письма уйдут 30\u00a0нояб. в 09:00." in page
        assert "начало 30 ноября в 09:00" in page, "what is said and what stands on the page is one thing"
        assert work_on_campaigns() == 0
        clock.move_to(datetime(2026, 11, 30, 9, 5, tzinfo=TOMSK))
        assert work_on_campaigns() == 1
    assert Letter.objects.count() == 1


def test_the_result_tells_of_each_and_is_a_workbook(
    region: Region, municipality: Municipality, vera: User, enter: Enter
) -> None:
    _, two, silent = (make_organization(municipality, short_name=name) for name in ("Первая", "Вторая", "Третья"))
    Organization.objects.filter(pk=silent.pk).update(email="")
    campaign = make_campaign(vera, region)
    send(campaign)
    Letter.objects.filter(recipient=two.email).update(
        status="failed", finished_at=timezone.now(), error_words="Ящика нет"
    )
    browser = enter(vera)
    page = plain(browser.get(campaign.get_absolute_url(), follow=True).content.decode())
    for words in ("ждёт отправки: 1", "не доставлено: 1", "нет почты: 1", "Ящика нет"):
        assert words in page
    failed = browser.get(f"/campaigns/{campaign.pk}/result/?state=failed").content.decode()
    assert "Вторая" in failed
    assert "Первая" not in failed
    book = load_workbook(BytesIO(browser.get(f"/campaigns/{campaign.pk}/result.xlsx").content))
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[1:]] == ["Вторая", "Первая", "Третья"]
    assert rows[3][3] == "нет почты"


def test_what_came_of_a_lost_territory_is_not_shown(
    region: Region, school: Organization, nadia: User, enter: Enter
) -> None:
    campaign = make_campaign(nadia, region)
    send(campaign)
    Coordinator.objects.filter(user=nadia).update(ended_at=timezone.now())
    make_coordinator(region, make_municipality(region), nadia)
    browser = enter(nadia)
    assert escape(school.name) not in browser.get(f"/campaigns/{campaign.pk}/result/").content.decode()
    book = load_workbook(BytesIO(browser.get(f"/campaigns/{campaign.pk}/result.xlsx").content))
    assert len(book.get_sheet_by_index(0).to_python()) <= 1


def test_look_and_batch_cost_the_same_for_three_and_three_hundred(
    region: Region, municipality: Municipality, vera: User, enter: Enter
) -> None:
    browser, campaign = enter(vera), make_campaign(vera, region)

    def statements() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as look:
            browser.get(campaign.get_absolute_url())
        again = make_campaign(vera, region)
        with CaptureQueriesContext(connection) as work:
            send(again)
        return len(look), len(work)

    def more(number: int) -> None:
        start = Organization.objects.count()
        rows = (
            Organization(region=region, municipality=municipality, full_name=f"Школа {n}", inn=str(n), email="a@b.ru")
            for n in range(start, start + number)
        )
        Organization.objects.bulk_create(rows)

    more(3)
    statements()
    few = statements()
    more(150)
    look, work = statements()
    assert look == few[0]
    assert work <= few[1] + 4, "SQLite takes 39 letters in one statement"


def test_a_campaign_that_cannot_be_written_keeps_no_other_from_going(
    region: Region, school: Organization, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, good = (make_campaign(vera, region, name=name) for name in ("Первая", "Вторая"))
    real = campaign_work.draft_for

    def fails(campaign: Campaign, row: Organization) -> object:
        if campaign == broken:
            raise ValueError
        return real(campaign, row)

    monkeypatch.setattr(campaign_work, "draft_for", fails)
    with time_machine.travel(WORKING, tick=False):
        for campaign in (broken, good):
            campaign.schedule(starts_at=timezone.now(), by=vera)
        assert work_on_campaigns() == 1
    assert told(good) == {school}
    assert told(broken) == set()


def test_a_day_of_closing_that_is_still_to_come_keeps_nobody_from_a_letter(
    region: Region, school: Organization, vera: User
) -> None:
    Organization.objects.filter(pk=school.pk).update(closed_on=WORKING.date() + timedelta(days=1))
    campaign = make_campaign(vera, region)
    send(campaign)
    assert told(campaign) == {school}


def test_nobody_is_written_to_by_a_past_day(region: Region, school: Organization, vera: User) -> None:
    campaign = make_campaign(vera, region, query="as_of=2026-11-20")
    with time_machine.travel(datetime(2026, 11, 21, 1, tzinfo=TOMSK), tick=False):
        take_snapshots()
    send(campaign)
    assert told(campaign) == set()


@pytest.mark.parametrize("whose", ["own", "official", "shared", "none"])
def test_a_name_goes_only_to_the_mailbox_of_its_person(
    region: Region, school: Organization, vera: User, whose: str
) -> None:
    """Official mailboxes are read by many."""
    person = make_appointment(school)
    if whose == "shared":
        User.objects.filter(pk=person.user_id).update(email_is_shared=True)
    elif whose != "own":
        emails = {"official": school.email.upper(), "none": ""}
        Appointment.objects.filter(pk=person.pk).update(email=emails[whose])
    send(make_campaign(vera, region))
    assert (person.full_name in Letter.objects.get().text) is (whose == "own")
    assert ("Здравствуйте, коллеги!" in Letter.objects.get().text) is (whose != "own")


def test_what_the_author_loses_while_it_is_sent_gets_no_letter(
    region: Region, municipality: Municipality, other_school: Organization, nadia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that was made before says who was hers then; each batch asks anew."""
    rows = [make_organization(municipality) for _ in range(3)]
    monkeypatch.setattr(campaign_work, "BATCH", 2)
    write = campaign_work._write_batch

    def moves_the_last_away(campaign: Campaign, pks: list[int]) -> None:
        write(campaign, pks)
        Organization.objects.filter(pk=rows[2].pk).update(municipality=other_school.municipality)

    monkeypatch.setattr(campaign_work, "_write_batch", moves_the_last_away)
    campaign = make_campaign(nadia, region)
    send(campaign)
    assert told(campaign) == set(rows[:2])
    assert campaign.recipients.get(organization=rows[2]).skipped == CampaignSkip.FOREIGN


def test_what_is_put_off_gets_no_letter(region: Region, school: Organization, vera: User, enter: Enter) -> None:
    Snooze.objects.put_off(school, until=date(2027, 1, 11), reason="директор в отпуске", by=vera)
    campaign = make_campaign(vera, region)
    assert "Отложена в списке дел: 1" in plain(enter(vera).get(campaign.get_absolute_url()).content.decode())
    send(campaign)
    assert campaign.recipients.get().skipped == CampaignSkip.SNOOZED


def test_a_test_is_a_letter_that_will_really_go_and_goes_to_a_mailbox_of_ones_own(
    region: Region, municipality: Municipality, vera: User, enter: Enter
) -> None:
    make_organization(municipality, short_name="А", email="")
    ready = make_organization(municipality, short_name="Б")
    campaign = make_campaign(vera, region)
    enter(vera).post(f"/campaigns/{campaign.pk}/test/")
    assert Letter.objects.get().subject == f"Проба: Про {ready.name}"
    User.objects.filter(pk=vera.pk).update(email_is_shared=True)
    page = enter(vera).post(f"/campaigns/{campaign.pk}/test/", follow=True).content.decode()
    assert "Пробное письмо отправить некуда" in page
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("address", ["vera@localhost", "вера", ""])
def test_a_wrong_mailbox_of_the_author_keeps_no_letter_back(
    school: Organization, region: Region, vera: User, enter: Enter, address: str
) -> None:
    """It came by an import of users, say; a draft with it is refused, and the campaign would be tried for ever."""
    campaign = make_campaign(vera, region)
    page = enter(vera).get(campaign.get_absolute_url()).content.decode()
    assert f"на {vera.email}" in page
    if address:
        with pytest.raises(ValidationError):
            Draft(dedupe_key="red control", to="a@example.ru", subject="", text="", reply_to=address)
    User.objects.filter(pk=vera.pk).update(email=address or None, phone="+79000001490")
    campaign = Campaign.objects.get(pk=campaign.pk)
    send(campaign)
    assert campaign.status == CampaignStatus.SENT
    assert Letter.objects.get().reply_to == ""
    again = make_campaign(User.objects.get(pk=vera.pk), region)
    assert "у вас нет своей почты" in enter(vera).get(again.get_absolute_url()).content.decode()
