"""Resolve facts, run checks, gather findings: the street between a tree and a report."""
