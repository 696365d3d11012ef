"""What a process that reads other people's files may not do: reach a network, write files, or take what it likes."""

from __future__ import annotations

import ctypes
import gc
import logging
import resource

LOG = logging.getLogger("hub.checker")

MORE_MEMORY = 512 * 1024 * 1024
OPEN_FILES = 64

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000


def leave_network() -> bool:
    """Move this process, before it has threads, to where there is no network. False where the host does not permit it."""
    libc = ctypes.CDLL(None, use_errno=True)
    for flags in (_NEW_NET, _NEW_USER | _NEW_NET):
        if libc.unshare(flags) == 0:
            return True
    LOG.warning("the host permits no network of its own; children only close what they inherited")
    return False


def confine(cpu_seconds: int) -> None:
    """Limits of one child: memory above its size at the start, processor time, open files; nothing is written to disk."""
    gc.disable()  # it lives for a second; collecting would only copy the parent's pages
    pages = int(open("/proc/self/statm").read().split()[0])  # noqa: SIM115, PTH123
    memory = pages * resource.getpagesize() + MORE_MEMORY
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value + 1 if limit == resource.RLIMIT_CPU else value))
