"""Decide which records go on: level, then sampling.

Enters: a level and a logger's name, or a trace id.
Leaves: yes or no, and the probability that the line stands for.
"""
