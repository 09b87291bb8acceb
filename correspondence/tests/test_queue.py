import pytest

from correspondence.models import Letter

pytestmark = pytest.mark.django_db


def test_the_same_key_twice_is_one_letter():
    first, second = (
        Letter.objects.queue(dedupe_key="welcome:1", to="marina@example.org", subject="Здравствуйте", text=text)
        for text in ("Первый", "Второй")
    )
    assert first.pk == second.pk
    assert second.text == "Первый"
