"""Protocols, ciphers and the options that switch STARTTLS on and off."""

USUAL_FILE = "/etc/mail/sendmail.mc"
