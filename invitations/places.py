"""The statement that takes a place on a link. The row itself decides, so limits are exact at any concurrency."""

from django.db import connection
from django.utils import timezone

from invitations.models.block import ApplicantBlock, fingerprints
from invitations.models.invitation import Invitation

# By hand, for Django builds it anew each time, and that takes longer than running it: a fifth of a parent's request.
_TAKE = f"""
    UPDATE {Invitation._meta.db_table} SET used = used + 1
    WHERE id = %s AND revoked_at IS NULL AND paused_at IS NULL AND used < "limit"
      AND (expires_on IS NULL OR expires_on >= %s)
      AND NOT EXISTS (SELECT 1 FROM {ApplicantBlock._meta.db_table}
                      WHERE organization_id = %s AND lifted_at IS NULL AND ends_on >= %s AND fingerprint IN ({{}}))
"""  # noqa: S608 - only our own tables' names


def take_place(invitation: Invitation, *names: str) -> bool:
    """Counts one request if the link is open and the school takes requests with these names."""
    organization = invitation.school_class.organization_id
    hashes = fingerprints(organization, *names)
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE.format(", ".join(["%s"] * len(hashes))),
            [invitation.pk, invitation.today, organization, timezone.localdate(), *hashes],
        )
        return bool(cursor.rowcount == 1)
