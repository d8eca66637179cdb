"""Synthetic silence in the formats that phones play, and files that only pretend to be."""

import struct

FRAME = bytes([0xFF, 0xFB, 0x10, 0xC4]) + bytes(
    100
)  # MPEG-1 layer 3, 32 kbit/s, 44.1 kHz, one channel, silent
FRAME_SECONDS = 1152 / 44_100


def mp3(seconds: float, title: bytes = b"") -> bytes:
    """Whole silent frames, with a title in front where one is given."""
    tag = b""
    if title:
        body = b"TIT2" + struct.pack(">I", len(title) + 1) + b"\0\0\0" + title
        tag = b"ID3\x03\0\0" + bytes((len(body) >> shift) & 127 for shift in (21, 14, 7, 0)) + body
    return tag + FRAME * round(seconds / FRAME_SECONDS)


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def m4a(seconds: int, handler: bytes = b"soun", codec: bytes = b"mp4a", extra: bytes = b"") -> bytes:
    """The head of an AAC file with that many seconds, and a body of zeros. Good enough to be read, not to be heard."""
    rate = 44_100
    frames = seconds * rate // 1024
    config = b"\x05\x02\x12\x08"  # AAC-LC, 44.1 kHz, one channel
    decoder = b"\x04" + bytes([13 + len(config)]) + b"\x40\x15" + bytes(11) + config
    stream = b"\x03" + bytes([3 + len(decoder) + 3]) + b"\0\0\0" + decoder + b"\x06\x01\x02"
    entry = box(
        codec,
        bytes(6) + b"\0\1" + bytes(8) + b"\0\1\0\x10" + bytes(4) + struct.pack(">I", rate << 16),
        box(b"esds", bytes(4), stream),
    )

    def moov(offset: int) -> bytes:
        table = box(
            b"stbl",
            box(b"stsd", bytes(4), struct.pack(">I", 1), entry),
            box(b"stts", bytes(4), struct.pack(">III", 1, frames, 1024)),
            box(b"stsc", bytes(4), struct.pack(">IIII", 1, 1, frames, 1)),
            box(b"stsz", bytes(4), struct.pack(">II", 8, frames)),
            box(b"stco", bytes(4), struct.pack(">II", 1, offset)),
        )
        media = box(
            b"mdia",
            box(b"mdhd", bytes(12), struct.pack(">II", rate, frames * 1024), bytes(4)),
            box(b"hdlr", bytes(8), handler, bytes(12), b"\0"),
            box(b"minf", table),
        )
        head = box(b"mvhd", bytes(12), struct.pack(">II", 1000, seconds * 1000), bytes(80))
        return box(b"moov", head, box(b"trak", media))

    start = box(b"ftyp", b"M4A \0\0\0\0M4A mp42isom") + extra
    sound = box(b"mdat", bytes(8 * frames))
    return start + moov(len(start) + len(moov(0)) + 8) + sound
