from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from coordination.demo import CannotFill, fill, has_demo, is_empty


class Command(BaseCommand):
    help = "Заполняет пустую базу примером: Томская область с вымышленными организациями."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="в непустой базе ничего не делать и не жаловаться")

    def handle(self, *, if_empty: bool, **options: Any) -> None:
        if if_empty and (settings.PORTAL_LIVE or not is_empty()):
            return
        if has_demo():
            self.stdout.write("Пример уже есть.")
            return
        self.stdout.write("Заполняю базу примером: Томская область, организации и люди вымышлены…")
        try:
            fill()
        except CannotFill as error:
            raise CommandError(str(error)) from error
