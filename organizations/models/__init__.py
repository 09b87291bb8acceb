from .appointment import Appointment
from .event import Event
from .milestone import Milestone
from .organization import Organization
from .school_class import SchoolClass
from .territory import Coordinator, Municipality, Region

__all__ = [
    "Appointment",
    "Coordinator",
    "Event",
    "Milestone",
    "Municipality",
    "Organization",
    "Region",
    "SchoolClass",
]
