from invitations.models.destruction import Destruction
from invitations.models.invitation import Invitation
from invitations.models.join_request import JoinRequest

__all__ = ["Destruction", "Invitation", "JoinRequest"]
