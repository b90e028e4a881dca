"""What stops a start and can be told to a person in one sentence."""

import errno
from pathlib import Path


class Trouble(Exception):
    """One sentence: what is wrong and what to do about it."""


def disk_full(where: Path) -> Trouble:
    return Trouble(f"The disk that holds {where} is full: free about 500 MB, then start again.")


def spelled(error: OSError, where: Path) -> Trouble:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(where)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Trouble(
            f"{error.filename or where} cannot be written by this user: give it back to its owner with chown,"
            " or set DATA_DIR to another folder."
        )
    return Trouble(f"{error.filename or where}: {error.strerror}.")
