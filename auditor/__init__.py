"""The machine of mailaudit: trees, readers, facts, engine and reports; it knows sendmail and no rule."""

__version__ = "0.1.0"
