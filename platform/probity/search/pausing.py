"""The switch that lets triggers rest while everything is built anew."""

#: Set for the length of a transaction that builds everything anew at its end.
PAUSE = "SET LOCAL probity.search_paused = 'on'"
GO_ON = "SET LOCAL probity.search_paused = 'off'"
PAUSED = "coalesce(current_setting('probity.search_paused', true), '') = 'on'"
