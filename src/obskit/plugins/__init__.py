"""Find integrations and install each once: those named, or those whose framework is imported.

Enters: the `integrations` setting and the entry points of the group `obskit.integrations`.
Leaves: patched frameworks, and an undo for each.
"""
