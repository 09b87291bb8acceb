from django.urls import URLPattern, URLResolver, path

from registrations.views import cases, filing, inbox, inquiry, letters, links, organization

app_name = "registrations"
urlpatterns: list[URLPattern | URLResolver] = [
    path("who/", links.who_type, name="who-type"),
    path("who/<str:token>/", links.who, name="who"),
    path("who/<str:token>/slip.pdf", links.who_slip, name="who-slip"),
    path("who/<str:token>/mistake/", links.who_mistake, name="who-mistake"),
    path("handover/", links.handover_type, name="handover-type"),
    path("handover/<str:token>/", links.handover, name="handover-accept-link"),
    path("letters/", letters.letters, name="letters"),
    path("letters/probe/", letters.probe, name="letter-probe"),
    path("letters/resume/", letters.channel_resume, name="mail-resume"),
    path("letters/<int:pk>/", letters.letter, name="letter"),
    path("letters/<int:pk>/status/", letters.letter_status, name="letter-status"),
    path("letters/<int:pk>/resend/", letters.letter_resend, name="letter-resend"),
    path("letters/<int:pk>/abort/", letters.letter_abort, name="letter-abort"),
    path("letters/<int:pk>/readdress/", letters.letter_readdress, name="letter-readdress"),
    path("inquiries/ask/", inquiry.inquiry_ask, name="inquiry-ask"),
    path("inquiries/sheets.pdf", inquiry.sheets_pdf, name="inquiry-sheets"),
    path("registrations/file/", filing.file, name="file-many"),
    path("registrations/filed/", filing.filings, name="filings"),
    path("registrations/filed/<uuid:batch>/", filing.filing, name="filing"),
    path("registrations/filed/<uuid:batch>/progress/", filing.progress, name="filing-progress"),
    path("registrations/filed/<uuid:batch>/result.xlsx", filing.result, name="filing-result"),
    path("organizations/<int:pk>/inquiry/", inquiry.inquiry, name="inquiry"),
    path("organizations/<int:pk>/inquiry/send/", inquiry.inquiry_send, name="inquiry-send"),
    path("organizations/<int:pk>/inquiry/answer/", inquiry.inquiry_answer, name="inquiry-answer"),
    path("organizations/<int:pk>/inquiry/sheet.pdf", inquiry.inquiry_sheet_pdf, name="inquiry-sheet"),
    path(
        "organizations/<int:pk>/inquiry/<int:inquiry_pk>/withdraw/", inquiry.inquiry_withdraw, name="inquiry-withdraw"
    ),
    path("organizations/<int:pk>/registration/", organization.registration, name="registration"),
    path("organizations/<int:pk>/registration/submit/", organization.registration_submit, name="registration-file"),
    path(
        "organizations/<int:pk>/registration/prepare/", organization.registration_prepare, name="registration-prepare"
    ),
    path("organizations/<int:pk>/first-entry/", organization.first_entry, name="first-entry"),
    path("organizations/<int:pk>/first-entry/confirm/", organization.first_entry_confirm, name="first-entry-confirm"),
    path("organizations/<int:pk>/first-entry/ask-number/", organization.ask_number, name="number-ask"),
    path("organizations/<int:pk>/handover/", organization.handover, name="handover"),
    path("organizations/<int:pk>/handover/nominate/", organization.handover_nominate, name="handover-nominate"),
    path("organizations/<int:pk>/handover/<int:case_pk>/accept/", organization.handover_accept, name="handover-accept"),
    path("organizations/<int:pk>/handover/<int:case_pk>/slip.pdf", organization.handover_slip, name="handover-slip"),
    path("organizations/<int:pk>/help/", organization.help_list, name="help"),
    path("organizations/<int:pk>/help/ask/", organization.help_ask, name="help-ask"),
    path("organizations/<int:pk>/help/<int:case_pk>/", organization.help_case, name="help-case"),
    path("organizations/<int:pk>/help/<int:case_pk>/number-moved/", organization.number_moved, name="help-moved"),
    path("organizations/<int:pk>/letters/<int:letter_pk>/detach/", inbox.letter_detach, name="letter-detach"),
    path("letters/inbox/", inbox.inbox, name="inbox"),
    path("letters/inbox/<int:pk>/", inbox.inbox_letter, name="inbox-letter"),
    path("letters/inbox/<int:pk>/attach/", inbox.inbox_attach, name="inbox-attach"),
    path("letters/inbox/<int:pk>/aside/", inbox.inbox_aside, name="inbox-aside"),
    path("letters/inbox/<int:pk>/take-back/", inbox.inbox_take_back, name="inbox-take-back"),
    path("letters/incoming/<int:incoming_pk>/attachments/<int:position>/", inbox.attachment, name="attachment"),
    path("organizations/<int:pk>/memo.pdf", organization.memo, name="memo"),
]


def case_paths(kind: str) -> list[URLPattern]:
    """The verbs that every kind of case has, under the case's own address."""
    root, same = f"organizations/<int:pk>/{kind}/<int:case_pk>/", {"kind": kind}
    return [
        path(f"{root}submit/", cases.submit, same, name=f"{kind}-submit"),
        path(f"{root}sent-by-hand/", cases.sent_by_hand, same, name=f"{kind}-sent-by-hand"),
        path(f"{root}repeat/", cases.repeat, same, name=f"{kind}-repeat"),
        path(f"{root}answer/", cases.answer, same, name=f"{kind}-answer"),
        path(f"{root}answer/<int:letter_pk>/", cases.classify, same, name=f"{kind}-classify"),
        path(f"{root}reply/", cases.reply, same, name=f"{kind}-reply"),
        path(f"{root}status/", cases.status, same, name=f"{kind}-status"),
        path(f"{root}letter.eml", cases.letter_file, same, name=f"{kind}-letter"),
    ]


def withdrawal(kind: str) -> URLPattern:
    """A letter about registration that has gone cannot be taken back; a nomination and a question can."""
    address = f"organizations/<int:pk>/{kind}/<int:case_pk>/withdraw/"
    return path(address, cases.withdraw, {"kind": kind}, name=f"{kind}-withdraw")


urlpatterns += [address for kind in cases.CASES for address in case_paths(kind)]
urlpatterns += [withdrawal(kind) for kind in ("handover", "help")]
