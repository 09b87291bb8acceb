from .case import Case
from .case_letter import CaseLetter
from .counter import CaseCounter
from .handover import HandoverRequest, Nominee
from .help import HelpRequest
from .inquiry import Asked, Inquiry
from .registration import RegistrationRequest

__all__ = [
    "Asked",
    "Case",
    "CaseCounter",
    "CaseLetter",
    "HandoverRequest",
    "HelpRequest",
    "Inquiry",
    "Nominee",
    "RegistrationRequest",
]
