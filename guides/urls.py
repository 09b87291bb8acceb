from django.urls import path

from guides import views

app_name = "guides"
urlpatterns = [
    path("guides/", views.guides, name="guides"),
    path("guides/trainings.ics", views.trainings_ics, name="trainings-ics"),
    path("guides/<slug:slug>/", views.topic, name="topic"),
]
