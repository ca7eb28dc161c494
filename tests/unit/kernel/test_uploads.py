"""Files at the door: known by their bytes, drawn afresh or kept as they are, and nothing that runs."""

from __future__ import annotations

import io
import shlex
import struct
import sys
import zipfile
import zlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from unit.exchange.bombs import OLE, TYPES, archive, workbook

from openlot.kernel.errors import Invalid
from openlot.kernel.uploads import DOCX, JPEG, PDF, PNG, TEXT, XLSX, Accept, plain_name, receive

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"
SCRIPT = b"<script>alert(1)</script>"
PAPER = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **more: object) -> bytes:
    """Return a picture."""
    stream = io.BytesIO()
    Image.new("RGB", size, "red").save(stream, kind, **more)
    return stream.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def word(**more: bytes) -> bytes:
    """Return a small DOCX."""
    return archive({"[Content_Types].xml": TYPES, "word/document.xml": b"<a/>", **more})


def refusal(name: str, content: bytes, accept: Accept = Accept.DOCUMENT) -> str:
    """Return the words in which a file is refused."""
    with pytest.raises(Invalid) as caught:
        receive(name, content, accept, field="document")
    return str(caught.value.fields["document"])


@pytest.mark.parametrize(
    ("name", "content", "media_type", "kept_as"),
    [
        ("a.jpg", picture(), JPEG, "a.jpg"),
        ("照片.JPEG", picture(), JPEG, "照片.JPEG"),
        ("a.png", picture("PNG"), PNG, "a.png"),
        ("a.webp", picture("WEBP"), JPEG, "a.webp.jpg"),
        ("a.html", picture(), JPEG, "a.html.jpg"),
        ("a.pdf", PAPER, PDF, "a.pdf"),
        ("a.docx", word(), DOCX, "a.docx"),
        ("a.xlsx", workbook(), XLSX, "a.xlsx"),
        ("证明.txt", "注销登记通知书\r\n".encode("gb18030"), TEXT, "证明.txt"),
        ("run.exe", "注销登记".encode(), TEXT, "run.exe.txt"),
    ],
)
def test_what_a_file_is_its_bytes_say(name: str, content: bytes, media_type: str, kept_as: str):
    """Type and ending come from the bytes, whatever the name says."""
    found = receive(name, content, Accept.DOCUMENT, field="document")
    assert (found.media_type, found.name) == (media_type, kept_as)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="x"/>', "SVG"),
        ("a.svg", b'\xef\xbb\xbf<?xml version="1.0"?><svg/>', "SVG"),
        ("a.txt", b"hello\n<!DOCTYPE html><html>", "SVG"),
        ("a.txt", b"hello " + SCRIPT, "SVG"),
        ("a.txt", b"\x00\x01\x02binary", "无法识别"),
        ("a.exe", b"MZ\x90\x00" + bytes(60), "无法识别"),
        ("a.txt", "x".encode("utf-16"), "无法识别"),
        ("a.jpg", picture()[:60], "图片"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * 80, "图片"),
        ("a.gif", b"GIF89a" + SCRIPT, "SVG"),
        ("a.png", huge_png(50_000, 50_000), "像素"),
        ("a.png", huge_png(9_000, 9_000), "像素"),
        ("a.pdf", PAPER + archive({"x": b"x"}), "结尾"),
        ("a.pdf", PAPER[:30], "结尾"),
        ("a.zip", archive({"a.txt": b"x"}), "压缩包"),
        ("a.docx", word(**{"word/vbaProject.bin": b"x"}), "宏"),
        ("a.docx", word(**{"word/activeX/activeX1.xml": b"x"}), "宏"),
        ("a.docx", word(**{"../../etc/passwd": b"x"}), "压缩包"),
        ("a.docx", word() + SCRIPT, "无法识别"),
        ("a.docx", archive({"word/document.xml": bytes(100_000_000)}), "解压"),
        ("a.doc", OLE, "无法识别"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
        ("a.txt", b"", "0 字节"),
        ("a.txt", b"x" * (20 * 1024 * 1024 + 1), "20 MB"),
    ],
)
def test_what_is_refused_is_told_why(name: str, content: bytes, words: str):
    """Whatever may run, lies, hides or is too much is refused with its cause and the mend."""
    assert words in refusal(name, content)


def test_a_photo_is_nothing_but_a_photo():
    """Where only photos are taken, a paper is refused."""
    assert "JPG" in refusal("a.pdf", PAPER, Accept.PHOTO)
    assert "JPG" in refusal("a.txt", b"text", Accept.PHOTO)


