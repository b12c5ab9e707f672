"""Know which unit of work a line belongs to.

Enters: `bind`, `bound`, `scope`, `set_user` of the application; carriers of the plug-ins.
Leaves: the current Layer, from which the record stage takes ids and fields.
"""
