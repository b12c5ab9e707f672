"""Send the lines of the journal to where they are read.

Enters: parsed lines, each with the resource of its segment's header.
Leaves: OTLP requests (JSON or protobuf) over HTTP, and what the target said to each.
"""
