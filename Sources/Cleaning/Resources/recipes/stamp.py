"""in (a clean document) and mark (text) -> out/001.EXTENSION: the mark where people see it, and in the comment of the
package (APPNOTE 4.3.16). Texts: as the first paragraph (Word's) or the last (OpenDocument). Slides: across the foot of each.
Tables of Excel's: as header and footer of each sheet, which opens in the view that shows them where no pane is frozen; of
OpenDocument: across the head of each sheet. Leaves with 10 where it is damaged, or the mark would stand nowhere."""

import re
import sys
import zipfile
from xml.parsers import expat
from xml.sax.saxutils import escape

OPEN = "http://schemas.openxmlformats.org"
OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
FRAME = (f'<d:frame xmlns:d="{OASIS}drawing:1.0" xmlns:s="{OASIS}svg-compatible:1.0" xmlns:x="{OASIS}text:1.0" '
         's:x="1cm" s:y="0.2cm" s:width="18cm" s:height="1cm"><d:text-box><x:p>{mark}</x:p></d:text-box></d:frame>')
SHAPE = (f'<P:sp xmlns:P="{OPEN}/presentationml/2006/main" xmlns:A="{OPEN}/drawingml/2006/main"><P:nvSpPr><P:cNvPr '
         'id="{id}" name="mark"/><P:cNvSpPr txBox="1"/><P:nvPr/></P:nvSpPr><P:spPr><A:xfrm><A:off x="180000" '
         'y="{y}"/><A:ext cx="8600000" cy="400000"/></A:xfrm><A:prstGeom prst="rect"><A:avLst/></A:prstGeom></P:spPr>'
         '<P:txBody><A:bodyPr/><A:p><A:r><A:rPr sz="1200"><A:solidFill><A:srgbClr val="C00000"/></A:solidFill></A:rPr>'
         '<A:t>{mark}</A:t></A:r></A:p></P:txBody></P:sp>')
# What follows the header and footer in a sheet (ECMA-376-1, CT_Worksheet and CT_Chartsheet).
AFTER_HEADER = set("""rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing
legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst""".split())


class Element:
    """Where an element lies in the bytes: its start tag from `start` to `opened`, its end tag from `closed` to `end`."""

    def __init__(self, part, path, start):
        self.path, self.start, self.children = path, start, []
        self.opened = re.compile(rb"""(?:[^>"']|"[^"]*"|'[^']*')*>""").match(part, start).end()
        self.empty = part[self.opened - 2:self.opened] == b"/>"
        self.closed = self.end = self.opened
        self.name = re.match(rb"<([^\s/>]+)", part[start:self.opened])[1].decode()

    @property
    def prefix(self):
        return self.name.rpartition(":")[0] + ":" if ":" in self.name else ""

    def into(self, place, text):
        """The change that puts a text into this element: before the first child that `place` says, or at the end."""
        if self.empty:
            return self.opened - 2, self.opened, f">{text}</{self.name}>"
        before = next((child.start for child in self.children if place(child.path[-1])), self.closed)
        return before, before, text


def elements(part):
    """All elements in the order of their beginning; paths are of names without prefix."""
    found, open_ones = [], []
    parser = expat.ParserCreate()

    def begin(name, _):
        path = (open_ones[-1].path if open_ones else ()) + (name.rpartition(":")[2],)
        element = Element(part, path, parser.CurrentByteIndex)
        if open_ones:
            open_ones[-1].children.append(element)
        found.append(element)
        open_ones.append(element)

    def end(_):
        element = open_ones.pop()
        if not element.empty:
            element.closed = parser.CurrentByteIndex
            element.end = part.index(b">", element.closed) + 1

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.Parse(part, True)
    return found


def text_of_word(part, mark):
    for body in elements(part):
        if body.path == ("document", "body"):
            w = body.prefix
            yield body.into(lambda _: True, f"<{w}p><{w}r><{w}t>{escape(mark)}</{w}t></{w}r></{w}p>")


