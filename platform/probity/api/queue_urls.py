"""The addresses of queues and work."""

from django.urls import path

from . import leading, queues, setting

urlpatterns = [
    path("v1/queues/claim-next", queues.ClaimNext.as_view(), name="api-claim-next"),
    path("v1/queues/board", queues.Board.as_view(), name="api-board"),
    path("v1/queues/routing", leading.Routing.as_view(), name="api-routing"),
    path("v1/queues/routing/preview", leading.RoutingPreview.as_view(), name="api-routing-preview"),
    path("v1/queues/priority", leading.PriorityWeights.as_view(), name="api-priority"),
    path(
        "v1/queues/priority/preview",
        leading.PriorityPreview.as_view(),
        name="api-priority-preview",
    ),
    path("v1/queues/<slug:name>", setting.OneQueue.as_view(), name="api-queue"),
    path("v1/cases/<uuid:case_id>/claim/extend", queues.Extend.as_view(), name="api-claim-extend"),
    path("v1/cases/<uuid:case_id>/return", queues.Return.as_view(), name="api-case-return"),
    path("v1/cases/<uuid:case_id>/send", queues.Send.as_view(), name="api-case-send"),
    path("v1/cases/<uuid:case_id>/queue", queues.Requeue.as_view(), name="api-case-queue"),
    path("v1/cases/<uuid:case_id>/snooze", queues.Snooze.as_view(), name="api-case-snooze"),
    path("v1/cases/<uuid:case_id>/skip", queues.Skip.as_view(), name="api-case-skip"),
    path("v1/cases/<uuid:case_id>/escalate", queues.Escalation.as_view(), name="api-case-escalate"),
    path("v1/cases/<uuid:case_id>/calm", queues.EscalationAnswer.as_view(), name="api-case-calm"),
    path("v1/cases/<uuid:case_id>/merge", queues.Merge.as_view(), name="api-case-merge"),
    path("v1/cases/<uuid:case_id>/split", queues.Split.as_view(), name="api-case-split"),
]
