"""Who may sign in. What a person may do follows from rows of the floors above: a coordinator's territory, an appointment."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str | None = None, phone: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        """A user with an e-mail address, a phone in E.164, or both; without a password, sign-in goes by code or sheet."""
        user = self.model(email=(email or "").strip().lower() or None, phone=phone or None, **fields)
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

    email = models.EmailField("электронная почта", null=True, blank=True, unique=True)
    phone = PhoneNumberField("телефон", null=True, blank=True, unique=True)
    full_name = models.CharField("фамилия, имя, отчество", max_length=200)
    is_active = models.BooleanField("может входить", default=True)
    is_staff = models.BooleanField("служба портала", default=False)
    requires_second_factor = models.BooleanField("нужен второй шаг входа", default=False)
    is_demo = models.BooleanField("пример", default=False, editable=False)
    date_joined = models.DateTimeField("заведён", default=timezone.now, editable=False)

    objects = UserManager()

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

    def get_short_name(self) -> str:
        """Name and patronymic without the family name, as colleagues address each other."""
        return self.full_name.partition(" ")[2] or self.full_name
