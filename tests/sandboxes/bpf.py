"""A reader of classic BPF programs, to see what a filter answers without asking the kernel."""

from __future__ import annotations

import struct

LOAD, JUMP_EQUAL, JUMP_GREATER_EQUAL, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06


def answer(program: bytes, number: int, arch: int, args: tuple[int, ...] = ()) -> int:
    """The action of a seccomp program for one system call."""
    data = struct.pack("=iIQ6Q", number, arch, 0, *args, *(0,) * (6 - len(args)))
    accumulator = position = 0
    while True:
        code, when_true, when_false, value = struct.unpack_from("=HBBI", program, position * 8)
        position += 1
        if code == LOAD:
            assert value % 4 == 0
            accumulator = struct.unpack_from("=I", data, value)[0]
        elif code == RETURN:
            return value
        else:
            holds = {
                JUMP_EQUAL: accumulator == value,
                JUMP_GREATER_EQUAL: accumulator >= value,
                JUMP_ANY_BIT: bool(accumulator & value),
            }[code]
            position += when_true if holds else when_false
