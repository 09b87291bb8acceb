"""A campaign under way is stopped: no more letters are written, and those that nobody has begun to send stay."""

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from conftest import make_organization
from coordination import campaign_work
from coordination.models import Campaign
from coordination.statuses import CampaignStatus
from coordination.tests.test_campaigns import WORKING, make_campaign, plain, send
from correspondence.models import Letter, LetterStatus
from foundation.verbs import WrongStatus
from organizations.models import Event, Municipality, Region
from organizations.statuses import Step

Enter = Callable[[User], Client]
pytestmark = pytest.mark.django_db
LEFT = {"status": LetterStatus.SENT, "attempt": 1, "sent_at": WORKING, "finished_at": WORKING}


@pytest.fixture
def campaign(region: Region, municipality: Municipality, vera: User) -> Campaign:
    """To five schools."""
    for _ in range(5):
        make_organization(municipality, step=Step.APPOINTED)
    return make_campaign(vera, region)


def stop_after_the_first_batch(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    write = campaign_work._write_batch

    def write_and_be_stopped(taken: Campaign, pks: list[int]) -> None:
        write(taken, pks)
        Campaign.objects.get(pk=campaign.pk).stop(by=campaign.author)

    monkeypatch.setattr(campaign_work, "BATCH", 2)
    monkeypatch.setattr(campaign_work, "_write_batch", write_and_be_stopped)


def test_the_worker_writes_no_more_and_what_was_not_begun_does_not_go(
    campaign: Campaign, vera: User, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_after_the_first_batch(campaign, monkeypatch)
    send(campaign)
    assert campaign.status == CampaignStatus.CANCELLED
    assert [letter.status for letter in Letter.objects.all()] == [LetterStatus.ABORTED] * 2
    page = plain(enter(vera).get(f"/campaigns/{campaign.pk}/result/").content.decode())
    assert "рассылка остановлена раньше: 3" in page
    assert "Остановлена, начало" in page
    assert "Остановить" not in page
    with time_machine.travel(WORKING, tick=False):
        campaign_work.work_on_campaigns()
    assert Letter.objects.count() == 2


def test_red_control_what_is_not_stopped_is_written_to_the_end(campaign: Campaign) -> None:
    send(campaign)
    assert [letter.status for letter in Letter.objects.all()] == [LetterStatus.QUEUED] * 5


def test_written_letters_that_wait_for_the_mailer_are_withdrawn_and_sent_ones_stay(
    campaign: Campaign, vera: User, nadia: User, enter: Enter
) -> None:
    send(campaign)
    gone = Letter.objects.order_by("pk")[0]
    Letter.objects.filter(pk=gone.pk).update(**LEFT)
    address = f"/campaigns/{campaign.pk}/stop/"
    assert enter(nadia).post(address).status_code == 404
    assert "Остановить" in enter(vera).get(f"/campaigns/{campaign.pk}/result/").content.decode()
    page = plain(enter(vera).post(address, follow=True).content.decode())
    assert "Рассылка остановлена. Не уйдёт 4 письма." in page
    gone.refresh_from_db()
    assert gone.status == LetterStatus.SENT
    assert Letter.objects.filter(status=LetterStatus.ABORTED, acted_by=str(vera)).count() == 4
    assert Event.objects.get(verb="campaign.stopped").by == vera


def test_when_all_have_left_there_is_nothing_to_stop(campaign: Campaign, vera: User) -> None:
    send(campaign)
    Letter.objects.update(**LEFT)
    with pytest.raises(WrongStatus, match="уже ушли"):
        campaign.stop(by=vera)
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.SENT
