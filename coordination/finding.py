"""Finding one organization of the own territory by words, to name it in a form."""

from typing import Any

from django import forms

from foundation.fields import TextField
from organizations.models import Organization
from organizations.models.organization import OrganizationQuerySet

MOST_FOUND = 20


class FoundChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """What the words found, as buttons to choose from; in words by which namesakes can be told apart."""

    def label_from_instance(self, obj: Organization) -> str:
        inn = f", ИНН {obj.inn}" if obj.inn else ""
        return f"{obj.name} – {obj.municipality or 'муниципалитет не указан'}{inn}"


class OneOrganizationForm(forms.Form):
    """`others` are those that may be named. One hit is taken at once; of several the person chooses one."""

    words = TextField(label="Организация", required=False, help_text="Слова из названия или ИНН.")
    found = FoundChoice(Organization.objects.none(), label="Какая из них", required=False, widget=forms.HiddenInput)

    def __init__(self, others: OrganizationQuerySet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = others.select_related("municipality").order_by("search_key", "pk")
        self.fields["found"].queryset = self.others  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        words, one = cleaned.get("words", ""), cleaned.get("found")
        if words and not (one and one.pk in self._hits(words)):
            cleaned["found"] = self._find(words)
        elif not words:
            cleaned["found"] = None
        return cleaned

    def _hits(self, words: str) -> list[int]:
        return list(self.others.named(words).values_list("pk", flat=True)[: MOST_FOUND + 1])

    def _find(self, words: str) -> Organization | None:
        hits = self._hits(words)
        if not hits:
            self.add_error("words", "Такой организации в вашем списке нет. Проверьте слова или введите ИНН.")
        elif len(hits) > MOST_FOUND:
            self.add_error("words", f"Подходит больше {MOST_FOUND} организаций: добавьте слово или введите ИНН.")
        elif len(hits) == 1:
            return self.others.get(pk=hits[0])
        else:
            several = self.fields["found"]
            several.queryset = self.others.filter(pk__in=hits)  # type: ignore[attr-defined]
            several.widget = forms.RadioSelect(choices=several.choices)  # type: ignore[attr-defined]
            several.empty_label = None  # type: ignore[attr-defined]
            self.add_error("found", "Подходит несколько: выберите одну и отправьте ещё раз.")
        return None
