"""DNS block lists: whether they still exist, what their answers are taken for, and who is asked about."""

USUAL_FILE = "/etc/mail/sendmail.mc"
