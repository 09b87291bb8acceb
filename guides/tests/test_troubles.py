"""«Не получается?» on the page of an organization: known problems of the step that comes next, and no other."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from conftest import make_region
from guides.models import Guide
from guides.starting import ensure_guides
from guides.statuses import GuideKind
from guides.templatetags.guides import troubles
from organizations.models import Organization
from organizations.statuses import Step

Enter = Callable[[User], Client]


def page(organization: Organization, user: User, enter: Enter, step: Step | None) -> str:
    Organization.objects.filter(pk=organization.pk).update(step=step)
    return enter(user).get(organization.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("step", "title"),
    [
        (Step.APPOINTED, "«Школа уже зарегистрирована»"),
        (Step.REQUESTED, "Поддержка Сферума не отвечает"),
        (Step.REGISTERED, "Код для входа не приходит"),
        (Step.CLASSES, "По прямой ссылке вступают посторонние"),
        (Step.INVITED, "Чат с одним администратором не переносится"),
    ],
)
def test_a_known_problem_stands_where_it_hits(
    step: Step, title: str, school: Organization, marina: User, enter: Enter
) -> None:
    ensure_guides(school.region)
    text = page(school, marina, enter, step)
    assert "Не получается?" in text
    assert title in text
    others = set(Guide.objects.filter(kind=GuideKind.PROBLEM).exclude(step=step + 1).values_list("title", flat=True))
    assert not [other for other in others if other in text]


def test_where_nothing_is_known_and_where_all_is_done_nothing_stands(
    school: Organization, marina: User, enter: Enter
) -> None:
    ensure_guides(school.region)
    for step in (None, Step.MIGRATED):
        assert "Не получается?" not in page(school, marina, enter, step)


def test_another_regions_problem_is_not_shown(school: Organization, marina: User, enter: Enter) -> None:
    Guide.objects.create(region=make_region(code="77"), title="Чужая беда", text="Решение", step=1, kind="problem")
    assert "Чужая беда" not in page(school, marina, enter, None)


def test_what_a_coordinator_wrote_is_not_executed(school: Organization, marina: User, enter: Enter) -> None:
    Guide.objects.create(
        region=school.region, title="<script>alert(1)</script>", text="<img src=x onerror=alert(1)>", step=1
    )
    text = page(school, marina, enter, None)
    assert "<script>alert(1)" not in text
    assert "<img src=x" not in text


def test_the_block_costs_one_statement(school: Organization) -> None:
    ensure_guides(school.region)
    school.step = Step.REGISTERED
    with CaptureQueriesContext(connection) as asked:
        assert len(troubles(school)["rows"]) >= 2
    assert len(asked) == 1
