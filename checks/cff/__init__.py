"""Facts of the effective configuration: its options, listeners, mailers and lines."""

USUAL_FILE = "/etc/mail/sendmail.mc"
