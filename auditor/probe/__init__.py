"""The wire: SMTP dialogue, TLS hellos, AUTH, relaying, and what DNS says around a mail host."""