def open_text(part, mark):
    for text in elements(part):
        if text.path == ("document-content", "body", "text"):
            inserted = f'<x:p xmlns:x="{OASIS}text:1.0">{escape(mark)}</x:p>'
            yield text.into(lambda _: False, inserted)


def sheet(part, mark):
    found = elements(part)
    root = found[0]
    said = escape("&C " + mark[:200].replace("&", "&&"))
    p = root.prefix
    header = f"<{p}headerFooter><{p}oddHeader>{said}</{p}oddHeader><{p}oddFooter>{said}</{p}oddFooter></{p}headerFooter>"
    before = next((child for child in root.children if child.path[-1] == "headerFooter"), None)
    yield (before.start, before.end, header) if before else root.into(AFTER_HEADER.__contains__, header)
    for view in found:
        if view.path == ("worksheet", "sheetViews", "sheetView") and not any(c.path[-1] == "pane" for c in view.children):
            tag = re.sub(rb"""\sview\s*=\s*("[^"]*"|'[^']*')""", b"", part[view.start:view.opened]).decode()
            yield view.start, view.opened, tag.replace(f"<{view.name}", f'<{view.name} view="pageLayout"', 1)


def slide(part, mark):
    number = max((int(n) for n in re.findall(rb'\bid="(\d{1,9})"', part)), default=1) + 1
    for tree in elements(part):
        if tree.path == ("sld", "cSld", "spTree"):
            shape = SHAPE.format(id=number, y=slide.height - 450000, mark=escape(mark))
            yield tree.into("extLst".__eq__, shape)


slide.height = 6858000  # of ours where the presentation does not say: EMU


def open_slides(part, mark):
    for page in elements(part):
        if page.path == ("document-content", "body", "presentation", "page"):
            yield page.into({"notes", "animations", "par", "seq", "iterate"}.__contains__, FRAME.format(mark=escape(mark)))


def open_sheets(part, mark):
    first = {"title", "desc", "table-source", "dde-source", "scenario", "forms", "shapes"}
    for table in elements(part):
        if table.path == ("document-content", "body", "spreadsheet", "table"):
            frame = FRAME.format(mark=escape(mark))
            shapes = next((child for child in table.children if child.path[-1] == "shapes"), None)
            if shapes:
                yield shapes.into(lambda _: False, frame)
            else:
                name = f"{table.prefix}shapes"
                yield table.into(lambda child: child not in first, f"<{name}>{frame}</{name}>")


PLACES = {
    "docx": (r"word/document\.xml", text_of_word), "odt": (r"content\.xml", open_text),
    "xlsx": (r"xl/(worksheets|chartsheets)/[^/]+\.xml", sheet), "ods": (r"content\.xml", open_sheets),
    "pptx": (r"ppt/slides/[^/]+\.xml", slide), "odp": (r"content\.xml", open_slides),
}


def main(ending):
    with open("mark", encoding="utf-8") as file:
        mark = " ".join(file.read().split())
    name, places = PLACES[ending]
    marked_places = 0
    with zipfile.ZipFile("in") as clean, zipfile.ZipFile(f"out/001.{ending}", "w") as marked:
        marked.comment = mark.encode()
        if "ppt/presentation.xml" in clean.namelist():
            size = re.search(rb'sldSz\b[^>]*\bcy="(\d{4,8})"', clean.read("ppt/presentation.xml"))
            slide.height = int(size[1]) if size else slide.height
        for item in clean.infolist():
            part = clean.read(item)
            if re.fullmatch(name, item.filename):
                changes = sorted(places(part, mark), key=lambda change: change[0], reverse=True)
                marked_places += len(changes)
                for start, end, text in changes:
                    # Whatever the coding of the part is.
                    part = part[:start] + text.encode("ascii", "xmlcharrefreplace") + part[end:]
                elements(part)
            marked.writestr(item, part)
    if not marked_places:
        sys.exit(10)


try:
    main(sys.argv[1])
except (OSError, ValueError, KeyError, AttributeError, zipfile.BadZipFile, NotImplementedError, RuntimeError,
        expat.ExpatError):
    sys.exit(10)
