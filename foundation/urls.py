from django.urls import URLPattern, URLResolver, path

from foundation import views

app_name = "foundation"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.health, name="health"),
    path("readyz", views.readiness, name="readiness"),
]
