"""The aliases: who must be there, and what must not."""

USUAL_FILE = "/etc/mail/aliases"
