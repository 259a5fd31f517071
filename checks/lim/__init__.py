"""Limits and throttles: what the daemon does when too much comes at once."""

USUAL_FILE = "/etc/mail/sendmail.mc"
