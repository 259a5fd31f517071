"""What sendmail logs, and where that goes."""

USUAL_FILE = "/etc/mail/sendmail.mc"
