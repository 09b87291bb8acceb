"""One of everything that an address can name, all of it the school's, and everybody who may knock at it."""

import zlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client
from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User
from accounts.welcome import welcome_token_for
from conftest import (
    make_appointment,
    make_class,
    make_coordinator,
    make_municipality,
    make_organization,
    make_region,
    make_user,
)
from coordination.models import Campaign, Contradiction, Export, Merging, SavedView, SferumTable, Snooze, Target
from coordination.models.export import scope_of
from coordination.statuses import Contrast, ExportFormat, ExportKind, ExportStatus, Measure
from correspondence.models import IncomingAttachment
from correspondence.tests.answers import make_incoming
from foundation.tokens import sign
from guides.letters import REMINDERS
from guides.models import Guide, News, Training
from invitations.consents import CURRENT
from invitations.letters import RECEIPT
from invitations.list_changes import NameList
from invitations.models import ApplicantBlock, ClassSlip, ExpectedMember, ListDraft, Rollover
from invitations.models.slip import PURPOSE as SLIP
from invitations.statuses import RequestStatus, Role
from invitations.tests.builders import make_ground, make_invitation, make_request
from messenger.models import Chat
from organizations.head_links import PURPOSE
from organizations.models import ImportFile, Organization, Region, SchoolClass
from organizations.statuses import AppointmentRole, ImportStatus
from organizations.views.head import DONE_PURPOSE
from registrations.models import (
    CaseLetter,
    HandoverRequest,
    HelpRequest,
    InboxLetter,
    Inquiry,
    Nominee,
    RegistrationRequest,
)
from registrations.statuses import Addressee, HelpTopic, InquiryAnswer, InquiryChannel, NominatedBy, Purpose

ABSENT = 999_999_999
IMPORT_LAYOUT = {"columns": {"inn": [0]}, "titles": ["ИНН"], "first_row": 1, "rows": 1, "examples": [["7000000900"]]}
CAMPAIGN_VERBS = ["change", "test", "schedule", "cancel", "stop", "result", "export"]
IMPORT_VERBS = [
    *("file", "columns", "reading", "answers", "missing", "confirm", "undo", "discard", "progress", "refused"),
]
CASE_VERBS = [
    *("submit", "sent-by-hand", "repeat", "reply", "answer", "status", "letter", "withdraw", "accept", "slip", "case"),
]
Place = dict[str, int | str]


@dataclass
class World:
    region: Region
    school: Organization
    other_school: Organization
    people: dict[str, User]
    places: dict[str, Place]
    """By the name of a route: what stands in its address. Routes under /organizations/<pk>/ share one line."""
    defaults: Place
    request: int
    chat: int

    def place(self, name: str, names: list[str]) -> Place:
        known = self.defaults | self.places.get(name, {})
        return {each: known.get(each, ABSENT) for each in names}

    def nowhere(self, names: list[str]) -> Place:
        return {each: known_absent(each) for each in names}

    def browser(self, actor: str) -> Client:
        client = Client(raise_request_exception=False)
        if actor in self.people:
            client.force_login(self.people[actor])
        return client


def known_absent(place: str) -> int | str:
    """Well formed, and nobody's."""
    return {
        "token": "MQ.MQ.1vN0aa.nobody",
        "code": "ABCDEFGHJKMN",
        "slug": "no-such",
        "version": "1999-01",
        "batch": str(UUID(int=0)),
    }.get(place, ABSENT)


