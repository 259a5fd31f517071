"""Hellos of SSLv2 to TLS 1.3, of our own making, and what a server's answers to many of them say together.

`auditor.probe.tls.offer.offer` asks. No secret is protected by what lies here, and no data is sent: a handshake is left
as soon as the server has shown what it would do.
"""
