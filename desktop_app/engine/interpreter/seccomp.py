"""The system call filter: a BPF program that denies what a sandboxed program has no business with.

Sockets would reach the session bus, the ssh agent and, where network namespaces fail, the network; io_uring makes
sockets without `socket()`; memory that no process maps (memfd, System V, message queues) would not be seen by the
watchdog; nor would the larger buffers that `setsockopt` makes; what inotify uses up, the person's other programs lack;
the rest is the kernel's least hardened surface. `socketpair` stays: event loops need it, it reaches nobody.

Sources: linux/seccomp.h, linux/bpf_common.h, seccomp(2), and the tables of asm/unistd_64.h and asm-generic/unistd.h.
"""

import errno
import platform
import struct

_LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_AT_LEAST = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_ANY_BIT = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K

_ALLOW = 0x7FFF0000
_KILL = 0x80000000
_ERRNO = 0x00050000

_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24  # offsets in struct seccomp_data

_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_COLUMN = {"x86_64": 0, "aarch64": 1}
_X32_BIT = 0x40000000

# name: (x86_64, aarch64); None where the architecture does not have it
_DENIED: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198),
    "setsockopt": (54, 208),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "open_tree_attr": (467, 467),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "acct": (163, 89),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "syslog": (103, 116),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "lookup_dcookie": (212, 18),
    "fanotify_init": (300, 262),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "vmsplice": (278, 75),
    "personality": (135, 92),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
}
_CLONE = (56, 220)
_CLONE3 = (435, 435)
_IOCTL = (16, 29)

_NEW_NAMESPACE = 0x7E020000  # CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET}; CLONE_NEWTIME is for clone3 only
_TERMINAL_INJECTION = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX


def is_supported(machine: str | None = None) -> bool:
    """Whether there is a filter for this processor."""
    return (machine or platform.machine()) in _AUDIT


def program(machine: str | None = None) -> bytes:
    """The filter as `struct sock_filter[]`, ready for `bwrap --seccomp`.

    Raises:
        KeyError: There is none for this processor; ask `is_supported` first.
    """
    machine = machine or platform.machine()
    column = _COLUMN[machine]
    code = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_EQUAL, _AUDIT[machine], when_true=1),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER),
    ]
    if machine == "x86_64":
        code += [_instruction(_AT_LEAST, _X32_BIT, when_false=1), _deny(errno.ENOSYS)]
    for numbers in _DENIED.values():
        if (number := numbers[column]) is not None:
            code += [_instruction(_EQUAL, number, when_false=1), _deny(errno.EPERM)]
    # C libraries fall back to clone(), whose flags can be read here; those of clone3() are behind a pointer.
    code += [_instruction(_EQUAL, _CLONE3[column], when_false=1), _deny(errno.ENOSYS)]
    code += [
        _instruction(_EQUAL, _CLONE[column], when_false=4),
        _instruction(_LOAD, _FIRST_ARGUMENT),
        _instruction(_ANY_BIT, _NEW_NAMESPACE, when_false=1),
        _deny(errno.EPERM),
        _instruction(_RETURN, _ALLOW),
        _instruction(_EQUAL, _IOCTL[column], when_false=4),
        _instruction(_LOAD, _SECOND_ARGUMENT),
        _instruction(_EQUAL, _TERMINAL_INJECTION[0], when_true=1),
        _instruction(_EQUAL, _TERMINAL_INJECTION[1], when_false=1),
        _deny(errno.EPERM),
        _instruction(_RETURN, _ALLOW),
    ]
    return b"".join(code)


def _instruction(code: int, value: int, *, when_true: int = 0, when_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, when_true, when_false, value)


def _deny(number: int) -> bytes:
    return _instruction(_RETURN, _ERRNO | number)
