"""Logging in: SASL mechanisms as state machines, the AUTH dialogue, what its replies mean, and saslauthd's socket."""
