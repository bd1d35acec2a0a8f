"""Who stands on either side of a case: organisations that report, accounts that uploaded."""
