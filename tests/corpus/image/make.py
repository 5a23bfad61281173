#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the samples beside it."""
import pathlib

SAMPLES = {
    "t.tif": b"II*\0\x08\0\0\0\x02\0" b"\0\x01\x03\0\x01\0\0\0\0\x04\0\0"
             b"\x01\x01\x04\0\x01\0\0\0\0\x03\0\0" b"\x26\0\0\0" + b"\0" * 6,
    "g.gif": b"GIF89a\1\0\1\0\0\0\0" b",\0\0\0\0\1\0\1\0\0\2\2\x4c\1\0" b"!\xf9\4\0\0\0\0\0;",
    "j.jpg": b"\xff\xd8\xff\xe0\0\x04xx\xff\xff\xc2\0\x11\x08\x03\0\x04\0\x04",
    "w.webp": b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x03\0\xff\x02\0",
    "b.bmp": b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\0\x04\0\0\0\xfd\xff\xff",
    "p.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\0\0\0\x03\0",
}

for name, content in SAMPLES.items():
    (pathlib.Path(__file__).parent / name).write_bytes(content)