def make_world() -> World:
    region = make_region(name="Томская область", code="70")
    municipality, neighbour = make_municipality(region, name="Верхнекетский"), make_municipality(region, name="Асино")
    school, other = make_organization(municipality), make_organization(neighbour)
    people = {
        "plain": make_user(full_name="Никитина Полина Игоревна"),
        "oleg": make_user(full_name="Орлов Олег Петрович", phone="+79000001428"),
        "pavel": make_coordinator(region, neighbour, make_user(full_name="Павлов Павел Ильич")).user,
        "marina": make_user(full_name="Демидова Марина Сергеевна", phone="+79000001427"),
        "nadia": make_user(full_name="Лебедева Надежда Юрьевна"),
        "vera": make_coordinator(region, user=make_user(full_name="Кузнецова Вера Николаевна")).user,
        "igor": make_user(full_name="Соколов Игорь Андреевич", is_staff=True),
    }
    coordinator = make_coordinator(region, municipality, people["nadia"])
    make_appointment(other, people["oleg"])
    appointment = make_appointment(school, people["marina"])
    invitation = make_invitation(school, school_class=make_class(school))  # the school is registered from here on
    school.refresh_from_db()
    request = make_request(invitation)
    draft = _expected_names(invitation.school_class, people["marina"])
    inquiry = Inquiry.objects.ask([school], by=people["vera"]).letters[0]
    filing = RegistrationRequest.objects.file_many(Organization.objects.filter(pk=school.pk), by=people["vera"])
    file = ImportFile.objects.create(
        uploaded_by=people["vera"],
        name="реестр.csv",
        content="Полное наименование;ИНН;КПП\nМБОУ «Школа № 900»;7000000900;700001001\n".encode(),
        region_code="70",
        status=ImportStatus.READY,
        layout={
            "columns": {"full_name": [0]},
            "titles": ["Полное наименование"],
            "first_row": 1,
            "rows": 1,
            "examples": [[]],
        },
        report={"added": 0, "changed": 0, "same": 0, "refused": 0, "warnings": 0},
        version=1,
    )
    cases = _cases(school, people["vera"])
    deputy = make_appointment(school, role=AppointmentRole.DEPUTY, until=school.today)
    told = Inquiry.objects.create(
        organization=school,
        asked_by=people["vera"],
        channel=InquiryChannel.CALL,
        answered_at=timezone.now(),
        answer=InquiryAnswer.CHANGED,
    )
    mailbox = make_incoming().mailbox
    mailbox.meet(7)
    mailbox.unfetched.note(mailbox, 1, "Почтовый сервер не отдаёт письмо.")
    places: dict[str, Place] = {
        "accounts:enter-as": {"pk": make_user(is_demo=True, demo_role="Координатор").pk},
        "accounts:welcome": {"token": welcome_token_for(people["marina"])},
        "coordination:coordinator-remove": {"pk": coordinator.pk},
        "coordination:municipal-head": {"pk": municipality.pk},
        "coordination:rung": {"stage": 4, "rung": "head"},
        "coordination:rung-original": {"stage": 4, "rung": "head"},
        "guides:topic": {"slug": "teacher"},
        "invitations:consent": {"version": CURRENT.version},
        "invitations:receipt": {"token": sign(RECEIPT, request.pk)},
        "invitations:receipt-correct": {"token": sign(RECEIPT, request.pk)},
        "invitations:receipt-withdraw": {"token": sign(RECEIPT, request.pk)},
        "organizations:appoint-by-link": {"token": sign(PURPOSE, school.pk, school.head_link_version)},
        "organizations:appointed": {"token": sign(DONE_PURPOSE, appointment.pk)},
        "organizations:appointed-order": {"token": sign(DONE_PURPOSE, appointment.pk)},
        "organizations:deputy-by-head": {"token": sign(DONE_PURPOSE, appointment.pk)},
        "registrations:handover-accept-link": {"token": sign("handover", cases["handover"])},
        "registrations:who": {"token": inquiry.token},
        "registrations:who-mistake": {"token": inquiry.token},
        "registrations:who-slip": {"token": told.token},
        "registrations:help-moved": {"case_pk": _number_changed(school, people["vera"])},
        **{f"invitations:expected-{verb}": {"draft_pk": draft.pk} for verb in ("draft", "confirm", "cancel")},
        "invitations:expected-list": {"class_pk": invitation.school_class_id, "role": Role.PUPIL.value},
        "organizations:deputy-returned": {"pk": deputy.pk},
        "organizations:appointment-extend": {"pk": deputy.pk},
        "coordination:organization-merge": {"other": other.pk},
        "coordination:organization-unmerge": {
            "merging_pk": Merging.objects.create(winner=school, loser=other, done_by=people["vera"]).pk
        },
    }
    places |= {f"registrations:filing{piece}": {"batch": str(filing.batch)} for piece in ("", "-progress", "-result")}
    places |= _letters_in(school)
    rollover = Rollover.objects.create(organization=school, from_year=2025, done_by=people["marina"])
    places["invitations:rollover-undo"] = {"rollover_pk": rollover.pk}
    key = Authenticator.objects.create(user=make_user(), type=Authenticator.Type.WEBAUTHN, data={"name": "Ключ"})
    places |= {
        f"admin:{label}_change": {"object_id": model.objects.order_by("pk").values_list("pk", flat=True).first()}
        for label, model in ((model._meta.label_lower.replace(".", "_"), model) for model in admin.site._registry)
        if model.objects.exists()
    }
    rejected = make_request(invitation, status=RequestStatus.REJECTED, full_name="Сидоров Пётр Ильич")
    block = ApplicantBlock.objects.block(rejected, by=people["marina"], days=30)
    (slip,) = ClassSlip.objects.issue([invitation.school_class], by=people["marina"], days=3)
    places["invitations:slip"] = {"token": sign(SLIP, slip.pk)}
    places |= {f"invitations:slip-{verb}": {"slip_pk": slip.pk} for verb in ("sheet", "revoke")}
    places["invitations:block-lift"] = {"block_pk": block.pk}
    places["admin:invitations_joinrequest_name"] = {"pk": request.pk}
    training = Training.objects.create(
        region=region, title="Первый вход", starts_at=timezone.now() + timedelta(days=3), steps=[4]
    )
    places |= {f"guides:training-{verb}": {"training_pk": training.pk} for verb in ("change", "cancel")}
    guide = Guide.objects.create(region=region, title="Код не приходит", text="Подождите.", step=4)
    places |= {f"guides:material-{verb}": {"guide_pk": guide.pk} for verb in ("change", "reviewed", "remove")}
    news = News.objects.create(region=region, title="Новое", written_by=people["vera"])
    places |= {f"guides:news-{verb}": {"news_pk": news.pk} for verb in ("change", "remove")}
    target = Target.objects.put(
        region=region,
        municipality=None,
        measure=Measure.REGISTERED,
        value=90,
        is_share=True,
        due_on=timezone.localdate() + timedelta(days=30),
        by=people["vera"],
    )
    places["coordination:target-remove"] = {"pk": target.pk}
    places["guides:reminders-link"] = {"token": sign(REMINDERS, people["marina"].pk)}
    places |= {f"mfa_{verb}_webauthn": {"pk": key.pk} for verb in ("remove", "edit")}
    places |= {f"organizations:import-{verb}": {"pk": file.pk} for verb in IMPORT_VERBS}
    for verb in ("order", "order-pdf", "sheet", "relieve", "confirm", "checked", "contest", "reinstate"):
        places[f"organizations:appointment-{verb}"] = {"pk": appointment.pk}
    for kind, pk in cases.items():
        for verb in CASE_VERBS:
            places[f"registrations:{kind}-{verb}"] = {"case_pk": pk}
    letter = CaseLetter.objects.filter(letter__isnull=False).first() or make_case_letter(cases["help"], people["vera"])
    for route in ("letter", *(f"letter-{verb}" for verb in ("status", "resend", "abort", "readdress"))):
        places[f"registrations:{route}"] = {"pk": letter.letter_id}
    woken = Snooze.objects.put_off(school, until=school.today + timedelta(days=3), reason="отпуск", by=people["vera"])
    woken.wake(by=people["vera"])
    places["coordination:snooze-wake"] = {"pk": woken.pk}
    defaults: Place = {
        "pk": school.pk,
        "class_pk": invitation.school_class_id,
        "invitation_pk": invitation.pk,
        "inquiry_pk": inquiry.pk,
        "code": invitation.code,
    }
    view = SavedView.objects.create(user=people["vera"], name="Молчат", query="step=1")
    places |= {f"coordination:saved-view-{verb}": {"view_pk": view.pk} for verb in ("rename", "start", "remove")}
    campaign = Campaign.objects.create(
        author=people["vera"], region=region, name="Рассылка", subject="Сверка", text="Здравствуйте, {администратор}!"
    )
    places |= {f"coordination:campaign-{verb}": {"pk": campaign.pk} for verb in CAMPAIGN_VERBS}
    places |= {f"coordination:bulk{end}": {"act": "remind"} for end in ("", "-do")}
    places["coordination:campaign"] = {"pk": campaign.pk}
    places |= _file_of(people["vera"], region)
    places |= _reconciliation(school, people["vera"])
    chat = Chat.objects.create(organization=school, name="7 «Б»", key="7 б")
    return World(region, school, other, people, places, defaults, request.pk, chat.pk)


