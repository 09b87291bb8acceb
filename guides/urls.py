from django.urls import path

from guides.views import materials, news, reading, reminders, trainings

app_name = "guides"
urlpatterns = [
    path("guides/", reading.guides, name="guides"),
    path("guides/trainings.ics", reading.trainings_ics, name="trainings-ics"),
    path("guides/trainings/", trainings.trainings, name="trainings"),
    path("guides/trainings/add/", trainings.add, name="training-add"),
    path("guides/trainings/<int:training_pk>/change/", trainings.change, name="training-change"),
    path("guides/trainings/<int:training_pk>/cancel/", trainings.cancel, name="training-cancel"),
    path("guides/reminders/", reminders.switch, name="reminders"),
    path("guides/reminders/<str:token>/", reminders.by_link, name="reminders-link"),
    path("guides/materials/", materials.materials, name="materials"),
    path("guides/materials/add/", materials.add, name="material-add"),
    path("guides/materials/<int:guide_pk>/change/", materials.change, name="material-change"),
    path("guides/materials/<int:guide_pk>/reviewed/", materials.reviewed, name="material-reviewed"),
    path("guides/materials/<int:guide_pk>/remove/", materials.remove, name="material-remove"),
    path("guides/news/", news.news, name="news"),
    path("guides/news/read/", news.read, name="news-read"),
    path("guides/news/add/", news.add, name="news-add"),
    path("guides/news/<int:news_pk>/change/", news.change, name="news-change"),
    path("guides/news/<int:news_pk>/remove/", news.remove, name="news-remove"),
    path("guides/<slug:slug>/", reading.topic, name="topic"),
]
