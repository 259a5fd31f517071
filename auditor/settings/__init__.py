"""The settings of a repository or host: what is asked of it, what of that is tolerated, and who said so."""