def test_a_picture_is_drawn_afresh():
    """Metadata with a place, a comment and a page behind the picture are gone; it stands upright."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "CANARYEXIF"
    sent = picture(exif=exif, comment=b"CANARYCOMMENT") + SCRIPT
    found = receive("a.jpg", sent, Accept.PHOTO, field="photo")
    assert b"CANARY" in sent
    assert b"CANARY" not in found.content
    assert b"script" not in found.content
    with Image.open(io.BytesIO(found.content)) as image:
        assert image.size == (20, 40)
        assert not image.getexif()


def test_a_large_photo_becomes_smaller():
    """No side is longer than 4,096 pixels afterwards."""
    found = receive("a.jpg", picture(size=(6000, 3000)), Accept.PHOTO, field="photo")
    with Image.open(io.BytesIO(found.content)) as image:
        assert max(image.size) == 4096


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\windows\\a.txt", "a.txt"),
        ("a\x00b\r\nSet-Cookie: x.txt", "abSet-Cookie: x.txt"),
        ("\u202egnp.exe", "gnp.exe"),
        ("...", "-"),
        ("", "-"),
        ("长" * 200 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_a_name_is_words_and_no_path(sent: str, kept: str):
    """A name keeps neither folders nor what cannot be seen, and stays short."""
    assert plain_name(sent) == kept


@given(st.text(max_size=300))
def test_no_name_leads_anywhere(name: str):
    """Whatever is sent, what is kept names no folder, is never empty and fits its column."""
    kept = plain_name(name)
    assert 0 < len(kept) <= 120
    assert "/" not in kept
    assert "\\" not in kept
    assert kept not in (".", "..")
    assert kept.isprintable()


@given(st.binary(max_size=400))
def test_noise_is_text_or_refused(content: bytes):
    """Random bytes are plain text without markup, or refused; nothing else happens."""
    try:
        found = receive("a", content, Accept.DOCUMENT, field="document")
    except Invalid as refused:
        assert set(refused.fields) == {"document"}
        return
    assert found.media_type == TEXT
    assert b"<script" not in found.content.lower()


SCANNER = """
import sys
data = sys.stdin.buffer.read()
sys.exit(1 if b"EICAR-STANDARD" in data else 0)
"""


@pytest.fixture
def scanner(settings, tmp_path):
    """Let a small program of ours look at every file; it is given its text."""

    def use(text: str = SCANNER) -> None:
        program = tmp_path / "scan.py"
        program.write_text(text)
        settings.SCAN_COMMAND = f"{shlex.quote(sys.executable)} {shlex.quote(str(program))}"

    return use


@pytest.mark.parametrize("accept", list(Accept))
def test_the_scanner_refuses_the_test_virus_everywhere(accept: Accept, scanner):
    """EICAR is refused wherever a file comes in, tables as well; a clean file passes."""
    scanner()
    assert "恶意代码" in refusal("a.csv", EICAR, accept)
    clean = picture() if accept is Accept.PHOTO else b"name,code\n"
    assert receive("a.csv", clean, accept, field="document").content


def test_without_a_scanner_nothing_is_scanned(settings):
    """The setting is empty unless an office names its program."""
    assert settings.SCAN_COMMAND == ""
    assert receive("a.txt", EICAR, Accept.DOCUMENT, field="document").content == EICAR


@pytest.mark.parametrize(
    "text",
    ["raise SystemExit(2)", "import os; os.kill(os.getpid(), 9)", "import time; time.sleep(9)"],
)
def test_a_scanner_that_fails_lets_nothing_in(text: str, scanner, monkeypatch):
    """An error, a crash and a program that never ends all refuse the file, in words."""
    monkeypatch.setattr("openlot.kernel.scanning.SECONDS", 1)
    scanner(text)
    assert "没有完成检查" in refusal("a.txt", b"clean")


def test_a_scanner_that_is_not_there_lets_nothing_in(settings):
    """A missing program refuses the file as well."""
    settings.SCAN_COMMAND = "/no/such/scanner -"
    assert "没有完成检查" in refusal("a.txt", b"clean")


def test_the_scanner_is_given_a_file(scanner, tmp_path):
    """Standard input is a real file, which a daemon can be handed (clamdscan --fdpass -)."""
    told = tmp_path / "told"
    scanner(
        f"import os, stat; open({str(told)!r}, 'w').write(str(stat.S_ISREG(os.fstat(0).st_mode)))"
    )
    receive("a.txt", b"clean", Accept.DOCUMENT, field="document")
    assert told.read_text() == "True"


def worn(chance: Random, data: bytes) -> bytes:
    """Return a file with some bytes other, gone or too many."""
    for _n in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(data) + 1)
        put = chance.choice((b"", b"\xff\xff\xff\xff", bytes(4), chance.randbytes(3)))
        data = data[:at] + put + data[at + chance.randrange(30) :]
    return data or b"x"


def packed(method: int) -> bytes:
    """Return a DOCX whose parts are packed in one way."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        made.writestr("[Content_Types].xml", TYPES + bytes(range(256)))
        made.writestr("word/document.xml", b"<a/>" * 99)
    return stream.getvalue()


@pytest.mark.filterwarnings("ignore::UserWarning")  # the library's own words about broken notes
def test_a_damaged_file_is_taken_or_refused_in_words():
    """Whatever a telephone line made of it: no file makes a traceback."""
    notes = Image.Exif()
    notes[0x0112], notes[0x010E] = 6, "hello"
    whole = [picture(kind, exif=notes) for kind in ("JPEG", "PNG", "WEBP")]
    whole += [packed(m) for m in (zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2)]
    whole += [PAPER, "名单,一\n".encode("gb18030")]
    chance, refused = Random(9), 0
    for n in range(6_000):
        content = worn(chance, whole[n % len(whole)])
        try:
            receive("a", content, Accept.DOCUMENT, field="document")
        except Invalid:
            refused += 1
    assert refused > 1_000
