"""What the coordinator's floor keeps of its own."""

from coordination.models.call import Call
from coordination.models.campaign import Campaign, CampaignRecipient
from coordination.models.digest_choice import DigestChoice
from coordination.models.export import Export
from coordination.models.merging import Merging
from coordination.models.reconciliation import Contradiction, SferumTable
from coordination.models.reminder import Reminder
from coordination.models.reminder_settings import ReminderSettings, RungSetting
from coordination.models.saved_view import SavedView
from coordination.models.sent_report import SentReport
from coordination.models.snooze import Snooze
from coordination.models.standing import Snapshot, Standing
from coordination.models.target import Target

__all__ = [
    "Call",
    "Campaign",
    "CampaignRecipient",
    "Contradiction",
    "DigestChoice",
    "Export",
    "Merging",
    "Reminder",
    "ReminderSettings",
    "RungSetting",
    "SavedView",
    "SentReport",
    "SferumTable",
    "Snapshot",
    "Snooze",
    "Standing",
    "Target",
]
