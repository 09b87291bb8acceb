"""The three answers to «Кто сейчас отвечает за Сферум?», given on the open page or told a coordinator on the phone."""

from typing import Any

from django import forms
from django.db import transaction

from accounts.models import User
from foundation.fields import MobileField, NameField
from organizations.forms import PersonForm
from registrations.forms import DISMISSED, NomineeForm, ask_reason_when_needed, named
from registrations.models import Inquiry
from registrations.statuses import AnswerChannel, InquiryAnswer


class HeadForm(forms.Form):
    """What all answers share: who gives it. `record` calls the verb."""

    by_name = NameField(
        label="Кто отвечает на вопрос", help_text="Фамилия, имя, отчество руководителя или заместителя."
    )

    def __init__(self, *args: Any, inquiry: Inquiry, **kwargs: Any) -> None:
        self.inquiry = inquiry
        super().__init__(*args, **{"initial": {"by_name": inquiry.organization.head_name}} | kwargs)
        self.order_fields([name for name in self.fields if name != "by_name"])

    def said(self, by: User | None, channel: AnswerChannel) -> dict[str, Any]:
        return {"by": by, "channel": channel, "by_name": self.cleaned_data["by_name"]}

    def record(self, *, by: User | None, channel: AnswerChannel) -> None:
        raise TypeError(f"{type(self).__name__} records no answer")

    @transaction.atomic
    def record_call(self, *, by: User) -> None:
        """Heard on the telephone, also where nobody had asked in writing."""
        self.inquiry = Inquiry.objects.open_or_call(self.inquiry.organization, by=by)
        self.record(by=by, channel=AnswerChannel.CALL)


class SameForm(PersonForm, HeadForm):
    def __init__(self, *args: Any, inquiry: Inquiry, **kwargs: Any) -> None:
        super().__init__(inquiry.organization, *args, inquiry=inquiry, **kwargs)
        self.asks_person = inquiry.needs_person
        known = inquiry.organization.administrator
        if not self.asks_person:
            self.fields = {"by_name": self.fields["by_name"]}
            return
        ask_reason_when_needed(self)
        if known is not None:
            self.initial["full_name"] = known.full_name

    def record(self, *, by: User | None, channel: AnswerChannel) -> None:
        person = named(self) if self.asks_person else None
        self.inquiry.answer_same(person=person, **self.said(by, channel))


class CannotForm(HeadForm):
    person_name = NameField(label="Кто отвечает за Сферум: фамилия, имя, отчество")
    new_phone = MobileField(
        label="Номер, с которого этот человек будет входить",
        required=False,
        help_text="Если номер не менялся, оставьте пустым.",
    )

    def __init__(self, *args: Any, inquiry: Inquiry, **kwargs: Any) -> None:
        super().__init__(*args, inquiry=inquiry, **kwargs)
        if inquiry.organization.administrator is not None:
            del self.fields["person_name"]

    def record(self, *, by: User | None, channel: AnswerChannel) -> None:
        typed = self.cleaned_data
        self.inquiry.answer_cannot(
            person_name=typed.get("person_name", ""), new_phone=typed["new_phone"], **self.said(by, channel)
        )


class ChangedForm(NomineeForm, HeadForm):
    is_unknown = forms.BooleanField(label="Пока не знаем, кто будет отвечать", required=False)
    is_dismissed = forms.BooleanField(label=f"Прежний администратор {DISMISSED}", required=False)

    def __init__(self, *args: Any, inquiry: Inquiry, **kwargs: Any) -> None:
        super().__init__(inquiry.organization, *args, inquiry=inquiry, **kwargs)
        if inquiry.organization.administrator is None:
            del self.fields["is_dismissed"]
        self.order_fields(["is_unknown"])
        self.is_unnamed = self.is_bound and bool(self.data.get("is_unknown"))
        for name in ("full_name", "phone", "phone_again"):
            self.fields[name].required = not self.is_unnamed

    def record(self, *, by: User | None, channel: AnswerChannel) -> None:
        nominee = None if self.is_unnamed else named(self)
        is_dismissed = self.cleaned_data.get("is_dismissed", False)
        self.inquiry.answer_changed(nominee=nominee, is_dismissed=is_dismissed, **self.said(by, channel))


FORMS: dict[str, type[SameForm | CannotForm | ChangedForm]] = {
    InquiryAnswer.SAME_WORKS: SameForm,
    InquiryAnswer.SAME_CANNOT: CannotForm,
    InquiryAnswer.CHANGED: ChangedForm,
}


def answer_form(inquiry: Inquiry, answer: str, data: Any = None) -> SameForm | CannotForm | ChangedForm | None:
    """The form of an answer; None for a word that is none of the three."""
    form = FORMS.get(answer)
    return form(data, inquiry=inquiry) if form else None
