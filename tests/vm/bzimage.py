#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""bzimage.py VMLINUZ VMLINUX BTF: takes the kernel, and its BTF, out of an x86 bzImage."""

import lzma
import struct
import subprocess
import sys
import zlib


def tool(*command):
    """For what Python's library lacks. Status ignored: the data's size follows it, which some tools call garbage."""
    return lambda data: subprocess.run(
        command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    ).stdout


FORMATS = {
    b"\xfd7zXZ": lambda data: lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(data),
    b"\x28\xb5\x2f\xfd": tool("zstd", "-q", "-d", "-c"),
    b"\x1f\x8b": lambda data: zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data),
    b"\x02\x21\x4c\x18": tool("lz4", "-q", "-d", "-c"),
    b"\x5d\x00\x00": lambda data: lzma.LZMADecompressor(lzma.FORMAT_ALONE).decompress(data),
    b"\x7fELF": lambda data: data,
}


def vmlinux(image):
    """The setup header says where the payload is (boot protocol 2.08 and later)."""
    if image[0x202:0x206] != b"HdrS":
        raise ValueError("not a bzImage")
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = ((image[0x1F1] or 4) + 1) * 512 + offset
    payload = image[start : start + length]
    for magic, unpack in FORMATS.items():
        if payload.startswith(magic):
            elf = unpack(payload)
            if not elf.startswith(b"\x7fELF"):
                raise ValueError("the payload does not decompress to an ELF file")
            return elf
    raise ValueError(f"unknown compression {payload[:6].hex()}")


def section(elf, name):
    """One section of a little-endian ELF64 file."""
    (table,) = struct.unpack_from("<Q", elf, 0x28)
    size, count, names = struct.unpack_from("<HHH", elf, 0x3A)
    headers = [struct.unpack_from("<IIQQQQ", elf, table + i * size) for i in range(count)]
    strings = headers[names][4]
    for index, _, _, _, offset, length in headers:
        if elf.startswith(name + b"\0", strings + index):
            return elf[offset : offset + length]
    raise ValueError(f"no section {name.decode()}")


def main(argv):
    if len(argv) != 4:
        sys.exit(__doc__)
    try:
        with open(argv[1], "rb") as source:
            elf = vmlinux(source.read())
        with open(argv[2], "wb") as kernel:
            kernel.write(elf)
        with open(argv[3], "wb") as btf:
            btf.write(section(elf, b".BTF"))
    except (OSError, ValueError, lzma.LZMAError, zlib.error, struct.error) as error:
        sys.exit(f"bzimage: {argv[1]}: {error}")


main(sys.argv)
