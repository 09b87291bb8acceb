"""What the coordinator's floor keeps of its own."""

from coordination.models.export import Export
from coordination.models.reminder import Reminder
from coordination.models.reminder_settings import ReminderSettings, RungSetting
from coordination.models.saved_view import SavedView

__all__ = [
    "Export",
    "Reminder",
    "ReminderSettings",
    "RungSetting",
    "SavedView",
]
