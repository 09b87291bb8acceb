from invitations.models.block import ApplicantBlock
from invitations.models.destruction import Destruction
from invitations.models.expected import ExpectedMember, ListMatch, RemovalHeld
from invitations.models.invitation import Invitation
from invitations.models.join_request import JoinRequest
from invitations.models.link_change import LinkChange
from invitations.models.list_draft import ListDraft, ListsChanged
from invitations.models.list_ground import ListGround
from invitations.models.rollover import Rollover
from invitations.models.slip import ClassSlip

__all__ = [
    "ApplicantBlock",
    "ClassSlip",
    "Destruction",
    "ExpectedMember",
    "Invitation",
    "JoinRequest",
    "LinkChange",
    "ListDraft",
    "ListGround",
    "ListMatch",
    "ListsChanged",
    "RemovalHeld",
    "Rollover",
]
