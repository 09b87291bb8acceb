"""Questions to Sferum whose letter follows from a few stated facts: a changed number, two communities."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User
from foundation.fields import MobileField, PastDayField, TextField
from organizations.models import Appointment, Organization
from registrations.models import HelpRequest
from registrations.models.help import USUAL_ADDRESSEE, ready_letter, stated_facts
from registrations.statuses import AnswerChannel, HelpTopic


class StatedForm(forms.Form):
    """A question whose letter follows from what is stated here: the person reads it before it goes."""

    topic: HelpTopic
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization

    def stated(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "form_key"}

    def record(self, *, by: User) -> HelpRequest:
        facts = stated_facts(self.organization, **self.stated())
        return HelpRequest.objects.prepare(
            self.organization,
            topic=self.topic,
            addressee=USUAL_ADDRESSEE[self.topic],
            question=ready_letter(self.topic, self.organization, facts)[1],
            facts=facts,
            by=by,
            form_key=self.cleaned_data["form_key"],
        )


class NumberForm(StatedForm):
    """The same person on another phone: typed twice, because rights at Sferum hang on it."""

    topic = HelpTopic.NUMBER_CHANGED
    old_phone = MobileField(
        label="Прежний номер", required=False, help_text="С которого входили раньше. Если не знаете, не заполняйте."
    )
    new_phone = MobileField(label="Новый номер", help_text="С него администратор будет входить в Сферум.")
    new_phone_again = MobileField(label="Новый номер ещё раз")

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(organization, *args, **kwargs)
        person = organization.administrator
        self.initial["old_phone"] = organization.registered_phone or (person.phone if person else "")

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        new, again = typed.get("new_phone"), typed.pop("new_phone_again", None)
        if new and again and new != again:
            self.add_error("new_phone_again", "Номера не совпадают. Проверьте оба.")
        if new and new == typed.get("old_phone"):
            self.add_error("new_phone", "Это тот же номер, что и прежний.")
        if new and self._is_anothers(new):
            self.add_error("new_phone", "Этот номер указан у администратора другой организации. Проверьте его.")
        if self.organization.administrator is None:
            raise ValidationError("Администратор не назначен: менять номер некому. Оформите смену администратора.")
        return typed

    def _is_anothers(self, phone: PhoneNumber) -> bool:
        """Somebody else's; one person may serve several organizations."""
        person = self.organization.administrator
        others = Appointment.objects.with_phone(phone).exclude(organization=self.organization)
        mine = others.filter(user=person.user_id) if person and person.user_id else others.none()
        return others.exclude(pk__in=mine).exists()


class CommunitiesForm(StatedForm):
    topic = HelpTopic.TWO_COMMUNITIES
    keep = TextField(
        label="Какое сообщество оставить",
        max_length=300,
        help_text="Название, как оно видно в Сферуме, или ссылка на него.",
    )
    close = TextField(label="Какое закрыть", max_length=300, help_text="Название или ссылка.")

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("keep") and typed.get("keep") == typed.get("close"):
            self.add_error(
                "close", "Это то же самое сообщество. Укажите, чем второе отличается: названием или ссылкой."
            )
        return typed


STATED_FORMS: dict[str, type[NumberForm | CommunitiesForm]] = {
    form.topic: form for form in (NumberForm, CommunitiesForm)
}


class NumberMovedForm(forms.Form):
    """«Номер привязан»: when and how the manager told it."""

    on = PastDayField(label="Когда ответили")
    channel = forms.ChoiceField(label="Как узнали", choices=AnswerChannel)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "moved_%s"} | kwargs)  # beside the form of the answer, on the same page