def _file_of(vera: User, region: Region) -> dict[str, Place]:
    """A large list that the worker has put together."""
    export = Export.objects.create(
        by=vera,
        kind=ExportKind.ORGANIZATIONS,
        format=ExportFormat.CSV,
        status=ExportStatus.READY,
        region=region,
        finished_at=timezone.now(),
        scope=scope_of(vera),
        content=zlib.compress(b"1"),
    )
    return {f"coordination:export-{verb}": {"pk": export.pk} for verb in ("file", "progress", "cancel", "download")}


def make_case_letter(case: int, by: User) -> CaseLetter:
    question = HelpRequest.objects.get(pk=case)
    return question.letters.send(question, Purpose.FIRST, by=by)


def _expected_names(school_class: SchoolClass, by: User) -> ListDraft:
    """A list of one class, and one more on its way in."""
    school = school_class.organization
    make_ground(school, by)
    names = ["Канарейкина Кира Кирилловна", "Петров Илья Сергеевич"]
    ExpectedMember.objects.save_list(school, school_class, Role.PUPIL, names, by=by)
    names[0] = "Снегирёв Савва Саввич"
    refused = [{"place": "строка 3", "text": "Синицына", "why": "Укажите фамилию и имя полностью."}]
    return ListDraft.objects.prepare(school, [NameList(school_class, Role.PUPIL, names)], by=by, refused=refused)


