"""The first entry: a signed link in a letter, or the same power as a code on a printed sheet. Each serves once."""

from datetime import timedelta

from accounts.models import User
from correspondence.models import Link
from foundation.tokens import Token, matches_paper_code, read, sign

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


def holder_of_sheet(login: str, code: str) -> User | None:
    """Whose sheet it is: the code alone names nobody, so the e-mail or phone printed beside it is typed, too."""
    user = User.objects.filter(is_active=True).by_login(login)
    return user if user and matches_paper_code(code, PURPOSE, user.pk, user.welcome_version) else None
