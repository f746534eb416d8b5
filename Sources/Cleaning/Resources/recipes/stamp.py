"""in (a clean document) and mark (text) -> out/001.EXTENSION: the mark as the first paragraph of a text of Word's, as the
last of an OpenDocument one, and in the comment of every package (APPNOTE 4.3.16). Leaves with 10 where it is damaged."""

import re
import sys
import zipfile
from xml.sax.saxutils import escape

# Where the mark stands in the text: the part of the package, what it stands beside, and the paragraph.
PLACES = {
    "docx": ("word/document.xml", rb"<(?P<w>\w+:)?body(\s[^>]*)?(?<!/)>",
             "{found}<{w}p><{w}r><{w}t>{mark}</{w}t></{w}r></{w}p>"),
    "odt": ("content.xml", rb"(?s)</office:text>(?!.*</office:text>)", "<text:p>{mark}</text:p>{found}"),
}


def stamped(part, pattern, paragraph, mark):
    def beside(match):
        prefix = (match.groupdict().get("w") or b"").decode()
        return paragraph.format(found=match[0].decode(), w=prefix, mark=escape(mark)).encode()
    return re.sub(pattern, beside, part, count=1)


def main(ending):
    with open("mark", encoding="utf-8") as file:
        mark = " ".join(file.read().split())
    name, pattern, paragraph = PLACES.get(ending, (None, None, None))
    with zipfile.ZipFile("in") as clean, zipfile.ZipFile(f"out/001.{ending}", "w") as marked:
        marked.comment = mark.encode()
        for item in clean.infolist():
            part = clean.read(item)
            if item.filename == name:
                part = stamped(part, pattern, paragraph, mark)
            marked.writestr(item, part)


try:
    main(sys.argv[1])
except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
    sys.exit(10)