def _letters_in(school: Organization) -> dict[str, Place]:
    """An answer on each case, a letter that nobody has sorted, an attachment."""
    places: dict[str, Place] = {}
    for model in (RegistrationRequest, HandoverRequest, HelpRequest):
        inbox = InboxLetter.objects.create(incoming=make_incoming(text="Готово."), region=school.region)
        case = model.objects.select_related("organization__region").filter(organization=school).earliest("pk")
        answer = inbox.attach(case)
        places[f"registrations:{model.kind}-classify"] = {"case_pk": answer.case.pk, "letter_pk": answer.pk}
    file = IncomingAttachment(incoming=answer.incoming, position=0, name="а.txt", content_type="text/plain", size=4)
    file.save()
    places["registrations:letter-detach"] = {"letter_pk": answer.pk}
    places["registrations:attachment"] = {"incoming_pk": answer.incoming_id, "position": 0}
    unsorted = InboxLetter.objects.create(incoming=make_incoming(), region=school.region)
    for verb in ("letter", "attach", "aside", "take-back"):
        places[f"registrations:inbox-{verb}"] = {"pk": unsorted.pk}
    return places


def _reconciliation(school: Organization, by: User) -> dict[str, Place]:
    table = SferumTable.objects.create(region=school.region, uploaded_by=by, titles=["ИНН"], rows=[["7000000900"]])
    row = Contradiction.objects.create(
        region=school.region, organization=school, table=table, kind=Contrast.CLASSES, key="1", there="3", here="12"
    )
    verbs = ("resolve", "reopen")
    places: dict[str, Place] = {f"coordination:contradiction-{verb}": {"pk": row.pk} for verb in verbs}
    return places | {"coordination:reconcile-table": {"pk": table.pk}}


def _number_changed(school: Organization, by: User) -> int:
    return HelpRequest.objects.prepare(
        school, topic=HelpTopic.NUMBER_CHANGED, addressee=Addressee.MANAGER, question="?", by=by
    ).pk


def _cases(school: Organization, vera: User) -> dict[str, int]:
    nominee = Nominee("Смирнова Анна Петровна", PhoneNumber.from_string("+79001234567"))
    return {
        "registration": RegistrationRequest.objects.open_new(school, by=vera).pk,
        "handover": HandoverRequest.objects.nominate(school, nominee, nominated_by=NominatedBy.COORDINATOR, by=vera).pk,
        "help": HelpRequest.objects.prepare(
            school, topic=HelpTopic.OTHER, addressee=Addressee.SUPPORT, question="?", by=vera, form_key=uuid4()
        ).pk,
    }
