"""What a file is, told by its first bytes; its name only chooses among forms that look alike. Called by uploads."""

from __future__ import annotations

from pathlib import PurePosixPath

HEAD = 4096  # bytes that are looked at
OCTETS = "application/octet-stream"
_MAGIC: tuple[tuple[bytes, int, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"BM", 0, "image/bmp"),
    (b"%PDF-", 0, "application/pdf"),
    (b"PK\x03\x04", 0, "application/zip"),
    (b"PK\x05\x06", 0, "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, "application/x-ole-storage"),
    (b"\x1f\x8b", 0, "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", 0, "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", 0, "application/vnd.rar"),
    (b"ID3", 0, "audio/mpeg"),
    (b"\xff\xfb", 0, "audio/mpeg"),
    (b"OggS", 0, "audio/ogg"),
    (b"WAVE", 8, "audio/wav"),
    (b"ftyp", 4, "video/mp4"),
    (b"\x1aE\xdf\xa3", 0, "video/webm"),
    (b"II*\x00", 0, "image/tiff"),
    (b"MM\x00*", 0, "image/tiff"),
)
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_BY_NAME = {  # container -> extension -> what it then is
    "application/zip": {
        ".docx": _OPEN_XML + "wordprocessingml.document",
        ".xlsx": _OPEN_XML + "spreadsheetml.sheet",
        ".pptx": _OPEN_XML + "presentationml.presentation",
        ".odt": "application/vnd.oasis.opendocument.text",
        ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    },
    "application/x-ole-storage": {
        ".doc": "application/msword",
        ".xls": "application/vnd.ms-excel",
        ".ppt": "application/vnd.ms-powerpoint",
        ".msg": "application/vnd.ms-outlook",
    },
    "text/plain": {
        ".csv": "text/csv",
        ".json": "application/json",
        ".md": "text/markdown",
        ".ics": "text/calendar",
        ".vcf": "text/vcard",
    },
}
# What these names promise, their bytes must hold.
_PROMISES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".pdf": "application/pdf",
    ".docx": "application/zip",
    ".xlsx": "application/zip",
    ".pptx": "application/zip",
    ".zip": "application/zip",
    ".mp4": "video/mp4",
    ".mov": "video/mp4",
}


def media_type(head: bytes, name: str) -> str | None:
    """The media type of a file with these first bytes; None for programs and for names that promise something else."""
    extension = PurePosixPath(name.lower()).suffix
    if head.startswith(_PROGRAMS):
        return None
    found = next((kind for magic, place, kind in _MAGIC if head[place : place + len(magic)] == magic), None)
    if found is None:
        found = "text/plain" if _is_text(head) else OCTETS
    promised = _PROMISES.get(extension)
    if promised is not None and promised != found:
        return None
    return _BY_NAME.get(found, {}).get(extension, found)


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return head.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-8", "gb18030"):
        try:
            head.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start >= len(head) - 4:  # a character cut in two at the end
                return True
        else:
            return True
    return not head
