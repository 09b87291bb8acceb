"""What came into the example's mailbox: answers on their cases, and letters that somebody has to sort."""

from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256

from coordination.demo.cast import Cast
from coordination.demo.dates import Calendar
from correspondence.composing import WIRE
from correspondence.inbox import read_stored
from correspondence.models import IncomingLetter, Mailbox, RawLetter
from organizations.models import Organization
from organizations.statuses import Kind
from registrations.answers import claim_answers
from registrations.models import Case, HandoverRequest, HelpRequest, RegistrationRequest
from registrations.statuses import HandoverStatus, HelpStatus, RegistrationStatus

SUPPORT = "Поддержка Сферума <info@sferum.ru>"
REGISTERED = (
    "Здравствуйте!\n\nОрганизация зарегистрирована, администратор добавлен. Войдите на sferum.ru с номера из вашего "
    "письма: организация появится в списке.\n\nС уважением,\nПоддержка Сферума"
)
QUESTION = (
    "Добрый день! Уточните, пожалуйста, работает ли прежний администратор в школе: если да, права останутся у обоих."
)
RECEIVED = "Ваше обращение получено и зарегистрировано под номером 104417. Это письмо создано автоматически."


class Postman:
    """Puts letters into the mailbox as they would come, and lets the portal's own reading and sorting run."""

    def __init__(self, cast: Cast, calendar: Calendar) -> None:
        self.cast, self.calendar, self.uid = cast, calendar, 0
        self.mailbox = Mailbox.objects.create(name="sferum@example.ru/INBOX", uidvalidity=1, checked_at=calendar.now)

    def bring(self) -> None:
        oleg = Organization.objects.administered_by(self.cast.oleg).get()
        waiting = RegistrationRequest.objects.filter(status=RegistrationStatus.SUBMITTED)
        self._answer(waiting.get(organization=oleg), REGISTERED, hours=2)
        if handover := HandoverRequest.objects.filter(status=HandoverStatus.SUBMITTED).first():
            self._answer(handover, QUESTION, hours=20)
        if question := HelpRequest.objects.filter(status=HelpStatus.SUBMITTED).first():
            self._answer(question, RECEIVED, hours=70, **{"Auto-Submitted": "auto-replied"})
        if other := waiting.exclude(organization=oleg).select_related("organization").first():
            text = f"Добрый день! {other.organization.short_name}: ИНН {other.organization.inn} зарегистрирована."
            self._put(SUPPORT, "Регистрация школы", text, hours=5)
        self._put("Курсы <info@kursy.example>", "Скидка на курсы до пятницы", "Запишитесь сегодня!", hours=30)
        self._put_head_answer()
        self.mailbox.last_uid = self.uid
        self.mailbox.save()
        read_stored()
        claim_answers()

    def _put_head_answer(self) -> None:
        school = Organization.objects.filter(kind=Kind.SCHOOL).exclude(email="").order_by("pk").last()
        if school is not None:
            text = "Здравствуйте! За Сферум у нас теперь отвечает завуч. Письмо со ссылкой потеряли, пришлите ещё раз."
            self._put(f"{school.head_name} <{school.email}>", "Сферум", text, hours=26)

    def _answer(self, case: Case, text: str, hours: int, **headers: str) -> None:
        last = case.latest_letter()
        if last is None or last.letter is None:
            return
        thread = {"In-Reply-To": last.letter.message_id, "References": last.letter.message_id}
        self._put(SUPPORT, f"Re: {last.shown_subject}", text, hours=hours, **thread, **headers)

    def _put(self, sender: str, subject: str, text: str, hours: int, **headers: str) -> None:
        self.uid += 1
        at = self.calendar.now - timedelta(hours=hours)
        message = EmailMessage(policy=WIRE)
        message["From"], message["To"], message["Subject"] = sender, "sferum@example.ru", subject
        message["Date"], message["Message-ID"] = format_datetime(at), f"<demo-{self.uid}@sferum.example>"
        for name, value in headers.items():
            message[name] = value
        message.set_content(text)
        raw = message.as_bytes()
        incoming = IncomingLetter.objects.create(
            mailbox=self.mailbox,
            uidvalidity=1,
            uid=self.uid,
            identity=sha256(raw).hexdigest(),
            size=len(raw),
            received_at=at,
            stored_at=at,
        )
        RawLetter.objects.create(incoming=incoming, content=raw)
