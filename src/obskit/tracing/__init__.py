"""Spans: their ids, their life, and the headers that carry them between processes.

In: calls of the OpenTelemetry API, `obskit.span`, and the headers of incoming requests.
Out: every ended span, to the `on_end` of the engine in force; headers for outgoing requests.
"""
