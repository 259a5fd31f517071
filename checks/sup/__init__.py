"""Suppressions: comments in the files and entries of the settings that keep findings from being told."""

USUAL_FILE = "/etc/mail/sendmail.mc"
