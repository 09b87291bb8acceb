from django.urls import path

from coordination.views import (
    closing,
    coordinators,
    desk,
    exports,
    filing,
    first_run,
    merging,
    organizations,
    region,
    saved_views,
    sources,
    turnaround,
)

app_name = "coordination"
urlpatterns = [
    path("", desk.home, name="home"),
    path("start/example/", first_run.example, name="first-example"),
    path("start/region/", first_run.region, name="first-region"),
    path("dashboard/", desk.dashboard, name="dashboard"),
    path("reports/today.xlsx", desk.report, name="report"),
    path("reports/turnaround/", turnaround.turnaround, name="turnaround"),
    path("reports/turnaround.xlsx", turnaround.export, name="turnaround-export"),
    path("organizations/", organizations.organizations, name="organizations"),
    path("organizations/export.xlsx", exports.at_once, {"form": "xlsx"}, name="organizations-export"),
    path("organizations/ask/", organizations.ask, name="organizations-ask"),
    path("organizations/file/", filing.preview, name="organizations-file"),
    path("organizations/<int:pk>/", organizations.organization, name="organization"),
    path("coordinators/", coordinators.coordinators, name="coordinators"),
    path("coordinators/invite/", coordinators.invite, name="coordinator-invite"),
    path("coordinators/<int:pk>/remove/", coordinators.remove, name="coordinator-remove"),
    path("region/", region.region, name="region"),
    path("region/messenger/", region.change_messenger, name="region-messenger"),
    # Acts on many organizations
    path("organizations/views/", saved_views.saved_views, name="saved-views"),
    path("organizations/views/save/", saved_views.save, name="saved-view-save"),
    path("organizations/views/<int:view_pk>/rename/", saved_views.rename, name="saved-view-rename"),
    path("organizations/views/<int:view_pk>/start/", saved_views.start, name="saved-view-start"),
    path("organizations/views/<int:view_pk>/remove/", saved_views.remove, name="saved-view-remove"),
    path("organizations/<int:pk>/close/", closing.close, name="organization-close"),
    path("organizations/<int:pk>/reopen/", closing.reopen, name="organization-reopen"),
    # what leaves the portal as a file
    path("organizations/export.csv", exports.at_once, {"form": "csv"}, name="organizations-export-csv"),
    path("organizations/<int:pk>/merge/", merging.find, name="organization-merge-find"),
    path("organizations/<int:pk>/merge/<int:other>/", merging.merge_two, name="organization-merge"),
    path("organizations/<int:pk>/checked/", sources.checked, name="milestone-checked"),
]
