"""Django's own way to send mail leads into the outbox too: nothing can leave past trial mode, leases and retries."""

import uuid
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from correspondence.models import Draft, Letter


class OutboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """One letter for each recipient; plain text only, as everything the portal writes."""
        drafts = [
            Draft(
                dedupe_key=f"django:{uuid.uuid4()}",
                to=recipient,
                subject=" ".join(str(message.subject).split()),
                text=str(message.body),
            )
            for message in email_messages
            for recipient in message.recipients()
        ]
        return len(Letter.objects.queue_many(drafts))
