from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "sferum_onboarding"
    verbose_name = "Портал"

    def ready(self) -> None:
        from sferum_onboarding import checks  # noqa: F401 - registers them
