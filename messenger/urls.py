from django.urls import path

from messenger import views

app_name = "messenger"
urlpatterns = [
    path("organizations/<int:pk>/chats/", views.chats, name="chats"),
    path("organizations/<int:pk>/chats/add/", views.add, name="chats-add"),
    path("organizations/<int:pk>/chats/classes/", views.add_for_classes, name="chats-add-classes"),
    path("organizations/<int:pk>/chats/moved/", views.move, name="chats-move"),
    path("organizations/<int:pk>/chats/not-moved/", views.leave, name="chats-leave"),
    path("organizations/<int:pk>/chats/planned/", views.reopen, name="chats-reopen"),
    path("organizations/<int:pk>/chats/removed/", views.remove, name="chats-remove"),
    path("organizations/<int:pk>/chats/nothing/", views.declare_nothing, name="nothing-declare"),
    path("organizations/<int:pk>/chats/nothing/undo/", views.take_nothing_back, name="nothing-undo"),
]
