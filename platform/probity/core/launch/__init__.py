"""Starting Probity on one computer: the embedded database and the processes around it.

Nothing here imports Django, so that the launcher works before Django is configured.
"""
