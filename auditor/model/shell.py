"""Names in commands: what an audited tree calls its files and users must stay one word to a shell, and no option."""

from __future__ import annotations


def quoted(path: str) -> str:
    """The name of a file as one word of a POSIX shell, whatever characters are in it."""
    import shlex  # noqa: PLC0415  # Few findings come with a command.

    return shlex.quote(f"./{path}" if path.startswith("-") else path)


def operand(word: str) -> str:
    """A word that is no file's name, such as a user's, in a place where no option is to be read any more."""
    import shlex  # noqa: PLC0415  # Likewise.

    return f"-- {shlex.quote(word)}" if word.startswith("-") else shlex.quote(word)
