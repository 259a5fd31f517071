"""Put other content into a file of a tree, all of it or nothing, and leave everything else about the file as it was."""

from __future__ import annotations

import errno
import os
import secrets
import stat

from auditor.trees.local import LocalTree

_WRITABLE = 0o222
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def rewrite(tree: LocalTree, path: str, before: bytes, after: bytes) -> None:
    """Replace a file's content by way of a new file beside it, which takes its place when it is on the disk.

    The new file has the old one's owner, mode and extended attributes.

    Args:
        tree: the tree.
        path: the file's real path inside the root, no link in it.
        before: what the file has to hold still.
        after: what it is to hold.

    Raises:
        OSError: it is not to be written, or is no longer what it was; it is left as it is.

    """
    directory, name = tree.directory(path)
    try:
        old = os.open(name, _READ, dir_fd=directory)
        try:
            _may_be_replaced(old, before)
            _replace(directory, name, old, after)
        finally:
            os.close(old)
        os.fsync(directory)
    finally:
        os.close(directory)


def _may_be_replaced(old: int, before: bytes) -> None:
    info = os.fstat(old)
    if not stat.S_ISREG(info.st_mode):
        raise OSError(errno.EINVAL, "not a regular file")
    # Root may write what nobody is meant to write; the mode says that it is not to be.
    if not info.st_mode & _WRITABLE:
        raise OSError(errno.EACCES, "read-only")
    if info.st_nlink > 1:
        raise OSError(errno.EMLINK, f"it has {info.st_nlink} names, which a new file would part")
    if _content(old, len(before)) != before:
        raise OSError(errno.EBUSY, "it was changed meanwhile")


def _content(descriptor: int, size: int) -> bytes:
    found = bytearray()
    while len(found) <= size and (piece := os.read(descriptor, size + 1 - len(found))):
        found += piece
    return bytes(found)


def _replace(directory: int, name: str, old: int, after: bytes) -> None:
    # Who may not write the file itself shall not replace it either, though the directory would let him.
    os.close(os.open(name, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory))
    beside = f".mailaudit-{secrets.token_hex(8)}"
    new = os.open(beside, _NEW, 0o600, dir_fd=directory)
    try:
        try:
            _write(new, after)
            _dress(new, old)
            os.fsync(new)
        finally:
            os.close(new)
        os.rename(beside, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        os.unlink(beside, dir_fd=directory)
        raise


def _write(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def _dress(new: int, old: int) -> None:
    """Give a new file the owner, the extended attributes and the mode of the old one."""
    info, made = os.fstat(old), os.fstat(new)
    if (info.st_uid, info.st_gid) != (made.st_uid, made.st_gid):
        os.fchown(new, info.st_uid, info.st_gid)
    for attribute in _attributes(old):
        value = os.getxattr(old, attribute)
        if attribute not in _attributes(new) or os.getxattr(new, attribute) != value:
            os.setxattr(new, attribute, value)
    os.fchmod(new, stat.S_IMODE(info.st_mode))


def _attributes(descriptor: int) -> list[str]:
    try:
        return os.listxattr(descriptor) if hasattr(os, "listxattr") else []
    except OSError as error:
        if error.errno == errno.ENOTSUP:
            return []
        raise
