"""The first entry: a signed link in a letter, or the same power as a code on a printed sheet. Each serves once."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from correspondence.models import Link
from foundation.codes import show_code
from foundation.papers import qr_svg, typeset
from foundation.phones import show_phone
from foundation.tokens import Token, matches_paper_code, paper_code, read, sign

PURPOSE = "welcome"
LINK_LIVES = timedelta(days=14)
PATH = "/welcome/{token}/"


def welcome_link_for(user: User) -> Link:
    """The place of the link in a letter. Send it to `user.own_email` only: whoever opens it sets the password."""
    return Link(path=PATH, purpose=PURPOSE, object_id=user.pk, version=user.welcome_version)


def welcome_token_for(user: User) -> str:
    return sign(PURPOSE, user.pk, user.welcome_version)


def read_welcome(token: str) -> Token:
    """Raises BadToken or ExpiredToken, see foundation/tokens.py."""
    return read(PURPOSE, token, LINK_LIVES)


def sign_in_sheet(user: User, *, issued_by: str, department: str = "", phone: str = "") -> bytes:
    """A printed sheet (PDF) for who has no mailbox of one's own: where to go, what to type, whom to call.

    It works until the first entry, or until `user.revoke_welcome()`; a second printing bears the same code.
    """
    address = settings.PORTAL_URL + reverse("accounts:welcome-type")
    data = {
        "full_name": user.full_name,
        "login_kind": "Телефон" if user.phone else "Почта",
        "login_words": "телефон" if user.phone else "почту",
        "login": show_phone(user.phone) if user.phone else user.email,
        "code": show_code(paper_code(PURPOSE, user.pk, user.welcome_version)),
        "address": address.partition("://")[2],
        "qr": qr_svg(address),
        "issued_by": issued_by,
        "issued_on": date_format(timezone.localdate(), "j E Y"),
        "department": department,
        "phone": phone,
    }
    return typeset("accounts/print/sign_in_sheet.typ", data)


def holder_of_sheet(login: str, code: str) -> User | None:
    """Whose sheet it is: the code alone names nobody, so the e-mail or phone printed beside it is typed, too."""
    user = User.objects.filter(is_active=True).by_login(login)
    return user if user and matches_paper_code(code, PURPOSE, user.pk, user.welcome_version) else None
