"""The head's link: by it the head of an organization names the administrator, without an account.

The link in a letter is signed; the same power on paper is the INN with a typed code. Naming an administrator raises
`Organization.head_link_version`, so every link and sheet of before is dead.
"""

from datetime import timedelta

from django.db.models import F

from correspondence.models import Link
from foundation.tokens import Token, matches_paper_code, paper_code, read
from organizations.models import Organization

PURPOSE = "appoint"
LIVES = timedelta(days=30)


class UsedLink(Exception):
    """An administrator was named by it already, the coordinator sent a newer one, or the organization is closed."""

    def __init__(self, organization: Organization) -> None:
        super().__init__("used")
        self.organization = organization


def head_link(organization: Organization) -> Link:
    return Link("/appoint/{token}/", PURPOSE, organization.pk, organization.head_link_version)


def head_code(organization: Organization) -> str:
    return paper_code(PURPOSE, organization.pk, organization.head_link_version)


def organization_of_link(token: str) -> Organization:
    """Raises BadToken, ExpiredToken or UsedLink."""
    found: Token = read(PURPOSE, token, LIVES)
    organization = Organization.objects.select_related("region", "municipality").get(pk=found.object_id)
    if organization.head_link_version != found.version or organization.is_closed:
        raise UsedLink(organization)
    return organization


def organization_of_sheet(inn: str, code: str) -> Organization | None:
    """Whose sheet it is. Several buildings may share an INN: the code tells them apart."""
    for organization in Organization.objects.listed().filter(inn=inn).exclude(inn=""):
        if matches_paper_code(code, PURPOSE, organization.pk, organization.head_link_version):
            return organization
    return None


def use_up(organization: Organization) -> bool:
    """Revokes the link that was just used; False where somebody used it a moment ago."""
    return bool(
        Organization.objects.filter(pk=organization.pk, head_link_version=organization.head_link_version).update(
            head_link_version=F("head_link_version") + 1
        )
    )
