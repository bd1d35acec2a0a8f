from probity.audit.registry import register

register(
    "care.rules_set", "A lead set how much of a day media may be looked at, and what happens then.",
    "rules", "ordinary_seconds", "grave_seconds", "gravest_seconds", "at_limit",
)  # fmt: skip
register("care.category_uncovered", "Nobody is left who takes cases of a category.", "category")
