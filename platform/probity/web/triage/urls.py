"""The addresses of passing a case on, and of the board."""

from django.urls import path

from . import board_view, passing_views

urlpatterns = [
    path("board", board_view.board, name="board"),
    path("<uuid:case_id>/send", passing_views.send, name="case-send"),
    path("<uuid:case_id>/queue", passing_views.requeue, name="case-requeue"),
    path("<uuid:case_id>/snooze", passing_views.snooze, name="case-snooze"),
    path("<uuid:case_id>/wake", passing_views.wake, name="case-wake"),
    path("<uuid:case_id>/skip", passing_views.skip, name="case-skip"),
    path("<uuid:case_id>/escalate", passing_views.escalate, name="case-escalate"),
    path("<uuid:case_id>/calm", passing_views.calm, name="case-calm"),
    path("<uuid:case_id>/merge", passing_views.merge, name="case-merge"),
    path("<uuid:case_id>/split", passing_views.split, name="case-split"),
]
