"""Versions: what is out of support, and what a version does not know yet or no longer."""

USUAL_FILE = "/etc/mail/sendmail.mc"
