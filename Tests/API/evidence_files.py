"""Evidence as people send it, made here with what its makers and devices would tell in it; every such word is MARKED."""

import io
import struct
import subprocess
import zipfile
import zlib

MARKED = "marked-7Q2"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width=64, height=48, extra=b"", shade=200):
    """A grey picture, with a word in a text chunk."""
    row = b"\0" + bytes([shade]) * (width * 3)
    packer = zlib.compressobj(1)
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"tEXt", b"Author\0" + MARKED.encode()) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"") + extra)


def huge_png(side):
    """One bit for each pixel: a file of some kilobytes, drawn at side times side pixels."""
    row = b"\0" + bytes(side // 8)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
            + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))


def exif():
    """An APP1 segment: the artist, and a place in the GPS directory."""
    word = MARKED.encode() + b"\0"
    first = 8 + 2 + 2 * 12 + 4
    gps = first + len(word)
    places = gps + 2 + 2 * 12 + 4
    entries = struct.pack("<H", 2) + struct.pack("<HHII", 0x013B, 2, len(word), first) + struct.pack(
        "<HHII", 0x8825, 4, 1, gps) + struct.pack("<I", 0)
    inner = struct.pack("<H", 2) + struct.pack("<HHI4s", 1, 2, 2, b"N\0\0\0") + struct.pack(
        "<HHII", 2, 5, 3, places) + struct.pack("<I", 0)
    rationals = struct.pack("<6I", 31, 1, 14, 1, 1517, 100)
    tiff = b"II*\0" + struct.pack("<I", 8) + entries + word + inner + rationals
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def jpeg(folder):
    """A photograph with EXIF and GPS, and a comment."""
    source, target = folder / "plain.png", folder / "plain.jpg"
    source.write_bytes(png(640, 480))
    subprocess.run(["vips", "jpegsave", source, target, "--strip"], check=True)
    plain = target.read_bytes()
    comment = b"\xff\xfe" + struct.pack(">H", len(MARKED) + 2) + MARKED.encode()
    return plain[:2] + exif() + comment + plain[2:]


def pdf(password=False, pages=1):
    """Pages with an author, a script that runs at opening, and a line of text."""
    kids = " ".join(f"{10 + number} 0 R" for number in range(pages))
    objects = {
        1: f"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\('{MARKED}'\\)) >> >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        3: "<< /Length 44 >>\nstream\nBT /F1 24 Tf 20 100 Td (Hello evidence) Tj ET\nendstream",
        4: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        5: f"<< /Author ({MARKED}) /Producer ({MARKED}) >>",
    }
    for number in range(pages):
        objects[10 + number] = ("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 3 0 R "
                                "/Resources << /Font << /F1 4 0 R >> >> >>")
    extra = ""
    if password:
        objects[6] = f"<< /Filter /Standard /V 1 /R 2 /O <{'41' * 32}> /U <{'42' * 32}> /P -4 >>"
        extra = f" /Encrypt 6 0 R /ID [<{'43' * 16}> <{'43' * 16}>]"
    out, offsets = b"%PDF-1.4\n", {}
    for number, body in sorted(objects.items()):
        offsets[number] = len(out)
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    start, size = len(out), max(objects) + 1
    out += f"xref\n0 {size}\n".encode()
    for number in range(size):
        out += b"%010d 00000 n \n" % offsets[number] if number in offsets else b"0000000000 65535 f \n"
    return out + f"trailer\n<< /Size {size} /Root 1 0 R /Info 5 0 R{extra} >>\nstartxref\n{start}\n%%EOF\n".encode()


HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
OPEN = "http://schemas.openxmlformats.org"


def docx():
    """A letter with its author in its properties."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
        core = "application/vnd.openxmlformats-package.core-properties+xml"
        packed.writestr("[Content_Types].xml", (
            f'{HEAD}<Types xmlns="{OPEN}/package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
            f'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{main}"/>'
            f'<Override PartName="/docProps/core.xml" ContentType="{core}"/></Types>'))
        packed.writestr("_rels/.rels", (
            f'{HEAD}<Relationships xmlns="{OPEN}/package/2006/relationships"><Relationship Id="r1" '
            f'Type="{OPEN}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
            f'<Relationship Id="r2" Type="{OPEN}/package/2006/relationships/metadata/core-properties" '
            'Target="docProps/core.xml"/></Relationships>'))
        packed.writestr("docProps/core.xml", (
            f'{HEAD}<cp:coreProperties xmlns:cp="{OPEN}/package/2006/metadata/core-properties" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{MARKED}</dc:creator></cp:coreProperties>'))
        packed.writestr("word/document.xml", (
            f'{HEAD}<w:document xmlns:w="{OPEN}/wordprocessingml/2006/main"><w:body><w:p><w:r>'
            '<w:t>The money never came.</w:t></w:r></w:p></w:body></w:document>'))
    return buffer.getvalue()


def odt():
    """The same letter as an OpenDocument text."""
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    kind = "application/vnd.oasis.opendocument.text"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("mimetype", kind)
        packed.writestr("content.xml", (
            f'{HEAD}<office:document-content xmlns:office="{names}office:1.0" xmlns:text="{names}text:1.0" '
            'office:version="1.2"><office:body><office:text><text:p>The money never came.</text:p></office:text>'
            '</office:body></office:document-content>'))
        packed.writestr("meta.xml", (
            f'{HEAD}<office:document-meta xmlns:office="{names}office:1.0" xmlns:meta="{names}meta:1.0" '
            f'office:version="1.2"><office:meta><meta:initial-creator>{MARKED}</meta:initial-creator></office:meta>'
            '</office:document-meta>'))
        entries = "".join(
            f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{of}"/>'
            for path, of in [("/", kind), ("content.xml", "text/xml"), ("meta.xml", "text/xml")])
        packed.writestr("META-INF/manifest.xml", (
            f'{HEAD}<manifest:manifest xmlns:manifest="{names}manifest:1.0" manifest:version="1.2">{entries}'
            '</manifest:manifest>'))
    return buffer.getvalue()


def voice():
    """Two seconds of a telephone's voice memo (AMR, RFC 4867): frames of 12.2 kbit/s."""
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * 100


def video(folder):
    """A second of film with a title and a place."""
    target = folder / "film.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=d=1:s=64x48", "-metadata", f"title={MARKED}",
         "-metadata", f"comment={MARKED}", target], check=True)
    return target.read_bytes()
