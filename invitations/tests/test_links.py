"""The school's pages about its links. Strangers get a 404, a coordinator looks, the administrator acts."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from conftest import make_class
from foundation.verbs import WrongStatus
from invitations.models import Invitation
from invitations.models.invitation import roles_of
from invitations.statuses import LinkState, Mode, RequestStatus, Role
from invitations.tests.builders import SFERUM_LINK, in_days, make_invitation, make_request
from organizations.models import Event, Organization
from organizations.statuses import Step

pytestmark = pytest.mark.django_db
Enter = Callable[[User], Client]
VERBS = ["pause", "revoke", "replace", "extend", "link"]


@pytest.fixture
def registered(school: Organization) -> Organization:
    Organization.objects.filter(pk=school.pk).update(step=Step.CLASSES)
    school.refresh_from_db()
    return school


@pytest.fixture
def link(school: Organization) -> Invitation:
    return make_invitation(school)


def grid(organization: Organization, tail: str = "") -> str:
    return f"/organizations/{organization.pk}/invitations/{tail}"


@pytest.mark.parametrize("tail", ["", "{pk}/", "{pk}/poster.pdf", "issue/"])
def test_administrator_of_another_school_gets_404(link: Invitation, oleg: User, enter: Enter, tail: str) -> None:
    assert enter(oleg).get(grid(link.organization, tail.format(pk=link.pk))).status_code == 404


def test_link_under_another_school_is_404(
    link: Invitation, marina: User, enter: Enter, other_school: Organization
) -> None:
    assert enter(marina).get(grid(other_school, f"{link.pk}/")).status_code == 404


@pytest.mark.parametrize("tail", ["invitations/", "invitations/{big}/", "requests/", "requests/tick-list/"])
def test_numbers_that_no_database_holds_are_404(marina: User, enter: Enter, tail: str) -> None:
    big = 10**30
    assert enter(marina).get(f"/organizations/{big}/{tail.format(big=big)}").status_code == 404


def test_anonymous_is_asked_to_sign_in(link: Invitation, client: Client) -> None:
    assert "/accounts/login/" in client.get(grid(link.organization))["Location"]


@pytest.mark.parametrize("who", ["vera", "nadia", "igor"])
def test_coordinators_and_staff_look_and_change_nothing(
    link: Invitation, enter: Enter, who: str, request: pytest.FixtureRequest
) -> None:
    browser = enter(request.getfixturevalue(who))
    assert link.shown_code in browser.get(grid(link.organization)).content.decode()
    one = browser.get(link.get_absolute_url()).content.decode()
    assert SFERUM_LINK not in one
    assert "Отозвать" not in one
    for verb in [*VERBS, "resume", "renewed"]:
        assert browser.post(f"{link.get_absolute_url()}{verb}/").status_code == 404
    assert browser.get(grid(link.organization, "issue/")).status_code == 404
    link.refresh_from_db()
    assert link.state == LinkState.OPEN


def test_administrator_issues_for_many_classes_at_once(registered: Organization, marina: User, enter: Enter) -> None:
    classes = [make_class(registered, section=section) for section in "АБВ"]
    typed = {
        "classes": [c.pk for c in classes],
        "roles": ["pupil", "teacher"],
        "mode": "review",
        "expires_on": in_days(30).isoformat(),
        "limit": "",
        "sferum_link": "",
    }
    browser = enter(marina)
    assert browser.post(grid(registered, "issue/"), typed).status_code == 302
    assert Invitation.objects.count() == 6
    pupils = Invitation.objects.filter(role=Role.PUPIL)
    assert set(pupils.values_list("limit", flat=True)) == {28}, "25 in the class and three to spare"
    registered.refresh_from_db()
    assert registered.step == Step.INVITED
    assert Event.objects.filter(verb="invitation.issued", by=marina).count() == 6
    browser.post(grid(registered, "issue/"), typed)
    assert Invitation.objects.count() == 6, "a live link stays as it is"


def test_classes_without_a_link_are_chosen_beforehand(registered: Organization, marina: User, enter: Enter) -> None:
    make_invitation(registered, section="А")
    fresh = make_class(registered, section="Б")
    form = enter(marina).get(grid(registered, "issue/")).context["form"]
    assert list(form["classes"].initial) == [fresh]


def test_unregistered_school_issues_nothing(school: Organization, marina: User, enter: Enter) -> None:
    make_class(school)
    assert enter(marina).get(grid(school, "issue/")).status_code == 302
    with pytest.raises(WrongStatus):
        Invitation.objects.issue_many(school, school.classes.all(), [Role.PUPIL], by=marina)


def test_class_of_unknown_size_gets_35_places(registered: Organization) -> None:
    assert Invitation.objects.issue(make_class(registered, size=None), Role.PUPIL, by=None).limit == 35


def test_parents_have_links_only_where_the_region_wants_them(registered: Organization) -> None:
    assert Role.PARENT not in roles_of(registered.region)
    school_class = make_class(registered)
    assert Invitation.objects.issue_many(registered, [school_class], list(Role), by=None) != []
    assert not Invitation.objects.filter(role=Role.PARENT).exists()
    registered.region.parents_join_by_link = True
    assert [i.role for i in Invitation.objects.issue_many(registered, [school_class], list(Role), by=None)] == [
        "parent"
    ]


def test_a_code_that_was_taken_is_tried_again(registered: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = make_invitation(registered, section="А").code
    codes = iter([taken, "ABCDEFGHJKMN"])
    monkeypatch.setattr("invitations.models.invitation_set.new_code", lambda: next(codes))
    issued = Invitation.objects.issue(make_class(registered, section="Б"), Role.PUPIL, by=None)
    assert issued.code == "ABCDEFGHJKMN"


def test_the_second_link_for_a_class_and_role_is_refused(link: Invitation) -> None:
    with pytest.raises(WrongStatus, match="уже есть"):
        Invitation.objects.issue(link.school_class, Role.PUPIL, by=None)


@pytest.mark.parametrize(
    "bad",
    [
        "http://sferum.ru/x",
        "https://evil.example/sferum.ru",
        "https://sferum.ru.evil.example/",
        "https://sferum.ru@evil.example/",
        "https://sferum.ru:8443/x",
        "https://evil.example\\@sferum.ru/",
        "https://sferum.ru\\.evil.example/",
        "https://xn--sferum-.ru/",
        "https://ѕferum.ru/",
        "//sferum.ru/x",
        "javascript:alert(1)",
        "https://sferum.ru/ x",
        "https://sferum.ru/\x00",
        "https://sferum.ru/" + "x" * 600,
    ],
)
def test_foreign_and_tricky_links_are_refused(link: Invitation, marina: User, enter: Enter, bad: str) -> None:
    answer = enter(marina).post(f"{link.get_absolute_url()}link/", {"sferum_link": bad})
    assert answer.status_code == 200
    assert "invalid-feedback" in answer.content.decode() or "errorlist" in answer.content.decode()
    link.refresh_from_db()
    assert link.sferum_link == SFERUM_LINK


@pytest.mark.parametrize("good", ["https://vk.me/join/AbC_1-2=", "https://web.max.ru/x?y#z", "https://VK.com"])
def test_official_links_are_kept(link: Invitation, marina: User, enter: Enter, good: str) -> None:
    enter(marina).post(f"{link.get_absolute_url()}link/", {"sferum_link": good})
    link.refresh_from_db()
    assert link.sferum_link == good


def test_direct_link_needs_the_official_one(registered: Organization, marina: User, enter: Enter) -> None:
    school_class = make_class(registered)
    typed = {
        "classes": [school_class.pk],
        "roles": ["pupil"],
        "mode": "direct",
        "expires_on": in_days(3).isoformat(),
    }
    browser = enter(marina)
    assert "укажите ссылку из Сферума" in browser.post(grid(registered, "issue/"), typed).content.decode()
    browser.post(grid(registered, "issue/"), typed | {"sferum_link": SFERUM_LINK})
    assert Invitation.objects.get().mode == Mode.DIRECT


def test_pause_shows_a_reason_and_resume_takes_it_back(link: Invitation, marina: User, enter: Enter) -> None:
    browser = enter(marina)
    browser.post(f"{link.get_absolute_url()}pause/", {"reason": "Сверяем списки"})
    link.refresh_from_db()
    assert (link.state, link.pause_reason) == (LinkState.PAUSED, "Сверяем списки")
    browser.post(f"{link.get_absolute_url()}resume/")
    link.refresh_from_db()
    assert (link.state, link.pause_reason) == (LinkState.OPEN, "")
    assert list(Event.objects.filter(by=marina).values_list("verb", flat=True).order_by("pk")) == [
        "invitation.paused",
        "invitation.resumed",
    ]


def test_revoke_reminds_of_sferum_until_it_is_ticked(link: Invitation, marina: User, enter: Enter) -> None:
    browser = enter(marina)
    assert "Отозвать ссылку для" in browser.get(f"{link.get_absolute_url()}revoke/").content.decode()
    link.refresh_from_db()
    assert link.state == LinkState.OPEN, "looking at the question changes nothing"
    browser.post(f"{link.get_absolute_url()}revoke/")
    reminder = "Теперь обновите ссылку в самом Сферуме, иначе старая продолжит работать"
    assert reminder in browser.get(grid(link.organization)).content.decode()
    assert "Плакат (PDF)" not in browser.get(link.get_absolute_url()).content.decode(), "nobody hangs a dead code"
    browser.post(f"{link.get_absolute_url()}renewed/")
    assert reminder not in browser.get(grid(link.organization)).content.decode()


def test_replace_gives_a_new_code_and_closes_the_old(link: Invitation, marina: User, enter: Enter) -> None:
    enter(marina).post(f"{link.get_absolute_url()}replace/", {"sferum_link": "https://vk.me/new"})
    link.refresh_from_db()
    new = Invitation.objects.live().get()
    assert (link.state, link.replaced_by) == (LinkState.REPLACED, new)
    assert new.code != link.code
    assert (new.role, new.school_class, new.sferum_link) == (link.role, link.school_class, "https://vk.me/new")


def test_a_dead_link_offers_nothing_to_spread(link: Invitation, marina: User, enter: Enter) -> None:
    link.revoke(by=marina)
    text = enter(marina).get(link.get_absolute_url()).content.decode()
    assert link.shown_code in text
    assert "Снимите плакаты" in text
    for words in ("Скопировать текст", "Плакат (PDF)", link.address):
        assert words not in text


def test_the_figures_of_a_link_lead_to_its_requests(link: Invitation, marina: User, vera: User, enter: Enter) -> None:
    make_request(link)
    waiting = f"requests/?school_class={link.school_class_id}&amp;role=pupil&amp;status=pending"
    assert waiting in enter(marina).get(link.get_absolute_url()).content.decode()
    assert "requests/?" not in enter(vera).get(link.get_absolute_url()).content.decode()


def test_two_who_close_a_link_at_once_do_it_once(link: Invitation, marina: User) -> None:
    second = Invitation.objects.with_school().get(pk=link.pk)
    link.revoke(by=marina)
    with pytest.raises(WrongStatus, match="отозвана"):
        second.replace(by=marina)
    assert Invitation.objects.count() == 1


def test_extending_never_shortens(link: Invitation, marina: User, enter: Enter) -> None:
    url = f"{link.get_absolute_url()}extend/"
    browser = enter(marina)
    browser.post(url, {"expires_on": in_days(60).isoformat(), "limit": 40})
    link.refresh_from_db()
    assert (link.expires_on, link.limit) == (in_days(60), 40)
    answer = browser.post(url, {"expires_on": in_days(10).isoformat(), "limit": 5})
    assert "Можно только увеличить" in answer.content.decode()
    with pytest.raises(WrongStatus):
        link.extend(by=marina, expires_on=in_days(1), limit=40)
    link.refresh_from_db()
    assert (link.expires_on, link.limit) == (in_days(60), 40)


BAD_TERMS = [{"expires_on": ""}, {"expires_on": "\x00"}, {"expires_on": "9999-12-31"}, {"limit": "9" * 30}]


@pytest.mark.parametrize("typed", BAD_TERMS)
def test_bad_terms_are_told_at_the_field(link: Invitation, marina: User, enter: Enter, typed: dict[str, str]) -> None:
    answer = enter(marina).post(f"{link.get_absolute_url()}extend/", typed)
    assert answer.status_code == 200
    assert "Не отправлено" in answer.content.decode()


def test_bad_selection_of_classes_is_told(
    registered: Organization, marina: User, enter: Enter, other_school: Organization
) -> None:
    make_class(registered)
    foreign = make_class(other_school)
    for classes in ["\x00", "9" * 30, "abc", str(foreign.pk)]:
        typed = {"classes": [classes], "roles": ["pupil"], "mode": "review", "expires_on": in_days(3).isoformat()}
        answer = enter(marina).post(grid(registered, "issue/"), typed)
        assert answer.status_code == 200
    assert not Invitation.objects.exists()


def test_one_link_shows_code_address_qr_and_text_for_the_chat(link: Invitation, marina: User, enter: Enter) -> None:
    text = enter(marina).get(link.get_absolute_url()).content.decode()
    for words in [link.shown_code, link.address, "<svg", "Скопировать текст", SFERUM_LINK]:
        assert words in text
    assert "код из СМС" in text


def test_one_link_counts_its_requests_by_decision(link: Invitation, vera: User, enter: Enter) -> None:
    make_request(link)
    make_request(link, status=RequestStatus.REJECTED)
    text = enter(vera).get(link.get_absolute_url()).content.decode()
    assert "ждут решения – 1" in text
    assert "отклонены – 1" in text
    assert "Петров" not in text


def test_text_for_the_chat_fits_the_mode(link: Invitation, marina: User, enter: Enter) -> None:
    browser = enter(marina)
    assert "подайте заявку за ребёнка" in browser.get(link.get_absolute_url()).content.decode()
    Invitation.objects.filter(pk=link.pk).update(mode=Mode.DIRECT)
    text = browser.get(link.get_absolute_url()).content.decode()
    assert "на ней ссылка на класс" in text
    assert "заявку за ребёнка" not in text


def test_grid_costs_the_same_for_one_class_and_for_forty(registered: Organization, marina: User, enter: Enter) -> None:
    browser = enter(marina)
    make_invitation(registered, section="А")
    browser.get(grid(registered))
    counts = []
    for number in (0, 40):
        for extra in range(number):
            make_invitation(registered, school_class=make_class(registered, grade=1 + extra % 11, section=f"Г{extra}"))
        with CaptureQueriesContext(connection) as asked:
            browser.get(grid(registered))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_empty_pages_say_what_to_do(school: Organization, marina: User, enter: Enter) -> None:
    browser = enter(marina)
    assert "после регистрации" in browser.get(grid(school)).content.decode()
    Organization.objects.filter(pk=school.pk).update(step=Step.SIGNED_IN)
    assert "Создать классы" in browser.get(grid(school)).content.decode()


def test_words_follow_the_kind_of_organization(school: Organization, marina: User, enter: Enter) -> None:
    Organization.objects.filter(pk=school.pk).update(kind="kindergarten")
    link = make_invitation(school, role=Role.TEACHER)
    assert "воспитатель" in enter(marina).get(link.get_absolute_url()).content.decode()


def test_expired_link_may_be_extended(school: Organization, marina: User) -> None:
    link = make_invitation(school, expires_on=in_days(-5))
    assert link.state == LinkState.EXPIRED
    link.extend(by=marina, expires_on=in_days(10), limit=link.limit)
    assert link.state == LinkState.OPEN
