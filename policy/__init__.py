"""The law as dated, cited rules with three-valued logic; see `policy.loader` and `policy.engine`."""
