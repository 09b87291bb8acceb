import pytest
from django import forms
from phonenumber_field.phonenumber import PhoneNumber

from foundation.fields import EmailField, LongTextField, MobileField, NameField, PhoneField, PhonesField, TextField

BAD_EVERYWHERE = ["\x00", "Анна\x00", "\u202eавонавИ аннА", "я" * 10_000]


class Everything(forms.Form):
    line = TextField()
    text = LongTextField()
    name = NameField()
    phones = PhonesField()
    phone = PhoneField()
    mobile = MobileField()
    email = EmailField()


def words_of(field, value):
    """What stands at the field, or nothing when the value is taken."""

    class One(forms.Form):
        value_of = field

    return " ".join(One({"value_of": value}).errors.get("value_of", []))


def taken(field, value):
    class One(forms.Form):
        value_of = field

    form = One({"value_of": value})
    assert form.is_valid(), form.errors
    return form.cleaned_data["value_of"]


@pytest.mark.parametrize("value", [*BAD_EVERYWHERE, ""])
def test_each_field_answers_bad_input_in_words_and_keeps_what_was_typed(value):
    form = Everything(dict.fromkeys(Everything.base_fields, value))
    assert set(form.errors) == set(Everything.base_fields)
    assert all(any("а" <= letter <= "я" for letter in words[0]) for words in form.errors.values())
    assert form["line"].value() == value
    assert "maxlength" not in str(form)  # or a browser cuts what is pasted, and nobody is told
    assert str(form).count("<input") == 6


def test_what_may_stay_empty_may():
    fields = [TextField, LongTextField, NameField, EmailField]
    assert [taken(field(required=False), " ") for field in fields] == [""] * 4
    assert taken(PhonesField(required=False), "") == []
    assert taken(MobileField(required=False), "") is None


def test_a_script_tag_is_only_text():
    assert taken(TextField(), "<script>alert(1)</script>") == "<script>alert(1)</script>"
    assert "только буквы" in words_of(NameField(), "<script>alert(1)</script> Анна")


def test_a_mixed_word_is_shown_in_the_name_and_in_the_address():
    assert "Ивaнов" in words_of(NameField(), "Ивaнов Пётр")
    assert "liceуmum" in words_of(EmailField(), "liceуmum@example.ru")


def test_a_long_name_of_an_organization_fits():
    assert len(taken(TextField(), "ш" * 322)) == 322


@pytest.mark.parametrize(
    "address",
    [
        "a@localhost",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@127.0.0.10",
        "a@b",
        "a@b.ru, c@d.ru",
        "a b@c.ru",
        "школа",
        "a@b.ru\nBcc: c@d.ru",
    ],
)
def test_an_address_that_no_school_has_is_refused(address):
    assert "Укажите один адрес" in words_of(EmailField(), address)


@pytest.mark.parametrize(
    ("typed", "kept"), [(" School-5@Example.RU ", "school-5@example.ru"), ("info@школа.рф", "info@школа.рф")]
)
def test_an_address_is_kept_in_small_letters(typed, kept):
    assert taken(EmailField(), typed) == kept


def test_a_mobile_number_is_taken_in_any_spelling():
    for typed in ("8 (925) 036-44-05", "+79250364405", "925 036 44 05", PhoneNumber.from_string("+79250364405")):
        assert taken(MobileField(), typed).as_e164 == "+79250364405"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("(495) 733-54-10", "мобильный"),
        ("+7 701 123-45-67", "мобильный"),
        ("141-45-01", "с кодом города"),
        ("89250364405, 89250364406", "один номер"),
        ("позвоните", "с кодом города"),
    ],
)
def test_what_is_no_mobile_number_is_refused_in_words(typed, words):
    assert words in words_of(MobileField(), typed)


def test_a_landline_of_a_school_is_taken_where_any_phone_will_do():
    assert taken(PhoneField(), "8 (495) 733-54-10").as_e164 == "+74957335410"
    assert len(taken(PhonesField(), "(495) 733-54-10; (495) 733-54-13")) == 2


def test_a_stored_number_is_shown_as_people_read_it():
    stored = PhoneNumber.from_string("+79250364405")
    form = Everything(initial={"mobile": stored, "phones": [stored, stored]})
    assert 'value="+7 925 036-44-05"' in str(form["mobile"])
    assert 'value="+7 925 036-44-05, +7 925 036-44-05"' in str(form["phones"])
    assert 'value="\x00"' not in str(form["line"])
