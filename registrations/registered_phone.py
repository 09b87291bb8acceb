"""The number on which Sferum has registered an organization: who learns it, writes it here."""

from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User
from organizations.models import Event, Organization
from organizations.statuses import AdministratorState


def note_registered_phone(
    organization: Organization, phone: PhoneNumber | str | None, *, by: User | None, actor: str = ""
) -> None:
    """Writes the number, and with it whether the administrator of today holds it; nothing where it is unknown."""
    if not phone:
        return
    changed = str(organization.registered_phone) != str(phone)
    organization.registered_phone = phone
    Organization.objects.filter(pk=organization.pk).update(registered_phone=phone)
    if changed:
        Event.record("registered-phone.changed", organization, organization, by=by, actor=actor)
    state = organization.administrator_state
    person = organization.administrator
    if person is None or not person.phone:
        return
    if str(person.phone) == str(phone) and state == AdministratorState.CHANGING:
        organization.set_administrator_state(AdministratorState.CONFIRMED)
    elif str(person.phone) != str(phone) and state == AdministratorState.CONFIRMED:
        organization.set_administrator_state(AdministratorState.CHANGING)
