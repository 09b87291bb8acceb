from .destruction import Destruction
from .invitation import Invitation
from .join_request import JoinRequest

__all__ = ["Destruction", "Invitation", "JoinRequest"]
