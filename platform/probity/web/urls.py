"""The addresses of the screens."""

from django.urls import path

from .accounts import views as accounts
from .creators import check_views as checking
from .creators import desk_views as desk
from .creators import identity_views as identities
from .public import views as public
from .review import export_views as exporting
from .review import views as review
from .review.law import views as law
from .triage import actions, media
from .triage import views as triage

urlpatterns = [
    path("", public.home, name="home"),
    path("healthz", public.healthz, name="healthz"),
    path("favicon.ico", public.favicon, name="favicon"),
    path("report", public.report, name="report"),
    path("status/<str:token>", public.status, name="status"),
    path("check", checking.check, name="check"),
    path("check/<uuid:check_id>", checking.answer, name="check-answer"),
    path("check/<uuid:check_id>/more", checking.more, name="check-more"),
    path("check/<uuid:check_id>/provenance.json", checking.raw, name="check-raw"),
    path("check/<uuid:check_id>/keep", checking.keep, name="check-keep"),
    path("check/<uuid:check_id>/forget", checking.forget, name="check-forget"),
    path("check/<uuid:check_id>/picture/<str:node>", checking.picture, name="check-picture"),
    path("desk", desk.desk, name="desk"),
    path("desk/works", desk.works_list, name="desk-works"),
    path("desk/works/<uuid:work_id>", desk.work, name="desk-work"),
    path("desk/works/<uuid:work_id>/file", desk.work_file, name="desk-work-file"),
    path("desk/works/<uuid:work_id>/credentials", desk.work_manifest, name="desk-work-manifest"),
    path("desk/works/<uuid:work_id>/withdraw", desk.work_withdrawal, name="desk-work-withdraw"),
    path("desk/recover", desk.recover, name="desk-recover"),
    path("desk/export", desk.export, name="desk-export"),
    path("desk/identities", identities.identities, name="desk-identities"),
    path("desk/identities/<uuid:identity_id>/request", identities.request_pem, name="desk-request"),
    path("desk/identities/<uuid:identity_id>/chain", identities.chain_pem, name="desk-chain"),
    path("desk/identities/<uuid:identity_id>/import", identities.take_chain, name="desk-import"),
    path("desk/identities/<uuid:identity_id>/revoke", identities.revoke, name="desk-revoke"),
    path("sign-in", accounts.sign_in, name="sign-in"),
    path("sign-out", accounts.sign_out, name="sign-out"),
    path("password", accounts.password, name="password"),
    path("triage", triage.queue, name="queue"),
    path("triage/next", actions.take_next, name="next"),
    path("triage/<uuid:case_id>", triage.case, name="case"),
    path("triage/<uuid:case_id>/progress", triage.progress, name="progress"),
    path("triage/<uuid:case_id>/claim", actions.claim, name="claim"),
    path("triage/<uuid:case_id>/release", actions.release, name="release"),
    path("triage/<uuid:case_id>/facts", actions.facts, name="facts"),
    path("triage/<uuid:case_id>/places", actions.places, name="places"),
    path("triage/<uuid:case_id>/decide", actions.decide, name="decide"),
    path("triage/<uuid:case_id>/seal", actions.seal, name="seal"),
    path("triage/<uuid:case_id>/reveal", actions.reveal, name="reveal"),
    path("triage/<uuid:case_id>/conceal", actions.conceal, name="conceal"),
    path("media/<uuid:derivative_id>", media.derivative, name="derivative"),
    path("review/law", law.shelf, name="law"),
    path("review/law/what-if", law.what_if, name="law-what-if"),
    path("review/law/stale", law.stale, name="law-stale"),
    path("review/law/<slug:pack>", law.pack, name="law-pack"),
    path("review/law/<slug:pack>/changes", law.changes, name="law-changes"),
    path("review/law/<slug:pack>/approval", law.approval, name="law-approval"),
    path("review/<uuid:case_id>", review.dossier, name="dossier"),
    path("review/<uuid:case_id>/bundles", exporting.exports, name="exports"),
    path("review/<uuid:case_id>/bundles/list", exporting.exports_list, name="exports-list"),
    path(
        "review/<uuid:case_id>/bundles/<uuid:export_id>.zip",
        exporting.export_file,
        name="export-file",
    ),
    path("review/<uuid:case_id>/counsel", exporting.counsel, name="counsel"),
    path(
        "review/<uuid:case_id>/counsel/<uuid:link_id>/close",
        exporting.counsel_close,
        name="counsel-close",
    ),
    path("counsel/<str:secret>", exporting.counsel_room, name="counsel-room"),
    path("review/<uuid:case_id>/statement", review.statement, name="statement"),
]
