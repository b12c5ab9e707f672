"""The parts of obskit's emit path that are faster in C; obskit uses them where they are installed."""

from obskit_speedups._c import API, Emitter, Fused, Method, Scanner

__all__ = ["API", "Emitter", "Fused", "Method", "Scanner"]
