"""What is typed about help: the address of an open page, a training."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from foundation.fields import DayField, LongTextField, TextField
from foundation.links import host_of, is_of_sites, only_redirects
from guides.models import Guide, News, Training
from guides.statuses import GuideKind
from organizations.models import Coordinator, Region
from organizations.models.territory import default_link_hosts
from organizations.statuses import Step


class RegionForm(forms.Form):
    region = forms.RegexField(regex=r"^\d{2,3}$", required=False)


class WebField(TextField):
    """One plain https address."""

    widget = forms.URLInput

    def __init__(self, *, max_length: int = 500, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def clean(self, value: Any) -> Any:
        link = super().clean(value)
        if link and not host_of(link):
            raise ValidationError("Скопируйте адрес целиком: он начинается с https:// и не содержит пробелов.")
        if link and only_redirects(link):
            raise ValidationError("Эта ссылка только перенаправляет на другой сайт. Скопируйте сам адрес.")
        return link


class MomentField(forms.DateTimeField):
    """A day and an hour from the browser's own calendar, in the active zone."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M"]
        super().__init__(widget=widget, input_formats=formats, **kwargs)

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        if moment and not 2015 <= moment.year <= timezone.localdate().year + 3:
            raise ValidationError("Проверьте год.")
        return moment


class TrainingForm(forms.ModelForm):  # type: ignore[type-arg]
    """`region`: whose sites the links may lead to; without it, or where it has none, those of the portal."""

    title = TextField(label="Тема", max_length=200)
    starts_at = MomentField(label="Начало")
    minutes = forms.IntegerField(
        label="Продолжительность, минут", initial=60, validators=[MinValueValidator(5), MaxValueValidator(24 * 60)]
    )
    steps = forms.TypedMultipleChoiceField(
        label="Для каких этапов",
        help_text="Напоминание получат администраторы организаций, у которых этот этап – следующий. Ничего не "
        "отмечено – получат все.",
        choices=Step.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    description = LongTextField(label="О чём", max_length=2000, required=False)
    join_url = WebField(label="Ссылка для подключения", required=False)
    recording_url = WebField(label="Ссылка на запись", required=False, help_text="Когда обучение пройдёт.")

    class Meta:
        model = Training
        fields = ["title", "starts_at", "minutes", "steps", "description", "join_url", "recording_url"]

    def __init__(self, *args: Any, region: Region | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region = region

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        region = typed.get("region", self.region)
        sites = (region and region.allowed_link_hosts) or default_link_hosts()
        for name in ("join_url", "recording_url"):
            link = typed.get(name)
            if link and not is_of_sites(host_of(link), sites):
                self.add_error(name, f"Ссылка может вести только на сайты: {', '.join(sites)}.")
        starts_at = typed.get("starts_at")
        is_past = starts_at and starts_at < timezone.now() and "starts_at" in self.changed_data
        if is_past and not typed.get("recording_url"):
            self.add_error("starts_at", "Это время уже прошло. Прошедшее обучение вносят вместе с записью.")
        return typed


class GuideForm(forms.ModelForm):  # type: ignore[type-arg]
    """A link needs an address, a known problem needs its cure."""

    kind = forms.ChoiceField(label="Вид", choices=GuideKind.choices)
    title = TextField(label="Название", max_length=200, help_text="Для известной проблемы – как её назовёт человек.")
    symptom = TextField(
        label="Что видит человек", max_length=500, required=False, help_text="Только для известной проблемы."
    )
    text = LongTextField(
        label="Текст",
        required=False,
        help_text="Для известной проблемы – что делать, по порядку. Для ссылки – пояснение.",
    )
    url = WebField(label="Ссылка", required=False)
    step = forms.TypedChoiceField(
        label="На пути к какому этапу это нужно",
        choices=[("", "на любом"), *Step.choices],
        coerce=int,
        empty_value=None,
        required=False,
        help_text="Организация, у которой этот этап следующий, увидит материал на своей странице.",
    )
    owner = forms.ModelChoiceField(
        label="Кто следит", queryset=User.objects.none(), required=False, empty_label="никто"
    )
    review_on = DayField(label="Когда проверить", required=False)

    class Meta:
        model = Guide
        fields = ["kind", "title", "symptom", "text", "url", "step", "owner", "review_on"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acting = Coordinator.objects.acting().filter(region=self.instance.region)
        keepers = Q(pk__in=acting.values("user")) | Q(pk=user.pk) | Q(pk=self.instance.owner_id)
        self.fields["owner"].queryset = User.objects.filter(keepers)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        is_problem = typed.get("kind") == GuideKind.PROBLEM
        if is_problem and "text" not in self.errors and not typed.get("text"):
            self.add_error("text", "Напишите, что делать: проблема без решения никому не поможет.")
        if not is_problem and "url" not in self.errors and not typed.get("url"):
            self.add_error("url", "Нужна ссылка.")
        return typed


class NewsForm(forms.ModelForm):  # type: ignore[type-arg]
    title = TextField(label="Что изменилось", max_length=200, help_text="Одной строкой.")
    text = LongTextField(label="Подробности", max_length=2000, required=False, help_text="Что людям с этим делать.")

    class Meta:
        model = News
        fields = ["title", "text"]


class ReadForm(forms.Form):
    """`until`: the newest entry that the page has shown."""

    until = forms.DateTimeField(required=False)
