"""Certificates, keys and revocation lists: whether they load, fit together, and satisfy peers."""

USUAL_FILE = "/etc/mail/sendmail.mc"
