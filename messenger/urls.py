from django.urls import path

from messenger.views import adding, decisions, nothing, page, progress

app_name = "messenger"
urlpatterns = [
    path("organizations/<int:pk>/chats/", page.chats, name="chats"),
    path("organizations/<int:pk>/chats/add/", adding.add, name="chats-add"),
    path("organizations/<int:pk>/chats/classes/", adding.add_for_classes, name="chats-add-classes"),
    path("organizations/<int:pk>/chats/conditions/", decisions.note_conditions, name="chats-conditions"),
    path("organizations/<int:pk>/chats/moved/", decisions.move, name="chats-move"),
    path("organizations/<int:pk>/chats/created/", decisions.note_created, name="chats-created"),
    path("organizations/<int:pk>/chats/not-moved/", decisions.leave, name="chats-leave"),
    path("organizations/<int:pk>/chats/planned/", decisions.reopen, name="chats-reopen"),
    path("organizations/<int:pk>/chats/again/", decisions.plan_again, name="chats-again"),
    path("organizations/<int:pk>/chats/removed/", decisions.remove, name="chats-remove"),
    path("organizations/<int:pk>/chats/nothing/", nothing.declare, name="nothing-declare"),
    path("organizations/<int:pk>/chats/nothing/undo/", nothing.take_back, name="nothing-undo"),
    path("organizations/<int:pk>/chats/progress/", progress.progress, name="progress"),
    path("organizations/<int:pk>/chats/progress.xlsx", progress.export, name="progress-export"),
    path("organizations/<int:pk>/chats/progress/nothing/", nothing.declare_of_classes, name="class-nothing"),
    path(
        "organizations/<int:pk>/chats/progress/nothing/undo/", nothing.take_back_of_classes, name="class-nothing-undo"
    ),
]
