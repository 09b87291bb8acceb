from django.urls import URLPattern, URLResolver, include, path

from invitations.views import blocks, bulk, counting, decisions, links, receipt, review, slip, tell, visitor
from invitations.views import links, review, rollover, visitor

app_name = "invitations"

one_link: list[URLPattern | URLResolver] = [
    path("", links.invitation, name="invitation"),
    path("poster.pdf", links.poster, name="invitation-poster"),
    path("pause/", links.pause, name="invitation-pause"),
    path("resume/", links.resume, name="invitation-resume"),
    path("revoke/", links.revoke, name="invitation-revoke"),
    path("replace/", links.replace, name="invitation-replace"),
    path("extend/", links.extend, name="invitation-extend"),
    path("link/", links.change_link, name="invitation-change-link"),
    path("renewed/", links.renewed, name="invitation-renewed"),
]
school: list[URLPattern | URLResolver] = [
    path("invitations/", links.invitations, name="invitations"),
    path("invitations/issue/", links.issue, name="invitations-issue"),
    path("invitations/pause/", bulk.pause, name="invitations-pause"),
    path("invitations/resume/", bulk.resume, name="invitations-resume"),
    path("invitations/extend/", bulk.extend, name="invitations-extend"),
    path("invitations/revoke/", bulk.revoke, name="invitations-revoke"),
    path("invitations/<int:invitation_pk>/", include(one_link)),
    path("classes/rollover/", rollover.rollover, name="rollover"),
    path("classes/rollover/preview/", rollover.show_preview, name="rollover-preview"),
    path("classes/rollover/confirm/", rollover.confirm, name="rollover-confirm"),
    path("classes/rollover/<int:rollover_pk>/undo/", rollover.undo, name="rollover-undo"),
    path("requests/", review.requests, name="requests"),
    path("requests/exact/", review.exact, name="requests-exact"),
    path("requests/accept/", decisions.accept, name="requests-accept"),
    path("requests/reject/", decisions.reject, name="requests-reject"),
    path("requests/postpone/", decisions.postpone, name="requests-postpone"),
    path("requests/take-back/", decisions.take_back, name="requests-take-back"),
    path("requests/undo/", decisions.undo, name="requests-undo"),
    path("requests/reopen/", decisions.reopen, name="requests-reopen"),
    path("requests/same/", decisions.same, name="requests-same"),
    path("requests/apart/", decisions.apart, name="requests-apart"),
    path("requests/forget/", decisions.forget, name="requests-forget"),
    path("requests/block/", blocks.block, name="requests-block"),
    path("requests/blocks/", blocks.blocks, name="blocks"),
    path("requests/blocks/<int:block_pk>/lift/", blocks.lift, name="block-lift"),
    path("requests/slips/", slip.slips, name="slips"),
    path("requests/slips/issue/", slip.issue_slips, name="slips-issue"),
    path("requests/slips/<int:slip_pk>/sheet.pdf", slip.slip_sheet, name="slip-sheet"),
    path("requests/slips/<int:slip_pk>/revoke/", slip.revoke_slip, name="slip-revoke"),
    path("requests/to-tell/", tell.to_tell, name="to-tell"),
    path("requests/tick-list/", review.tick_list, name="tick-list"),
    path("requests/tick-list/joined/", review.join_marks, name="requests-joined"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("organizations/<int:pk>/", include(school)),
    path("j/", visitor.check, name="check"),
    path("j/<str:code>/", visitor.join, name="join"),
    path("j/<str:code>/opened/", counting.opened, name="join-opened"),
    path("j/<str:code>/status/", visitor.status, name="join-status"),
    path("receipt/<str:token>/", receipt.receipt, name="receipt"),
    path("receipt/<str:token>/correct/", receipt.correct, name="receipt-correct"),
    path("receipt/<str:token>/withdraw/", receipt.withdraw, name="receipt-withdraw"),
    path("s/<str:token>/", slip.slip, name="slip"),
    path("consent/<slug:version>/", visitor.consent, name="consent"),
]
