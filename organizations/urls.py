from django.urls import path

from organizations.views import appointments, classes, head, imports

app_name = "organizations"
urlpatterns = [
    path("appoint/", head.appoint_by_code, name="appoint-by-code"),
    path("appoint/done/<str:token>/", head.appointed, name="appointed"),
    path("appoint/done/<str:token>/order.pdf", head.appointed_order, name="appointed-order"),
    path("appoint/done/<str:token>/deputy/", head.deputy_by_head, name="deputy-by-head"),
    path("appoint/<str:token>/", head.appoint_by_link, name="appoint-by-link"),
    path("organizations/<int:pk>/appointments/", appointments.appointments, name="appointments"),
    path("organizations/<int:pk>/appointments/add/", appointments.appoint, name="appointment-add"),
    path("organizations/<int:pk>/appointments/deputy/", appointments.add_deputy, name="deputy-add"),
    path("organizations/<int:pk>/appointments/head-link/", appointments.send_head_link, name="head-link-send"),
    path("organizations/<int:pk>/appointments/head-sheet.pdf", appointments.head_sheet_pdf, name="head-sheet"),
    path("appointments/<int:pk>/order/", appointments.record_order, name="appointment-order"),
    path("appointments/<int:pk>/order.pdf", appointments.order_pdf, name="appointment-order-pdf"),
    path("appointments/<int:pk>/sign-in-sheet.pdf", appointments.sign_in_sheet_pdf, name="appointment-sheet"),
    path("appointments/<int:pk>/relieve/", appointments.relieve, name="appointment-relieve"),
    path("appointments/<int:pk>/confirm/", appointments.confirm, name="appointment-confirm"),
    path("appointments/<int:pk>/returned/", appointments.returned, name="deputy-returned"),
    path("appointments/<int:pk>/extend/", appointments.extend, name="appointment-extend"),
    path("appointments/<int:pk>/checked/", appointments.mark_checked, name="appointment-checked"),
    path("appointments/<int:pk>/contest/", appointments.contest, name="appointment-contest"),
    path("appointments/<int:pk>/reinstate/", appointments.reinstate, name="appointment-reinstate"),
    path("organizations/<int:pk>/classes/", classes.classes, name="classes"),
    path("organizations/<int:pk>/classes/table/", classes.save_table, name="classes-table"),
    path("organizations/<int:pk>/classes/<int:class_pk>/", classes.edit_class, name="class-edit"),
    path("organizations/<int:pk>/classes/<int:class_pk>/archive/", classes.archive_class, name="class-archive"),
    path("organizations/import/", imports.upload, name="import"),
    path("organizations/import/template.xlsx", imports.template, name="import-template"),
    path("organizations/import/<int:pk>/", imports.import_file, name="import-file"),
    path("organizations/import/<int:pk>/columns/", imports.columns, name="import-columns"),
    path("organizations/import/<int:pk>/progress/", imports.progress, name="import-progress"),
    path("organizations/import/<int:pk>/refused.xlsx", imports.refused, name="import-refused"),
    path("organizations/import/<int:pk>/confirm/", imports.confirm, name="import-confirm"),
    path("organizations/import/<int:pk>/discard/", imports.discard, name="import-discard"),
]
