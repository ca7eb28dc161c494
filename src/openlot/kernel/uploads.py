"""The one way a file comes in (接收上传文件): known by its bytes, never by its name."""

from __future__ import annotations

import hashlib
import io
import re
import struct
import unicodedata
import zlib
from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from openlot.kernel.archives import Refused, look_into
from openlot.kernel.errors import Invalid
from openlot.kernel.scanning import scan

MEGABYTE = 1024 * 1024
PIXEL_LIMIT = 64_000_000
LONGEST_SIDE = 4096
NAME_LIMIT = 120
# What the library says of a picture that is none, or of the notes in it.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    MemoryError,
    EOFError,
    struct.error,
    zlib.error,
)
JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX = f"{_OFFICE}wordprocessingml.document", f"{_OFFICE}spreadsheetml.sheet"
TEXT, TABLE_FILE = "text/plain", "application/octet-stream"
ENDINGS: dict[str, tuple[str, ...]] = {
    JPEG: (".jpg", ".jpeg"),
    PNG: (".png",),
    PDF: (".pdf",),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
    TEXT: (".txt", ".csv", ".md"),
}

_MARKUP = re.compile(
    rb"^\s*<|<\s*(?:!doctype|html|svg|script|iframe|body|head|\?xml)", re.IGNORECASE
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


class Accept(Enum):
    """What a place takes (接收范围): the largest size in megabytes, and the types."""

    PHOTO = (20, (JPEG, PNG))
    DOCUMENT = (20, (JPEG, PNG, PDF, DOCX, XLSX, TEXT))
    TABLE = (64, (TABLE_FILE,))
    STAMP = (1, (TABLE_FILE,))

    @property
    def limit(self) -> int:
        """The largest size in bytes (大小上限)."""
        return int(self.value[0]) * MEGABYTE

    @property
    def too_large(self) -> str:
        """The refusal of a file above the limit (超限提示)."""
        return str(_("文件超过 %(limit)s MB，请压缩或拆分后上传")) % {"limit": self.value[0]}


WORDS: dict[str, str | Promise] = {
    "empty": _("文件是空的（0 字节），请重新选择文件"),
    "photo": _("无法识别的图片，请上传 JPG、PNG 或 WebP 照片"),
    "pixels": _("图片超过 6400 万像素，请缩小后上传"),
    "markup": _("网页、SVG 等可执行内容不能上传，请改为图片或 PDF"),
    "unknown": _("无法识别的文件，请上传照片、PDF、Word（.docx）、Excel（.xlsx）或纯文本"),
    "pdf": _("PDF 文件不完整，或在结尾之后附有其他内容，请重新导出后上传"),
    "macros": _("文件含有宏或控件，请另存为不含宏的 .docx 或 .xlsx 后上传"),
    "encrypted": _("文件设有密码，请取消密码后上传"),
    "archive": _("压缩包不能上传，请直接上传其中的照片、PDF 或文档"),
    "bomb": _("文件解压后过大，疑似异常文件，已拒绝"),
}


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it is kept (接收的文件): re-encoded where it is a picture.

    name      what the sender called it, as words only: no path, no invisible characters
    """

    name: str
    media_type: str
    content: bytes
    sha256: str


def receive(name: str, content: bytes, accept: Accept, *, field: str) -> Received:
    """Take a file in (接收文件): size, malware, then what its bytes are.

    field     the form's field that a refusal is shown beside
    raises    Invalid for whatever is not to be kept
    """
    if not content:
        raise Invalid(fields={field: WORDS["empty"]})
    if len(content) > accept.limit:
        raise Invalid(fields={field: accept.too_large})
    scan(content, field)
    try:
        media_type, kept = _recognised(content, accept)
    except Refused as refusal:
        raise Invalid(fields={field: WORDS[refusal.cause]}) from refusal
    named = _ending_in(plain_name(name), ENDINGS.get(media_type, ()))
    return Received(named, media_type, kept, hashlib.sha256(kept).hexdigest())


def _ending_in(name: str, endings: tuple[str, ...]) -> str:
    """Let a name end as its bytes are: what is saved later opens as what it is."""
    if not endings or name.lower().endswith(endings):
        return name
    return name[: NAME_LIMIT - len(endings[0])] + endings[0]


def plain_name(name: str) -> str:
    """Return a file name as words (文件名): the last part, without what cannot be seen."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    if len(seen) <= NAME_LIMIT:
        return seen or "-"
    stem, dot, ending = seen.rpartition(".")
    if not dot or len(ending) > 8:
        return seen[:NAME_LIMIT]
    return f"{stem[: NAME_LIMIT - len(ending) - 1]}.{ending}"


def _recognised(content: bytes, accept: Accept) -> tuple[str, bytes]:
    if accept in (Accept.TABLE, Accept.STAMP):
        return TABLE_FILE, content
    if _is_picture(content):
        return _reencoded(content)
    if accept is Accept.PHOTO:
        raise Refused("photo")
    if content.startswith(b"%PDF-"):
        return PDF, _whole_pdf(content)
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content), content
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise Refused("encrypted" if locked else "unknown")
    return TEXT, _plain_text(content)


def _is_picture(content: bytes) -> bool:
    return content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        content.startswith(b"RIFF") and content[8:12] == b"WEBP"
    )


def _reencoded(content: bytes) -> tuple[str, bytes]:
    """Draw the picture afresh: metadata, and whatever hides behind it, stays outside."""
    stream = io.BytesIO()
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > PIXEL_LIMIT:
                raise Refused("pixels")
            media_type = PNG if image.format == "PNG" else JPEG
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            clean = Image.new("RGB", upright.size, "white")
            seen = upright.convert("RGBA")
            clean.paste(seen, mask=seen.getchannel("A"))
            clean.save(stream, "PNG" if media_type == PNG else "JPEG", quality=85)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("pixels") from error
    except Refused:
        raise
    except BROKEN as error:
        raise Refused("photo") from error
    return media_type, stream.getvalue()


def _whole_pdf(content: bytes) -> bytes:
    end = content.rfind(b"%%EOF")
    if end < 0 or content[end + 5 :].strip(b"\r\n\t \x00"):
        raise Refused("pdf")
    return content


def _office_type(content: bytes) -> str:
    try:
        archive = look_into(content)
    except Refused as refusal:
        known = {"encrypted": "encrypted", "broken": "unknown", "path": "archive"}
        raise Refused(known.get(refusal.cause, "bomb")) from refusal
    if archive.has_macros:
        raise Refused("macros")
    if archive.content_types and "word/document.xml" in archive.names:
        return DOCX
    if archive.content_types and "xl/workbook.xml" in archive.names:
        return XLSX
    raise Refused("archive")


def _plain_text(content: bytes) -> bytes:
    """Accept what reads as text and is not markup; it is kept byte for byte."""
    if _MARKUP.search(content[:65_536]):
        raise Refused("markup")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS.search(text):
            return content
    raise Refused("unknown")
