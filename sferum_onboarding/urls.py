"""One include per app; the site map of the portal is the sum of the apps' own `urls.py`."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("foundation.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include("accounts.signin_urls")),
    path("", include("organizations.urls")),
    path("", include("registrations.urls")),
    path("", include("invitations.urls")),
    path("", include("messenger.urls")),
    path("", include("guides.urls")),
    path("", include("coordination.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "foundation.views.bad_request"
handler403 = "foundation.views.permission_denied"
handler404 = "foundation.views.not_found"
handler500 = "foundation.views.server_error"
