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


def office_open(main, kind, parts):
    """A package of Microsoft's kind with its author in its properties: the main part, what that is, and all parts."""
    buffer = io.BytesIO()
    kinds = "application/vnd.openxmlformats-"
    names = {main: f"{kinds}officedocument.{kind}.main+xml", "docProps/core.xml": f"{kinds}package.core-properties+xml"}
    for name, (of, _) in parts.items():
        names.setdefault(name, f"{kinds}officedocument.{of}+xml")
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", (
            f'{HEAD}<Types xmlns="{OPEN}/package/2006/content-types"><Default Extension="rels" '
            f'ContentType="{kinds}package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            + "".join(f'<Override PartName="/{name}" ContentType="{of}"/>' for name, of in names.items()) + "</Types>"))
        packed.writestr("_rels/.rels", (
            f'{HEAD}<Relationships xmlns="{OPEN}/package/2006/relationships"><Relationship Id="r1" '
            f'Type="{OPEN}/officeDocument/2006/relationships/officeDocument" Target="{main}"/>'
            f'<Relationship Id="r2" Type="{OPEN}/package/2006/relationships/metadata/core-properties" '
            'Target="docProps/core.xml"/></Relationships>'))
        packed.writestr("docProps/core.xml", (
            f'{HEAD}<cp:coreProperties xmlns:cp="{OPEN}/package/2006/metadata/core-properties" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{MARKED}</dc:creator></cp:coreProperties>'))
        for name, (_, content) in parts.items():
            packed.writestr(name, HEAD + content)
    return buffer.getvalue()


def docx():
    """A letter with its author in its properties."""
    return office_open("word/document.xml", "wordprocessingml.document", {"word/document.xml": ("", (
        f'<w:document xmlns:w="{OPEN}/wordprocessingml/2006/main"><w:body><w:p><w:r>'
        '<w:t>The money never came.</w:t></w:r></w:p></w:body></w:document>'))})


def xlsx():
    """Two sheets of accounts; one has a pane that is frozen and a header of its own."""
    main, of = f'xmlns="{OPEN}/spreadsheetml/2006/main"', f'xmlns:r="{OPEN}/officeDocument/2006/relationships"'
    kind = f"{OPEN}/officeDocument/2006/relationships/worksheet"
    row = '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>The money never came.</t></is></c></row></sheetData>'
    return office_open("xl/workbook.xml", "spreadsheetml.sheet", {
        "xl/workbook.xml": ("", f'<workbook {main} {of}><sheets><sheet name="1" sheetId="1" r:id="s1"/>'
                                '<sheet name="2" sheetId="2" r:id="s2"/></sheets></workbook>'),
        "xl/_rels/workbook.xml.rels": ("", (
            f'<Relationships xmlns="{OPEN}/package/2006/relationships"><Relationship Id="s1" Type="{kind}" '
            f'Target="worksheets/sheet1.xml"/><Relationship Id="s2" Type="{kind}" Target="worksheets/sheet2.xml"/>'
            '</Relationships>')),
        "xl/worksheets/sheet1.xml": ("spreadsheetml.worksheet", (
            f'<worksheet {main}><sheetViews><sheetView workbookViewId="0" view="normal"/></sheetViews>{row}'
            '<pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/>'
            '<rowBreaks count="0" manualBreakCount="0"/></worksheet>')),
        "xl/worksheets/sheet2.xml": ("spreadsheetml.worksheet", (
            f'<worksheet {main}><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
            f'state="frozen"/></sheetView></sheetViews>{row}<headerFooter><oddHeader>&amp;Lold &gt;</oddHeader>'
            '</headerFooter></worksheet>'))})


def pptx():
    """Two slides."""
    names = (f'xmlns:p="{OPEN}/presentationml/2006/main" xmlns:a="{OPEN}/drawingml/2006/main" '
             f'xmlns:r="{OPEN}/officeDocument/2006/relationships"')
    shape = ('<p:sp><p:nvSpPr><p:cNvPr id="7" name="a &gt; b"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody>'
             '<a:bodyPr/><a:p><a:r><a:t>The money never came.</a:t></a:r></a:p></p:txBody></p:sp>')
    slide = (f'<p:sld {names}><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/>'
             f'</p:nvGrpSpPr><p:grpSpPr/>{shape}</p:spTree></p:cSld></p:sld>')
    kind = f"{OPEN}/officeDocument/2006/relationships/slide"
    return office_open("ppt/presentation.xml", "presentationml.presentation", {
        "ppt/presentation.xml": ("", f'<p:presentation {names}><p:sldIdLst><p:sldId id="256" r:id="s1"/>'
                                     '<p:sldId id="257" r:id="s2"/></p:sldIdLst><p:sldSz cx="9144000" cy="5143500"/>'
                                     '<p:notesSz cx="6858000" cy="9144000"/></p:presentation>'),
        "ppt/_rels/presentation.xml.rels": ("", (
            f'<Relationships xmlns="{OPEN}/package/2006/relationships"><Relationship Id="s1" Type="{kind}" '
            f'Target="slides/slide1.xml"/><Relationship Id="s2" Type="{kind}" Target="slides/slide2.xml"/>'
            '</Relationships>')),
        "ppt/slides/slide1.xml": ("presentationml.slide", slide),
        "ppt/slides/slide2.xml": ("presentationml.slide", slide)})


OASIS = "urn:oasis:names:tc:opendocument:xmlns:"


def open_document(kind, body):
    """A package of OpenDocument with its author in its properties."""
    kind = f"application/vnd.oasis.opendocument.{kind}"
    names = " ".join(f'xmlns:{name}="{OASIS}{name}:1.0"' for name in ("office", "text", "table", "presentation"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("mimetype", kind)
        packed.writestr("content.xml", (
            f'{HEAD}<office:document-content {names} xmlns:draw="{OASIS}drawing:1.0" office:version="1.2">'
            f'<office:body>{body}</office:body></office:document-content>'))
        packed.writestr("meta.xml", (
            f'{HEAD}<office:document-meta xmlns:office="{OASIS}office:1.0" xmlns:meta="{OASIS}meta:1.0" '
            f'office:version="1.2"><office:meta><meta:initial-creator>{MARKED}</meta:initial-creator></office:meta>'
            '</office:document-meta>'))
        entries = "".join(
            f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{of}"/>'
            for path, of in [("/", kind), ("content.xml", "text/xml"), ("meta.xml", "text/xml")])
        packed.writestr("META-INF/manifest.xml", (
            f'{HEAD}<manifest:manifest xmlns:manifest="{OASIS}manifest:1.0" manifest:version="1.2">{entries}'
            '</manifest:manifest>'))
    return buffer.getvalue()


def odt():
    """The same letter as an OpenDocument text."""
    return open_document("text", "<office:text><text:p>The money never came.</text:p></office:text>")


def ods():
    """Two tables; one holds a drawing already."""
    cell = ("<table:table-row><table:table-cell><text:p>The money never came.</text:p></table:table-cell>"
            "</table:table-row>")
    return open_document("spreadsheet", (
        f'<office:spreadsheet><table:table table:name="1"><table:table-column/>{cell}</table:table>'
        f'<table:table table:name="2"><table:shapes/><table:table-column/>{cell}</table:table></office:spreadsheet>'))


def odp():
    """Two slides, one of them empty."""
    return open_document("presentation", (
        '<office:presentation><draw:page draw:name="1"><draw:frame><draw:text-box><text:p>The money never came.</text:p>'
        '</draw:text-box></draw:frame><presentation:notes/></draw:page><draw:page draw:name="2"/></office:presentation>'))


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
