"""Three piles: what the lists of the school say of its pending requests."""

import random
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from benchmarks.typed_names import DISTORTIONS, People, make_school
from conftest import make_class
from invitations.models import ApplicantBlock, ExpectedMember, Invitation, JoinRequest, ListGround, ListMatch
from invitations.piles import Piles, Verdict, piles_of
from invitations.statuses import Pile, RequestStatus, Role
from invitations.tests.builders import make_invitation, make_request
from organizations.models import Organization, SchoolClass

ILYA = "Петров Илья Сергеевич"


@pytest.fixture
def link(school: Organization, marina: User) -> Invitation:
    """Pupils of 7 «Б» of a school that may keep lists."""
    ListGround.objects.create(
        organization=school,
        document="Приказ",
        number="12",
        dated_on=date(2026, 9, 1),
        wave_ends_on=date(2026, 12, 31),
        recorded_by=marina,
    )
    return make_invitation(school)


def expect(school_class: SchoolClass, *names: str, role: str = Role.PUPIL) -> list[ExpectedMember]:
    return [
        ExpectedMember.objects.create(
            organization=school_class.organization, school_class=school_class, role=role, full_name=name
        )
        for name in names
    ]


def expect_staff(school: Organization, *names: str) -> list[ExpectedMember]:
    return [ExpectedMember.objects.create(organization=school, role=Role.TEACHER, full_name=name) for name in names]


def verdict_on(request: JoinRequest) -> Verdict:
    return piles_of(request.organization).verdicts[request.pk]


def take(line: ExpectedMember, by: JoinRequest) -> None:
    JoinRequest.objects.filter(pk=by.pk).update(status=RequestStatus.ACCEPTED)
    ListMatch.objects.create(member=line, request=by)


def test_a_name_of_the_list_is_exact_and_gets_its_line(link: Invitation) -> None:
    line, _ = expect(link.school_class, ILYA, "Иванова Анна Олеговна")
    assert verdict_on(make_request(link, full_name="ПЕТРОВ  Илья Сергеевич")) == Verdict(Pile.EXACT, line.pk)


def test_a_name_that_was_understood_says_how(link: Invitation) -> None:
    (line,) = expect(link.school_class, ILYA)
    verdict = verdict_on(make_request(link, full_name="Илья Петров"))
    assert verdict == Verdict(Pile.EXACT, line.pk, f"в списке: {ILYA} – в заявке нет отчества")


def test_a_like_name_shows_what_differs(link: Invitation) -> None:
    expect(link.school_class, ILYA)
    verdict = verdict_on(make_request(link, full_name="Петров Илья Андреевич"))
    assert verdict == Verdict(Pile.NEAR, None, f"в списке: {ILYA} – другое отчество")


def test_a_like_name_that_nothing_contradicts_has_its_line_for_whoever_accepts_it(link: Invitation) -> None:
    (line,) = expect(link.school_class, ILYA)
    request = make_request(link, full_name="Петрв Илья")
    assert verdict_on(request).pile == Pile.NEAR
    assert verdict_on(request).member == line.pk
    first = make_request(link)
    assert verdict_on(first) == Verdict(Pile.EXACT, line.pk)
    assert verdict_on(request).member is None
    assert f"строка уже занята заявкой {first.number}" in verdict_on(request).words


def test_a_stranger_is_unknown(link: Invitation) -> None:
    expect(link.school_class, ILYA)
    assert verdict_on(make_request(link, full_name="Зайцев Олег Иванович")) == Verdict(Pile.UNKNOWN)


def test_without_a_list_there_is_one_pile(link: Invitation) -> None:
    expect(link.school_class, "Петрова Ирина Львовна", role=Role.PARENT)
    assert verdict_on(make_request(link)) == Verdict(Pile.UNLISTED)


def test_without_the_ground_lists_are_not_even_looked_at(school: Organization) -> None:
    link = make_invitation(school)
    expect(link.school_class, ILYA)
    assert verdict_on(make_request(link)) == Verdict(Pile.UNLISTED)


def test_a_used_line_is_named_with_its_request(link: Invitation) -> None:
    (line,) = expect(link.school_class, ILYA)
    first = make_request(link)
    take(line, first)
    assert verdict_on(make_request(link)) == Verdict(Pile.NEAR, None, f"строка уже занята заявкой {first.number}")


def test_of_two_lines_of_one_name_the_free_one_is_given(link: Invitation) -> None:
    used, free = expect(link.school_class, ILYA, ILYA)
    take(used, make_request(link))
    assert verdict_on(make_request(link)) == Verdict(Pile.EXACT, free.pk)


