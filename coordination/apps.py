from django.apps import AppConfig


class CoordinationConfig(AppConfig):
    name = "coordination"
    verbose_name = "Координация"

    def ready(self) -> None:
        from coordination import checks  # noqa: F401 - registers them
