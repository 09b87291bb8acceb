from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from accounts.welcome import LINK_LIVES, welcome_token_for
from coordination.starting import CannotStart, start_region
from foundation.fields import EmailField, NameField


class Command(BaseCommand):
    help = "Начинает работу с настоящими данными: регион, его муниципалитеты и первый координатор."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("region", metavar="НОМЕР", help="номер субъекта, например 70")
        parser.add_argument("--coordinator-name", help="фамилия, имя, отчество координатора региона")
        parser.add_argument("--email", help="почта координатора")

    def handle(self, *, region: str, coordinator_name: str | None, email: str | None, **options: Any) -> None:
        name_field, email_field = NameField(), EmailField()
        full_name = self._clean(name_field, coordinator_name or self._ask("Фамилия, имя, отчество координатора"))
        address = self._clean(email_field, email or self._ask("Почта координатора"))
        try:
            coordinator = start_region(region, full_name=full_name, email=address)
        except CannotStart as error:
            raise CommandError(str(error)) from error
        link = settings.PORTAL_URL + reverse("accounts:welcome", args=[welcome_token_for(coordinator.user)])
        self.stdout.write(f"{coordinator.region}: координатор – {coordinator.user}.")
        self.stdout.write(f"Откройте ссылку и задайте пароль. Она действует один раз, дней: {LINK_LIVES.days}.")
        self.stdout.write(link)

    def _ask(self, question: str) -> str:
        try:
            return input(f"{question}: ")
        except EOFError:
            raise CommandError("Некому ответить на вопросы: укажите --coordinator-name и --email в команде.") from None

    def _clean(self, field: NameField | EmailField, typed: str) -> str:
        try:
            return str(field.clean(typed))
        except ValidationError as error:
            raise CommandError(f"«{typed}»: {' '.join(error.messages)}") from error
