"""The addresses of the screens."""

from django.urls import path

from .accounts import views as accounts
from .alerts import public_views as subscribing
from .alerts import views as alerts
from .creators import check_views as checking
from .creators import desk_views as desk
from .creators import identity_views as identities
from .keeping import case_views as keeping
from .keeping import overview_views as kept
from .matching import bank_views as banks
from .matching import views as copies
from .outbox import views as outbox
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
    path("status/<str:token>/erase", public.status_erase, name="status-erase"),
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
    path("alerts", alerts.alerts, name="alerts"),
    path("alerts/confirm/<str:token>", subscribing.confirm, name="alerts-confirm"),
    path("alerts/leave/<str:token>", subscribing.leave, name="alerts-leave"),
    path("alerts/lists", alerts.watch_lists, name="watch-lists"),
    path("alerts/lists/<uuid:list_id>", alerts.watch_list, name="watch-list"),
    path("alerts/lists/<uuid:list_id>/pause", alerts.pause, name="watch-list-pause"),
    path("alerts/lists/<uuid:list_id>/names", alerts.add_term, name="watch-term"),
    path(
        "alerts/lists/<uuid:list_id>/names/<uuid:term_id>/remove",
        alerts.remove_term,
        name="watch-term-remove",
    ),
    path("alerts/lists/<uuid:list_id>/hashes", alerts.add_hash, name="watch-hash"),
    path(
        "alerts/lists/<uuid:list_id>/hashes/<uuid:entry_id>/remove",
        alerts.remove_hash,
        name="watch-hash-remove",
    ),
    path("alerts/lists/<uuid:list_id>/subscribers", alerts.subscribe, name="watch-subscribe"),
    path(
        "alerts/lists/<uuid:list_id>/subscribers/<uuid:subscription_id>/again",
        alerts.ask_again,
        name="watch-ask-again",
    ),
    path(
        "alerts/lists/<uuid:list_id>/subscribers/<uuid:subscription_id>/end",
        alerts.dismiss,
        name="watch-dismiss",
    ),
    path("alerts/<uuid:alert_id>", alerts.alert, name="alert"),
    path("alerts/<uuid:alert_id>/close", alerts.close, name="alert-close"),
    path("outbox", outbox.endpoints, name="outbox"),
    path("outbox/endpoints/<uuid:endpoint_id>", outbox.endpoint, name="outbox-endpoint"),
    path("outbox/endpoints/<uuid:endpoint_id>/rotate", outbox.rotate, name="outbox-rotate"),
    path("outbox/endpoints/<uuid:endpoint_id>/switch", outbox.switch, name="outbox-switch"),
    path("outbox/endpoints/<uuid:endpoint_id>/test", outbox.test, name="outbox-test"),
    path("outbox/messages", outbox.deliveries, name="outbox-messages"),
    path("outbox/messages/<uuid:message_id>", outbox.message, name="outbox-message"),
    path("outbox/messages/<uuid:message_id>/again", outbox.again, name="outbox-again"),
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
    path("triage/<uuid:case_id>/player/<str:sha256>", media.player, name="player"),
    path("media/<uuid:derivative_id>", media.derivative, name="derivative"),
    path("review/law", law.shelf, name="law"),
    path("review/law/what-if", law.what_if, name="law-what-if"),
    path("review/law/stale", law.stale, name="law-stale"),
    path("review/law/<slug:pack>", law.pack, name="law-pack"),
    path("review/law/<slug:pack>/changes", law.changes, name="law-changes"),
    path("review/law/<slug:pack>/approval", law.approval, name="law-approval"),
    path("review/banks", banks.banks, name="banks"),
    path("review/banks/parked", banks.parked, name="banks-parked"),
    path("review/banks/entry/<uuid:entry_id>", banks.entry, name="banks-entry"),
    path("review/banks/<slug:name>", banks.bank, name="bank"),
    path("review/banks/<slug:name>/settings", banks.bank_settings, name="bank-settings"),
    path("review/banks/<slug:name>/file", banks.bank_file, name="bank-file"),
    path("review/campaign/<uuid:cluster_id>", copies.campaign, name="campaign"),
    path("review/carry/<uuid:carry_id>", copies.carry_settle, name="carry-settle"),
    path("review/<uuid:case_id>/copies", copies.carry, name="carry"),
    path("review/<uuid:case_id>/copies/search", copies.search, name="carry-search"),
    path("review/<uuid:case_id>/copies/carry", copies.carry_on, name="carry-on"),
    path("review/<uuid:case_id>/copies/<uuid:match_id>", copies.compare, name="compare"),
    path("review/<uuid:case_id>/copies/<uuid:match_id>/answer", copies.answer, name="copy-answer"),
    path("review/<uuid:case_id>", review.dossier, name="dossier"),
    path("keeping", kept.overview, name="keeping"),
    path("keeping/schedules", kept.schedules, name="keeping-schedules"),
    path("erasure/<str:token>", kept.outcome, name="erasure-outcome"),
    path("review/<uuid:case_id>/keeping", keeping.case_keeping, name="case-keeping"),
    path("review/<uuid:case_id>/keeping/hold", keeping.hold, name="hold-place"),
    path(
        "review/<uuid:case_id>/keeping/hold/<uuid:hold_id>/release",
        keeping.release,
        name="hold-release",
    ),
    path("review/<uuid:case_id>/keeping/erasure", keeping.enter, name="erasure-enter"),
    path(
        "review/<uuid:case_id>/keeping/erasure/<uuid:request_id>/approve",
        keeping.approve,
        name="erasure-approve",
    ),
    path(
        "review/<uuid:case_id>/keeping/erasure/<uuid:request_id>/refuse",
        keeping.refuse,
        name="erasure-refuse",
    ),
    path(
        "review/<uuid:case_id>/keeping/erasure/<uuid:request_id>/extend",
        keeping.extend,
        name="erasure-extend",
    ),
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
