from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("welcome/", views.welcome_type, name="welcome-type"),
    path("welcome/<str:token>/", views.welcome, name="welcome"),
    path("accounts/enter-as/<int:pk>/", views.enter_as, name="enter-as"),
]