def test_two_requests_of_one_name_are_namesakes_until_told_apart(link: Invitation) -> None:
    lines = expect(link.school_class, ILYA, ILYA)
    one, other = make_request(link), make_request(link, full_name="Илья Петров")
    piles = piles_of(link.organization)
    assert [piles.verdicts[row.pk].pile for row in (one, other)] == [Pile.NEAR, Pile.NEAR]
    assert piles.namesakes == {one.pk: (other.pk,), other.pk: (one.pk,)}
    assert piles.verdicts[one.pk] == Verdict(Pile.NEAR, lines[0].pk, f"то же имя в заявке {other.number}")

    JoinRequest.objects.filter(pk=other.pk).update(is_told_apart=True)
    piles = piles_of(link.organization)
    assert {piles.verdicts[row.pk].member for row in (one, other)} == {line.pk for line in lines}
    assert piles.of(Pile.EXACT) == [one.pk, other.pk]
    assert piles.namesakes == {}


def test_two_people_told_apart_do_not_share_one_line(link: Invitation) -> None:
    expect(link.school_class, ILYA)
    one, other = make_request(link), make_request(link, is_told_apart=True)
    piles = piles_of(link.organization)
    assert piles.of(Pile.NEAR) == [one.pk, other.pk]
    assert "больше, чем строк" in piles.verdicts[one.pk].words


def test_namesakes_are_seen_without_a_list_and_outside_it(link: Invitation, school: Organization) -> None:
    one, other = make_request(link), make_request(link, full_name="Илья Сергеевич Петров")
    elsewhere = make_request(make_invitation(school, section="В"))
    piles = piles_of(school)
    assert piles.namesakes == {one.pk: (other.pk,), other.pk: (one.pk,)}
    assert piles.of(Pile.UNLISTED) == [one.pk, other.pk, elsewhere.pk]


def test_unlisted_namesakes_are_seen_pair_by_pair(link: Invitation) -> None:
    sergeevich, andreevich = make_request(link), make_request(link, full_name="Петров Илья Андреевич")
    assert piles_of(link.organization).namesakes == {}
    ilya = make_request(link, full_name="Илья Петров")
    namesakes = piles_of(link.organization).namesakes
    assert namesakes[ilya.pk] == (sergeevich.pk, andreevich.pk)
    assert namesakes[sergeevich.pk] == namesakes[andreevich.pk] == (ilya.pk,)


def test_a_double_follows_its_main_request(link: Invitation) -> None:
    (line,) = expect(link.school_class, ILYA)
    main = make_request(link)
    double = make_request(link, same_as=main)
    piles = piles_of(link.organization)
    assert piles.verdicts[main.pk] == Verdict(Pile.EXACT, line.pk)
    assert piles.verdicts[double.pk] == Verdict(Pile.EXACT, None, f"тот же человек, что {main.number}")
    assert piles.namesakes == {}


def test_a_double_of_a_decided_request_waits_for_a_person(link: Invitation) -> None:
    expect(link.school_class, ILYA)
    main = make_request(link, status=RequestStatus.ACCEPTED)
    assert verdict_on(make_request(link, same_as=main)).pile == Pile.NEAR


def test_requests_marked_as_each_others_doubles_do_not_loop(link: Invitation) -> None:
    expect(link.school_class, ILYA)
    one = make_request(link)
    other = make_request(link, same_as=one)
    JoinRequest.objects.filter(pk=one.pk).update(same_as=other)
    assert piles_of(link.organization).of(Pile.NEAR) == [one.pk, other.pk]


def test_a_name_of_another_class_is_unknown_and_says_where(link: Invitation, school: Organization) -> None:
    expect(link.school_class, "Иванова Анна Олеговна")
    expect(make_class(school, section="В"), ILYA)
    assert verdict_on(make_request(link)) == Verdict(Pile.UNKNOWN, None, "такое имя есть в списке 7 «В»")


@pytest.mark.parametrize("typed", [ILYA, "Петров Илья", "Петров И. С."])
def test_a_name_that_fits_two_classes_is_never_green(link: Invitation, school: Organization, typed: str) -> None:
    """The harm without it: whoever of 7 «В» uses the link of 7 «Б» is let in as its pupil."""
    (line,) = expect(link.school_class, ILYA)
    request = make_request(link, full_name=typed)
    assert verdict_on(request).member == line.pk
    expect(make_class(school, section="В"), ILYA)
    assert verdict_on(request).pile == Pile.NEAR
    assert "такое имя есть в списке 7 «В»" in verdict_on(request).words


def test_no_pupil_of_another_class_is_green_however_they_type(link: Invitation, school: Organization) -> None:
    people = People(random.Random(5))
    classes = make_school(people, 6)
    links = [make_invitation(school, section=section) for section in "АВГДЕЖ"]
    for one, own in zip(classes, links, strict=True):
        expect(own.school_class, *(pupil.full_name for pupil in one.pupils))
    for one, wrong in zip(classes, links[1:] + links[:1], strict=True):
        for pupil in one.pupils:
            typing = people.rng.choice(list(DISTORTIONS.values()))
            make_request(wrong, full_name=typing(pupil, people.rng) or pupil.full_name)
    piles = piles_of(school)
    assert len(piles.verdicts) > 150
    assert piles.of(Pile.EXACT) == []
    assert sum("такое имя есть в списке" in verdict.words for verdict in piles.verdicts.values()) > 50


