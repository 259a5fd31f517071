"""What sendmail makes of it: options, classes, listeners, macros, file safety, TLS files, versions."""
