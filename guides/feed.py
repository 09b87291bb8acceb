"""The trainings as calendars read them (iCalendar, RFC 5545); moments are in UTC.

So every calendar shows its owner's own hour. A change has a higher SEQUENCE under the same UID, a cancelled training
stays in the feed as CANCELLED, or it would stand in people's calendars for ever.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from icalendar import Alarm, Calendar, Event

from guides.models import Training

REMEMBERS = timedelta(days=60)
ALARMS = (timedelta(days=1), timedelta(hours=1))


def calendar_of(trainings: Iterable[Training]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Сферум: подключение школ//RU")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Обучение по Сферуму")
    for training in trainings:
        calendar.add_component(_event(training))
    return bytes(calendar.to_ical())


def _event(training: Training) -> Event:
    event = Event()
    event.add("uid", f"training-{training.pk}@{settings.PORTAL_HOST}")
    event.add("sequence", training.sequence)
    event.add("dtstamp", training.changed_at)
    event.add("last-modified", training.changed_at)
    event.add("dtstart", training.starts_at)
    event.add("dtend", training.ends_at)
    event.add("summary", f"Отменено: {training.title}" if training.cancelled_at else training.title)
    event.add("status", "CANCELLED" if training.cancelled_at else "CONFIRMED")
    words = [training.description] if training.description else []
    words += [f"Этапы: {training.step_words}"] if training.steps else []
    words += [f"Запись: {training.recording_url}"] if training.recording_url else []
    if words:
        event.add("description", "\n".join(words))
    if training.join_url and not training.cancelled_at:
        event.add("url", training.join_url)
        event.add("location", training.join_url)
    if training.is_open:
        for ahead in ALARMS:
            event.add_component(_alarm(training, ahead))
    return event


def _alarm(training: Training, ahead: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", training.title)
    alarm.add("trigger", -ahead)
    return alarm
