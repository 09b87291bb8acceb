from organizations.models.appointment import Appointment
from organizations.models.event import Event
from organizations.models.import_file import ImportFile, ImportLayout
from organizations.models.import_row import ImportRow
from organizations.models.milestone import Milestone
from organizations.models.organization import Organization
from organizations.models.school_class import SchoolClass
from organizations.models.search_word import SearchWord
from organizations.models.territory import Coordinator, Municipality, Region

__all__ = [
    "Appointment",
    "Coordinator",
    "Event",
    "ImportFile",
    "ImportLayout",
    "ImportRow",
    "Milestone",
    "Municipality",
    "Organization",
    "Region",
    "SchoolClass",
    "SearchWord",
]
