"""The road of an organization: which step it has reached, whose move it is, and the one way to move it on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Case, CharField, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from accounts.models import User
from organizations.models.event import Event
from organizations.models.milestone import Milestone
from organizations.models.organization import Organization
from organizations.statuses import AdministratorState, Holder, Source, Step


@dataclass(frozen=True)
class NextMove:
    """What has to happen next: who does it, in words, why, and the button to the page where it is done."""

    holder: Holder
    title: str
    why: str
    url_name: str
    button: str


_MOVES = {
    None: NextMove(
        Holder.HEAD,
        "Назначить администратора",
        "Руководитель назначает приказом того, кто отвечает за Сферум. С этого начинается регистрация.",
        "organizations:appointments",
        "Назначить",
    ),
    Step.APPOINTED: NextMove(
        Holder.ADMINISTRATOR,
        "Отправить письмо в Сферум о регистрации",
        "Поддержка Сферума регистрирует организацию по письму администратора.",
        "registrations:registration",
        "К письму",
    ),
    Step.REQUESTED: NextMove(
        Holder.SUPPORT,
        "Дождаться ответа Поддержки Сферума",
        "Когда ответ придёт – письмом, звонком или в мессенджере, – запишите его здесь.",
        "registrations:registration",
        "Записать ответ",
    ),
    Step.REGISTERED: NextMove(
        Holder.ADMINISTRATOR,
        "Войти в Сферум и увидеть свою организацию",
        "Права администратора даёт вход только с того номера, на который организация зарегистрирована.",
        "registrations:first-entry",
        "Как войти",
    ),
    Step.SIGNED_IN: NextMove(
        Holder.ADMINISTRATOR,
        "Создать {klasses} учебного года",
        "После этого можно выпустить ссылки-приглашения.",
        "organizations:classes",
        "К списку: {klasses}",
    ),
    Step.CLASSES: NextMove(
        Holder.ADMINISTRATOR,
        "Выпустить ссылки-приглашения",
        "По ним {teachers} и {pupils} подают заявки, а школа проверяет каждую.",
        "invitations:invitations",
        "К приглашениям",
    ),
    Step.INVITED: NextMove(
        Holder.ADMINISTRATOR,
        "Принять заявки и перенести чаты",
        "Этап завершён, когда по каждому чату записано решение.",
        "messenger:chats",
        "К чатам",
    ),
    Step.MIGRATED: NextMove(
        Holder.NOBODY,
        "Всё сделано",
        "Заявки и обращения можно вести и дальше.",
        "invitations:requests",
        "К заявкам",
    ),
}
_WHO_ANSWERS = NextMove(
    Holder.HEAD,
    "Узнать, кто сейчас отвечает за Сферум",
    "Организация зарегистрирована, но администратор не подтверждён. Спросите руководителя письмом или по телефону.",
    "registrations:inquiry",
    "Спросить руководителя",
)
_ENTER_ANEW = NextMove(
    Holder.ADMINISTRATOR,
    "Войти в Сферум: новый администратор ещё не входил",
    "Организация на месте, но этот человек её в Сферуме ещё не видел. Проверьте вход с его номера.",
    "registrations:first-entry",
    "Как войти",
)
_WAIT_FOR_MANAGER = NextMove(
    Holder.MANAGER,
    "Завершить смену администратора",
    "Права в Сферуме передаёт менеджер по интеграции по письму.",
    "registrations:handover",
    "К смене администратора",
)


def next_move_now(organization: Organization) -> NextMove:
    """The next move, knowing the administrator in person: whoever is new has to sign in before the road goes on.

    The holder is the same as in `next_move`, which is for lists and asks nothing more of the database.
    """
    move, person = next_move(organization), organization.administrator
    is_new = person is not None and person.entered_on is None and person.source != Source.REGISTRY
    passed = (organization.step or 0) >= Step.SIGNED_IN and move.holder == Holder.ADMINISTRATOR
    return _ENTER_ANEW if is_new and passed else move


def next_move(organization: Organization) -> NextMove:
    """Whose move it is. Where nobody is known to answer for a registered organization, that comes before any step."""
    move, words = _move_at(organization.step, organization.administrator_state), vars(organization.words)
    return NextMove(
        move.holder,
        move.title.format(**words),
        move.why.format(**words),
        move.url_name,
        move.button.format(**words),
    )


def holder_at(step: int | None, administrator_state: str) -> Holder:
    """`next_move(...).holder` where only these two are known."""
    return _move_at(step, administrator_state).holder


def _move_at(step: int | None, administrator_state: str) -> NextMove:
    if step and Step.REGISTERED <= step < Step.MIGRATED:
        if administrator_state in (AdministratorState.UNKNOWN, AdministratorState.UNCONFIRMED):
            return _WHO_ANSWERS
        if administrator_state == AdministratorState.CHANGING:
            return _WAIT_FOR_MANAGER
    return _MOVES[Step(step) if step else None]


def holder_expression() -> Case:
    """`next_move(...).holder` in SQL, for filters and figures over many organizations."""
    unknown = Q(administrator_state__in=[AdministratorState.UNKNOWN, AdministratorState.UNCONFIRMED])
    on_the_way = Q(step__gte=Step.REGISTERED, step__lt=Step.MIGRATED)
    return Case(
        When(on_the_way & unknown, then=Value(_WHO_ANSWERS.holder)),
        When(on_the_way & Q(administrator_state=AdministratorState.CHANGING), then=Value(_WAIT_FOR_MANAGER.holder)),
        When(step=None, then=Value(_MOVES[None].holder)),
        *[When(step=step, then=Value(_MOVES[step].holder)) for step in Step],
        output_field=CharField(),
    )


def stands_since() -> Case:
    """`Organization.stands_since` in SQL."""
    return Case(When(step=None, then=F("listed_on")), default=F("step_since"))


def source_of(user: User, organization: Organization) -> Source:
    """«Основание» of what this person says: the school speaks for itself, anybody else checked it."""
    return Source.SCHOOL if organization.is_administered_by(user) else Source.COORDINATOR


@transaction.atomic
def reach(
    organization: Organization,
    step: Step,
    *,
    by: User | None,
    source: Source,
    on: date | None = None,
    actor: str = "",
) -> bool:
    """Notes that the organization has reached `step`; False where that was known already.

    Under the lock of the organization, so that two verbs that reach different steps at once leave the furthest one.
    """
    organization.hold()
    try:
        with transaction.atomic():
            milestone = Milestone.objects.create(
                organization=organization, step=step, reached_on=on, source=source, noted_by=by
            )
    except IntegrityError:
        return False
    Event.record("milestone.reached", milestone, organization, by=by, actor=actor, fields=[step.name.lower()])
    recompute(organization)
    return True


@transaction.atomic
def reach_many(
    organizations: Mapping[Organization, date | None],
    step: Step,
    *,
    by: "User | None",
    source: Source,
    actor: str = "",
) -> int:
    """`reach` for a batch, with the day of each, in a constant number of statements; returns how many were news.

    The given objects keep the step that they were read with.
    """
    pks = [organization.pk for organization in organizations]
    Organization.objects.filter(pk__in=pks).update(step=F("step"))
    known = set(Milestone.objects.filter(organization__in=pks, step=step).values_list("organization_id", flat=True))
    milestones = [
        Milestone(organization=organization, step=step, reached_on=day, source=source, noted_by=by)
        for organization, day in organizations.items()
        if organization.pk not in known
    ]
    Milestone.objects.bulk_create(milestones)
    fields = [step.name.lower()]
    Event.objects.bulk_create(
        Event.draft("milestone.reached", each, each.organization, by=by, actor=actor, fields=fields)
        for each in milestones
    )
    day = Milestone.objects.filter(organization=OuterRef("pk"), step=step).values("reached_on")
    Organization.objects.filter(
        Q(step=None) | Q(step__lt=step), pk__in=[each.organization_id for each in milestones]
    ).update(step=step, step_since=Coalesce(Subquery(day), timezone.localdate()))
    return len(milestones)


@transaction.atomic
def unreach(organization: Organization, step: Step, *, by: User | None, noted_since: datetime) -> bool:
    """Takes a milestone back whose fact has not happened after all; False where it has to stand.

    It stands where it was known before `noted_since`, for something else had proved it, and where the organization
    has gone further, for what came later rests on it.
    """
    organization.hold()
    milestones = Milestone.objects.filter(organization=organization)
    milestone = milestones.filter(step=step, noted_at__gte=noted_since).first()
    if milestone is None or milestones.filter(step__gt=step).exists():
        return False
    Event.record("milestone.removed", milestone, organization, by=by, fields=[step.name.lower()])
    milestone.delete()
    recompute(organization)
    return True


def recompute(organization: Organization) -> None:
    """Sets `step` and `step_since` from the milestones, in the database and on the given object."""
    step = organization.milestones.aggregate(furthest=Max("step"))["furthest"]
    latest = organization.milestones.filter(step=step).first()
    organization.step = step
    organization.step_since = (latest.reached_on or timezone.localdate(latest.noted_at)) if latest else None
    Organization.objects.filter(pk=organization.pk).update(step=step, step_since=organization.step_since)


def recompute_many(organizations: "QuerySet[Organization]") -> int:
    """`recompute` of many in one statement; returns how many were touched."""
    furthest = Milestone.objects.filter(organization=OuterRef("pk")).order_by("-step")
    since = furthest.annotate(day=Coalesce("reached_on", TruncDate("noted_at")))
    return organizations.order_by().update(
        step=Subquery(furthest.values("step")[:1]), step_since=Subquery(since.values("day")[:1])
    )