def test_a_list_of_last_year_or_of_another_school_says_nothing(
    link: Invitation, school: Organization, other_school: Organization
) -> None:
    (line,) = expect(link.school_class, ILYA)
    expect(make_class(school, academic_year=2025, grade=6), ILYA)
    expect(make_class(other_school), ILYA, "Зайцев Олег Иванович")
    assert verdict_on(make_request(link)) == Verdict(Pile.EXACT, line.pk)
    assert verdict_on(make_request(link, full_name="Зайцев Олег Иванович")) == Verdict(Pile.UNKNOWN)


def test_a_parent_may_stand_in_the_lists_of_two_classes(link: Invitation, school: Organization) -> None:
    parents = make_invitation(school, school_class=link.school_class, role=Role.PARENT)
    (line,) = expect(link.school_class, "Петрова Ирина Львовна", role=Role.PARENT)
    expect(make_class(school, section="В"), "Петрова Ирина Львовна", role=Role.PARENT)
    assert verdict_on(make_request(parents, full_name="Петрова Ирина Львовна")) == Verdict(Pile.EXACT, line.pk)


def test_a_teacher_is_exact_by_the_staff_list_only(link: Invitation, school: Organization) -> None:
    teachers = make_invitation(school, school_class=link.school_class, role=Role.TEACHER)
    request = make_request(teachers, full_name="Орлова Вера Павловна")
    assert verdict_on(request).pile == Pile.UNLISTED
    expect(link.school_class, "Орлова Вера Павловна", role=Role.TEACHER)
    assert verdict_on(request).pile == Pile.NEAR
    expect_staff(school, "Белова Инна Юрьевна")
    assert verdict_on(request).pile == Pile.EXACT


def test_one_line_of_the_staff_list_serves_one_request(link: Invitation, school: Organization) -> None:
    (line,) = expect_staff(school, "Орлова Вера Павловна")
    of_b = make_invitation(school, school_class=link.school_class, role=Role.TEACHER)
    of_c = make_invitation(school, section="В", role=Role.TEACHER)
    first, second = (make_request(one, full_name="Орлова Вера Павловна") for one in (of_b, of_c))
    piles = piles_of(school, among=[first.pk])
    assert piles.verdicts == {first.pk: Verdict(Pile.EXACT, line.pk)}
    assert piles_of(school, among=[second.pk]).verdicts == {
        second.pk: Verdict(Pile.NEAR, None, f"строка уже занята заявкой {first.number}")
    }


def test_a_selection_is_sorted_as_in_the_whole(link: Invitation) -> None:
    expect(link.school_class, ILYA)
    one, other = make_request(link), make_request(link)
    whole, part = piles_of(link.organization), piles_of(link.organization, among=[other.pk])
    assert part == Piles({other.pk: whole.verdicts[other.pk]}, {other.pk: (one.pk,)})
    assert piles_of(link.organization, among=[]) == Piles({})


def test_decided_requests_and_other_schools_are_left_out(link: Invitation, other_school: Organization) -> None:
    make_request(link, status=RequestStatus.REJECTED)
    stranger = make_request(make_invitation(other_school))
    assert piles_of(link.organization) == Piles({})
    assert piles_of(link.organization, among=[stranger.pk]) == Piles({})


def test_a_request_from_before_the_block_is_no_more_green(link: Invitation, school: Organization, marina: User) -> None:
    (line,) = expect(link.school_class, ILYA)
    pending = make_request(link, full_name=ILYA)
    rejected = make_request(link, full_name="Илья Сергеевич Петров", status=RequestStatus.REJECTED)
    assert verdict_on(pending).pile == Pile.EXACT  # red control: without the block it goes with the many
    block = ApplicantBlock.objects.block(rejected, by=marina, days=30)
    assert verdict_on(pending) == Verdict(Pile.NEAR, line.pk, "повторные заявки с этими именами закрыты")
    block.lift(by=marina)
    assert verdict_on(pending).pile == Pile.EXACT


def test_the_number_of_statements_does_not_grow(link: Invitation, school: Organization) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            piles_of(school)
        return len(seen)

    expect(link.school_class, ILYA)
    make_request(link)
    few = statements()
    for section in "ВГД":
        another = make_invitation(school, section=section)
        take(expect(another.school_class, f"Белов {section}лья Петрович")[0], make_request(another))
        for name in ("Иванов Илья Петрович", "Зайцев Олег Иванович", ILYA):
            expect(another.school_class, name)
            make_request(another, full_name=name)
    assert few == statements() == 5
