from registrations.models.case import Case
from registrations.models.case_letter import CaseLetter
from registrations.models.counter import CaseCounter
from registrations.models.filing import Filing
from registrations.models.handover import HandoverRequest
from registrations.models.handover_set import Nominee
from registrations.models.help import HelpRequest
from registrations.models.inbox_letter import InboxLetter
from registrations.models.inquiry import Inquiry
from registrations.models.inquiry_set import Asked
from registrations.models.registration import RegistrationRequest

__all__ = [
    "Asked",
    "Case",
    "CaseCounter",
    "CaseLetter",
    "Filing",
    "HandoverRequest",
    "HelpRequest",
    "InboxLetter",
    "Inquiry",
    "Nominee",
    "RegistrationRequest",
]
