"""The law as dated, cited rules with three-valued logic.

Begin with `policy.loader.load_packs` and `policy.engine.evaluate`.
"""
