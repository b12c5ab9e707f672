"""What `obskit doctor` looks at, one file a subject.

Enters: the settings, the environment, the journal's directory.
Leaves: checks: what was looked at, how it stands, and what to do about it.
"""
