"""Who sees many schools opens nothing without a second factor, the administration included."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from accounts.tests.test_sign_in import ask_code, code_in
from accounts.welcome import welcome_token_for
from conftest import make_user
from correspondence.models import Letter

pytestmark = pytest.mark.django_db
PASSWORD = "осенний-дождь-42"
SET_UP = "/accounts/2fa/totp/activate/"


@pytest.fixture(autouse=True)
def _enforced(settings):
    settings.REQUIRE_SECOND_FACTOR = True


@pytest.fixture
def igor():
    return make_user(email="igor@example.ru", password=PASSWORD, is_staff=True, is_superuser=True)


def sign_in(client=None):
    client = client or Client()
    client.post("/accounts/login/", {"login": "igor@example.ru", "password": PASSWORD})
    return client


def code_for(secret):
    return f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06d}"


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/accounts/user/", "/accounts/sessions/", "/accounts/password/change/"]
)
def test_without_a_factor_every_page_leads_to_the_set_up(igor, path):
    answer = sign_in().get(path)

    assert (answer.status_code, answer["Location"]) == (302, SET_UP)


def test_without_the_middleware_the_administration_opens(igor, settings):
    """Red control."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SecondFactor" not in name]

    assert sign_in().get("/admin/").status_code == 200


def test_set_up_page_and_the_way_out_stay_open(igor):
    client = sign_in()

    assert client.get(SET_UP, follow=True).status_code == 200
    assert client.post("/accounts/logout/")["Location"] == "/"


def test_marked_coordinator_needs_one_and_an_administrator_does_not(enter):
    assert enter(make_user(requires_second_factor=True)).get("/accounts/sessions/").status_code == 302
    assert enter(make_user()).get("/accounts/sessions/").status_code == 200


def test_trial_does_not_ask(igor, settings):
    settings.REQUIRE_SECOND_FACTOR = False

    assert sign_in().get("/admin/").status_code == 200


def test_person_sets_it_up_and_is_asked_at_the_next_sign_in(igor):
    client = sign_in()
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get(SET_UP)
    secret = page.context["form"].secret
    client.post(SET_UP, {"code": code_for(secret)})
    assert client.get("/admin/").status_code == 200

    again = sign_in()
    assert again.session.get("_auth_user_id") is None
    asked = again.get("/accounts/2fa/authenticate/")
    assert asked.status_code == 200
    codes = Authenticator.objects.get(user=igor, type="recovery_codes").wrap().get_unused_codes()
    again.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert again.get("/admin/").status_code == 200


def test_administration_has_no_sign_in_of_its_own(igor):
    answer = Client().get("/admin/login/?next=/admin/")

    assert answer["Location"].startswith("/accounts/login/")
    assert Client().post("/admin/login/", {"username": "igor@example.ru", "password": PASSWORD}).status_code == 302


def test_code_by_email_does_not_go_round_the_second_factor(igor):
    TOTP.activate(igor, generate_totp_secret())
    client = Client()
    ask_code(client, "igor@example.ru")
    client.post("/accounts/login/code/confirm/", {"code": code_in(Letter.objects.get())})

    assert client.session.get("_auth_user_id") is None
    assert client.get("/accounts/2fa/authenticate/").status_code == 200


def test_welcome_link_does_not_go_round_it_either(igor):
    TOTP.activate(igor, generate_totp_secret())
    client = Client()
    client.post(
        f"/welcome/{welcome_token_for(igor)}/", {"new_password1": "новый-пароль-1", "new_password2": "новый-пароль-1"}
    )

    assert client.session.get("_auth_user_id") is None


def test_secret_lies_encrypted(igor):
    secret = generate_totp_secret()
    TOTP.activate(igor, secret)

    stored = str(Authenticator.objects.get(user=igor).data)
    assert secret not in stored
    assert Authenticator.objects.get(user=igor).wrap().validate_code(code_for(secret))


def test_secret_outlives_a_new_key(igor, settings):
    secret = generate_totp_secret()
    TOTP.activate(igor, secret)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key"

    assert Authenticator.objects.get(user=igor).wrap().validate_code(code_for(secret))


def test_keys_are_listed_in_words(igor, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    client = sign_in()
    key = Authenticator.objects.create(user=igor, type="webauthn", data={"name": "Ключ на связке", "credential": {}})

    page = client.get("/accounts/2fa/webauthn/").content.decode()
    assert "Ключ на связке" in page
    assert "Для входа ещё не служил" in page
    assert f"/accounts/2fa/webauthn/keys/{key.pk}/remove/" in page
