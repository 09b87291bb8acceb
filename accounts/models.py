"""Who may sign in. What a person may do follows from rows of the floors above: a territory, an appointment."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager, PermissionsMixin
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField

from correspondence.drafts import check_address
from foundation.phones import parse_phones
from foundation.verbs import WrongStatus

# Only a superuser changes these in Django admin: who edits an address of sign-in could become that person.
_PEOPLE = {"accounts", "account", "auth", "mfa", "usersessions"}


class UserQuerySet(models.QuerySet["User"]):
    def by_login(self, typed: str) -> "User | None":
        """Whom an e-mail address in any case, or a phone in any shape a person types, belongs to."""
        typed = typed.strip()
        if "@" in typed:
            return self.filter(email=typed.lower()).first()
        phones = parse_phones(typed)
        return self.filter(phone=phones[0]).first() if len(phones) == 1 else None

    def mark_shared(self, *addresses: str) -> int:
        """These are official mailboxes now. For verbs above that write an organization's address; returns how many."""
        return self.filter(email__in=[address.strip().lower() for address in addresses]).update(email_is_shared=True)

    def demo_cast(self) -> "UserQuerySet":
        """The people of the demo region whom anybody may enter as, in the order in which they were made."""
        return self.filter(is_demo=True, is_active=True).exclude(demo_role="").order_by("pk")


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str | None = None, phone: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        """A user with an e-mail, a phone in E.164, or both; without a password, sign-in goes by code or sheet."""
        user = self.model(email=email, phone=phone or None, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(
            email, password=password, is_staff=True, is_superuser=True, requires_second_factor=True, **fields
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail or phone. Each of the two may be missing, not both."""

    email = models.EmailField("электронная почта", null=True, blank=True, unique=True, validators=[check_address])
    # Set by the floors above for an organization's official mailbox: whoever reads it is not yet this person.
    email_is_shared = models.BooleanField(
        "почта общая",
        default=False,
        help_text="Официальный ящик организации: коды для входа и восстановления на него не отправляются.",
    )
    phone = PhoneNumberField("телефон", null=True, blank=True, unique=True)
    full_name = models.CharField("фамилия, имя, отчество", max_length=200)
    is_active = models.BooleanField("может входить", default=True)
    is_staff = models.BooleanField("служба портала", default=False)
    requires_second_factor = models.BooleanField("нужен второй шаг входа", default=False)
    is_demo = models.BooleanField("пример", default=False, editable=False)
    demo_role = models.CharField("роль в примере", max_length=100, blank=True, editable=False)
    date_joined = models.DateTimeField("заведён", default=timezone.now, editable=False)
    deactivated_at = models.DateTimeField("вход закрыт", null=True, blank=True, editable=False)
    deactivated_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name="кто закрыл вход"
    )
    # A link or sheet for the first entry bears the version it was made for; a session bears the one it began with.
    welcome_version = models.PositiveIntegerField(default=1, editable=False)
    session_version = models.PositiveIntegerField(default=1, editable=False)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = "пользователь"
        verbose_name_plural = "пользователи"
        ordering = ["full_name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="user_has_email_or_phone",
                condition=Q(email__isnull=False) | Q(phone__isnull=False),
                violation_error_message="Укажите почту или телефон.",
            )
        ]

    def __str__(self) -> str:
        return self.full_name

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Portal staff open every desk of Django admin but that of people; what a desk lets change is its own rule."""
        return super().has_perm(perm, obj) or self._is_staffs(perm.partition(".")[0])  # type: ignore[arg-type]

    def has_module_perms(self, app_label: str) -> bool:
        return super().has_module_perms(app_label) or self._is_staffs(app_label)

    def _is_staffs(self, app_label: str) -> bool:
        return self.is_active and self.is_staff and app_label not in _PEOPLE

    def clean(self) -> None:
        """One shape of an address, for people are found by it; none is NULL, or only one person could lack it."""
        super().clean()
        self.email = (self.email or "").strip().lower() or None

    def get_short_name(self) -> str:
        """Name and patronymic without the family name, as colleagues address each other."""
        return self.full_name.partition(" ")[2] or self.full_name

    @property
    def own_email(self) -> str:
        """The address that only this person reads; empty when there is none or it is an organization's."""
        return "" if self.email_is_shared else self.email or ""

    @property
    def needs_second_factor(self) -> bool:
        return self.requires_second_factor or self.is_staff or self.is_superuser

    def get_session_auth_hash(self) -> str:
        """Bears the version, so that raising it ends every session of this person, on whatever list it is."""
        return f"{super().get_session_auth_hash()}.{self.session_version}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return (f"{earlier}.{self.session_version}" for earlier in super().get_session_auth_fallback_hash())

    @transaction.atomic
    def end_sessions(self) -> None:
        """Signed in anywhere, this person is out at the next request: relieved, deactivated, or by own wish."""
        type(self).objects.filter(pk=self.pk).update(session_version=F("session_version") + 1)
        self.refresh_from_db(fields=["session_version"])
        for session in UserSession.objects.filter(user_id=self.pk):
            session.end()

    def move_phone(self, old: object, new: object) -> bool:
        """Sign-in by another number, where `old` is this account's own and `new` is nobody's yet."""
        if not old or User.objects.filter(phone=new).exists():
            return False
        try:
            with transaction.atomic():
                moved = User.objects.filter(pk=self.pk, phone=old).update(phone=new)
        except IntegrityError:  # somebody took the number at this very moment
            return False
        self.refresh_from_db(fields=["phone"])
        return bool(moved)

    @transaction.atomic
    def reset_second_factor(self) -> None:
        """For whoever lost the telephone: the next sign-in goes without, and leads to setting a new one up."""
        Authenticator.objects.filter(user_id=self.pk).delete()
        self.end_sessions()

    @transaction.atomic
    def enter_first_time(self, *, version: int, password: str = "") -> None:
        """Uses up the link or sheet of this version; without a password, later sign-ins go by code to own_email."""
        won = (
            type(self)
            .objects.filter(pk=self.pk, is_active=True, welcome_version=version)
            .update(welcome_version=F("welcome_version") + 1)
        )
        self.refresh_from_db()
        if not won:
            raise WrongStatus("Эта ссылка уже использована.", by_name=str(self), at=self.last_login, status="used")
        if password:
            self.set_password(password)
            self.save(update_fields=["password"])

    def revoke_welcome(self) -> None:
        """Every link and sheet given for the first entry so far is dead; the next one is of the new version."""
        type(self).objects.filter(pk=self.pk).update(welcome_version=F("welcome_version") + 1)
        self.refresh_from_db(fields=["welcome_version"])

    @transaction.atomic
    def deactivate(self, *, by: "User | None") -> None:
        """Closes the entrance and ends the sessions; links and sheets given for the first entry die too."""
        won = (
            type(self)
            .objects.filter(pk=self.pk, is_active=True)
            .update(
                is_active=False,
                deactivated_at=timezone.now(),
                deactivated_by=by,
                welcome_version=F("welcome_version") + 1,
            )
        )
        self.refresh_from_db(fields=["is_active", "deactivated_at", "deactivated_by", "welcome_version"])
        if not won:
            raise WrongStatus(
                "Вход уже закрыт.", by_name=str(self.deactivated_by or ""), at=self.deactivated_at, status="inactive"
            )
        self.end_sessions()

    @transaction.atomic
    def reactivate(self, *, by: "User | None") -> None:
        """Opens the entrance again. Who did it stands in the journal of the administration page that calls this."""
        won = (
            type(self)
            .objects.filter(pk=self.pk, is_active=False)
            .update(is_active=True, deactivated_at=None, deactivated_by=None)
        )
        self.refresh_from_db(fields=["is_active", "deactivated_at", "deactivated_by"])
        if not won:
            raise WrongStatus("Вход и так открыт.", by_name=str(by or ""), at=None, status="active")


Visitor: TypeAlias = User | AnonymousUser
"""Whoever makes a request: a person who has signed in, or nobody known."""
