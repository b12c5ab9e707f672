"""Find secrets in a text: one file a family of kinds.

Enters: a text without disguises (a view).
Leaves: spans, each with its kind and the rule that found it.
"""
