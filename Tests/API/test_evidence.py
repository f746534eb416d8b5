"""Evidence: the original is kept bit for bit, people see a clean copy with their mark, and every look is counted."""

import hashlib
import hmac
import io
import os
import re
import shutil
import struct
import subprocess
import time
import zipfile
from html import unescape
from xml.etree import ElementTree

import evidence_files as files
import pytest
from evidence_files import MARKED
from pages import Pages
from world import World, letter


@pytest.fixture
def case(world):
    """A report, whoever has it at the desk, on the pages and over the API."""
    receipt, report, organ = world.filed(letter())
    return Case(world, receipt, report, organ)


class Case:
    def __init__(self, world, receipt, report, organ):
        self.world, self.receipt, self.report, self.organ = world, receipt, report, organ
        self.clerk = world.who_has(report, organ)[0]
        self.pages = Pages(world.url, world.accounts[self.clerk.username])

    def send(self, name, content):
        answer = self.receipt.put_file(name, content)
        assert answer.status_code == 201, answer.text
        return next(file["id"] for file in self.clerk.report(self.report)["files"] if file["name"] == name)

    def address(self, file):
        return f"/desk/reports/{self.report}/files/{file}"

    def page(self, file, pages=None, query=""):
        """The file's page once its copy is made."""
        end = time.monotonic() + 90
        while time.monotonic() < end:
            text = (pages or self.pages).get(self.address(file) + "/view" + query)
            if "The clean copy is being made" not in text and "正在制作清洁副本" not in text:
                return text
            time.sleep(0.5)
        raise AssertionError("the copy was never made")

    def pictures(self, page):
        """Every picture that the page shows, as the browser gets it."""
        found = []
        for source in re.findall(r'<img src="(/desk/[^"]+)"', page):
            answer = self.pages.session.get(self.pages.url + source, timeout=60)
            assert answer.status_code == 200, answer.text
            assert answer.headers["content-type"] == "image/jpeg"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "no-store"
            found.append(answer.content)
        return found

    def original(self, page, file, pages=None):
        pages = pages or self.pages
        token = re.search(r'name="csrf"\s+value="([^"]+)"', page)[1]
        return pages.session.post(
            pages.url + self.address(file) + "/original", data={"csrf": token, "understood": "yes"},
            headers={"Sec-Fetch-Site": "same-origin"}, timeout=60)

    def looks(self):
        return self.clerk.report(self.report)["looks"]


def size(picture):
    """Width and height of a JPEG."""
    at = 2
    while True:
        kind, length = picture[at + 1], struct.unpack(">H", picture[at + 2:at + 4])[0]
        if kind in (0xC0, 0xC1, 0xC2):
            height, width = struct.unpack(">HH", picture[at + 5:at + 9])
            return width, height
        at += 2 + length


def in_memory(world):
    server = world.installation.process.pid
    return [name for name in os.listdir("/dev/shm") if name.startswith(f"mingjian-{server}-")]


def test_a_photograph_is_seen_without_what_it_tells_and_its_original_stays_as_it_came(case, tmp_path):
    photo = files.jpeg(tmp_path)
    assert MARKED.encode() in photo
    file = case.send("照片.jpg", photo)
    page = case.page(file)
    picture, = case.pictures(page)
    assert size(picture) == (640, 480)
    assert b"Exif" not in picture and MARKED.encode() not in picture
    assert in_memory(case.world) == []
    # Bit for bit, and only after saying that it is needed.
    refused = case.pages.send(page, case.address(file) + "/original", {}, expect=422)
    assert "photo" not in refused.lower()[:0] and 'name="understood"' in refused
    answer = case.original(page, file)
    assert answer.content == photo
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"
    # The commitment can be checked with the salt, and with nothing else.
    sha, salt, commitment = re.findall(r"<code>([0-9a-f]{64})</code>", page)
    assert sha == hashlib.sha256(photo).hexdigest()
    parts = ["mingjian original v1", str(len(photo)), sha]
    message = b"".join(struct.pack(">Q", len(part)) + part.encode() for part in parts)
    assert hmac.new(bytes.fromhex(salt), message, "sha256").hexdigest() == commitment
    assert case.clerk.file(case.report, file).content == photo


def test_every_look_bears_the_viewers_mark_and_is_counted(case, tmp_path):
    file = case.send("照片.jpg", files.png(640, 480))
    page = case.page(file)
    name = case.world.accounts[case.clerk.username]
    mark = re.search(r"[23456789A-HJKMNP-TV-Z]{8}", re.search(r"Marked with your view:[^<]*|本次查看水印：[^<]*", page)[0])[0]
    assert case.clerk.username in page and name
    marked, = case.pictures(page)
    again, = case.pictures(case.page(file))
    assert again == marked, "the same view for a while"
    shown, = [look for look in case.looks() if look["kind"] == "shown"]
    assert (shown["count"], shown["file"], shown["marks"]) == (2, file, [mark])
    # The mark is burned in: another person's picture of the same file is another one.
    other = case.world.who_has(case.report, case.organ)[1]
    pages = Pages(case.world.url, case.world.accounts[other.username])
    case.page(file, pages)
    source = re.search(r'<img src="(/desk/[^"]+)"', page)[1]
    assert pages.session.get(pages.url + source, timeout=60).content != marked
    assert sorted(look["count"] for look in case.looks()) == [1, 2]
    # A download over the API is one too; the reporter learns of none of it.
    case.clerk.file(case.report, file)
    assert {look["kind"] for look in case.looks()} == {"shown", "original"}
    seen = case.receipt.call("GET", "/api/v1/receipt", expect=200).text
    assert mark not in seen and "look" not in seen


def test_whoever_may_not_read_the_report_sees_no_file_and_leaves_no_trace(case, tmp_path):
    file = case.send("照片.png", files.png())
    page = case.page(file)
    source = re.search(r'<img src="(/desk/[^"]+)"', page)[1]
    before = case.looks()
    strangers = [person for person in case.world.everybody() if person.report(case.report) is None]
    assert len(strangers) > 10
    for stranger in strangers[::5]:
        pages = Pages(case.world.url, case.world.accounts[stranger.username])
        for path in (case.address(file) + "/view", case.address(file) + "/copy", source):
            pages.get(path, expect=404)
        assert case.original(page, file, pages).status_code in (403, 404)
        stranger.file(case.report, file, expect=404)
    assert case.looks() == before


def test_a_picture_is_never_seen_uncounted(case):
    file = case.send("照片.png", files.png())
    case.page(file)
    other = case.world.who_has(case.report, case.organ)[1]
    pages = Pages(case.world.url, case.world.accounts[other.username])
    pages.get(case.address(file) + "/pictures/1", expect=404)
    case.page(file, pages)
    assert pages.session.get(pages.url + case.address(file) + "/pictures/1", timeout=60).status_code == 200
    pages.get(case.address(file) + "/pictures/2", expect=404)
    pages.get(case.address(file) + "/pictures/-1", expect=404)


def test_a_document_of_pages_is_seen_as_pictures(case):
    file = case.send("材料.pdf", files.pdf(pages=12))
    page = case.page(file)
    first = case.pictures(page)
    assert len(first) == 10
    assert all(MARKED.encode() not in picture and b"JavaScript" not in picture for picture in first)
    assert len(case.pictures(case.page(file, query="?from=11"))) == 2


# What holds the mark that people see, and how often.
WHERE_THE_MARK_STANDS = {
    "材料.docx": ("t", 1), "材料.odt": ("p", 1), "账.xlsx": ("odd(?:Header|Footer)", 4), "账.ods": ("p", 2), "汇报.pptx": ("t", 2),
    "汇报.odp": ("p", 2)}


@pytest.mark.parametrize(("name", "make"), [
    ("材料.docx", lambda _: files.docx()), ("材料.odt", lambda _: files.odt()), ("录像.mp4", files.video),
    ("账.xlsx", lambda _: files.xlsx()), ("账.ods", lambda _: files.ods()), ("汇报.pptx", lambda _: files.pptx()),
    ("汇报.odp", lambda _: files.odp()),
    ("录音.amr", lambda _: files.voice())])
def test_what_cannot_be_drawn_is_handed_out_clean_and_bears_the_viewers_mark(case, tmp_path, name, make):
    content = make(tmp_path)
    file = case.send(name, content)
    page = case.page(file)
    assert case.pictures(page) == []
    answer = case.pages.session.get(case.pages.url + case.address(file) + "/copy", timeout=60)
    assert answer.status_code == 200 and answer.headers["content-disposition"].startswith("attachment")
    copy = answer.content
    look, = case.looks()
    assert look["kind"] == "copy"
    mark, = look["marks"]
    if name in WHERE_THE_MARK_STANDS:
        with zipfile.ZipFile(io.BytesIO(copy)) as packed:
            assert packed.testzip() is None and mark.encode() in packed.comment
            inner = b"".join(packed.read(part) for part in packed.namelist())
            for part in (part for part in packed.namelist() if part.endswith(".xml")):
                ElementTree.fromstring(packed.read(part))
        assert b"The money never came." in inner and MARKED.encode() not in inner
        tag, times = WHERE_THE_MARK_STANDS[name]
        said = rf"<(\w+:)?{tag}(\s[^>]*)?>[^<]*{case.clerk.username} [^<]*{mark}</".encode()
        assert len(re.findall(said, inner)) == times, "on every slide and every sheet"
    else:
        assert MARKED.encode() not in copy and len(copy) > 1000
        assert f"{case.clerk.username} ".encode() in copy and mark.encode() in copy
        told = subprocess.run(
            ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", "-"], input=copy,
            capture_output=True, check=True).stdout.split()
        assert told in ([b"mpeg4"], [b"h264"], [b"amr_nb"])
    # Taken once more it is another look, under another mark.
    again = case.pages.session.get(case.pages.url + case.address(file) + "/copy", timeout=60).content
    assert again != copy and {len(each["marks"]) for each in case.looks()} == {2}


def test_a_text_is_shown_as_text(case):
    file = case.send("说明.txt", "第一行 <script>alert(1)</script>\n\u202egnp.exe".encode())
    page = case.page(file)
    assert "<script>alert" not in page and "第一行 <script>alert(1)</script>" in unescape(page)
    assert "\u202e" not in page and "\ufffd" in page
    assert [look["kind"] for look in case.looks()] == ["shown"]


def test_a_text_of_an_older_machine_is_shown_as_it_was_written(case):
    file = case.send("旧电脑.txt", "验收没有通过，票据是假的。".encode("gbk"))
    assert "验收没有通过，票据是假的。" in case.page(file)


def test_what_cannot_be_cleaned_is_never_shown_and_says_so(case, tmp_path):
    refused = {
        "锁.pdf": files.pdf(password=True), "坏.pdf": b"%PDF-1.7\n" + os.urandom(20_000),
        "旧.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + os.urandom(4000),
        "坏.png": b"\x89PNG\r\n\x1a\n" + os.urandom(20_000), "炸弹.png": files.huge_png(60_000),
        "宏.docm": files.docx(), "坏.mp4": b"\0\0\0\x18ftypmp42" + os.urandom(4000),
    }
    for name, content in refused.items():
        file = case.send(name, content)
        page = case.page(file)
        assert re.search("This file is not shown here|此文件不在此处显示", page), name
        assert case.pictures(page) == [], name
        case.pages.get(case.address(file) + "/pictures/1", expect=404)
        case.pages.get(case.address(file) + "/copy", expect=404)
        assert case.original(page, file).content == content, name
    assert {look["kind"] for look in case.looks()} == {"original"}
    assert case.world.installation.is_alive() and in_memory(case.world) == []


def test_broken_and_double_faced_pictures_are_drawn_anew(case, tmp_path):
    photo = files.jpeg(tmp_path)
    cut = case.send("断.jpg", photo[:len(photo) * 2 // 3])
    assert size(case.pictures(case.page(cut))[0]) == (640, 480)
    script = f"<html><script>/*{MARKED}*/alert(document.domain)</script></html>".encode()
    both = case.send("双面.jpg", photo + script)
    assert script not in case.pictures(case.page(both))[0]
    hidden = case.send("双面.png", files.png(200, 100, extra=script))
    assert MARKED.encode() not in case.pictures(case.page(hidden))[0]
    large = case.send("大.png", files.huge_png(20_000))
    assert max(size(case.pictures(case.page(large))[0])) == 3200
    assert in_memory(case.world) == []


def test_copies_lie_sealed_and_verify_knows_them(case, tmp_path):
    file = case.send("照片.jpg", files.jpeg(tmp_path))
    picture, = case.pictures(case.page(file))
    folder = case.world.installation.data / "files"
    for path in folder.iterdir():
        held = path.read_bytes()
        assert picture[:64] not in held and b"JFIF" not in held[:4096]
    assert case.world.installation.verify()["files"] >= 2


@pytest.fixture(scope="module")
def clamd(tmp_path_factory):
    """Debian's own daemon, with a signature for the test file of EICAR and no other."""
    folder = tmp_path_factory.mktemp("clam")
    base = folder / "db"
    base.mkdir()
    (base / "own.ndb").write_text(f"Eicar-Own-Signature:0:*:{files.EICAR[:40].hex()}\n")
    socket = folder / "clamd.sock"
    (folder / "clamd.conf").write_text(
        f"LocalSocket {socket}\nDatabaseDirectory {base}\nForeground yes\nStreamMaxLength 60M\nLogFile {folder}/log\n"
        "OfficialDatabaseOnly no\n")
    shutil.chown(folder, "root") if os.getuid() == 0 else None
    process = subprocess.Popen(
        ["/usr/sbin/clamd", "-c", folder / "clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while not socket.exists() and time.monotonic() < end:
        assert process.poll() is None, (folder / "log").read_text()
        time.sleep(0.1)
    yield process, socket
    process.terminate()
    process.wait(timeout=30)


def test_malware_is_found_by_the_daemon_and_without_it_nothing_is_shown(copy, clamd):
    process, socket = clamd
    installation, described = copy
    world = World(installation.serve("--limits", "off", "--clamav", str(socket)), described)
    receipt, report, organ = world.filed(letter())
    case = Case(world, receipt, report, organ)
    bad = case.send("说明.txt", files.EICAR)
    good = case.send("照片.png", files.png())
    page = case.page(bad)
    assert "Eicar-Own-Signature" in page and "EICAR-STANDARD" not in page
    assert case.original(page, bad).content == files.EICAR
    assert len(case.pictures(case.page(good))) == 1
    installation.stop()
    world = World(installation.serve("--limits", "off", "--clamav", "/run/nobody-listens.sock"), described)
    case = Case(world, type(receipt)(world.url, receipt.digits), report, organ)
    late = case.send("后来.png", files.png())
    page = case.page(late)
    assert case.pictures(page) == [] and re.search("scanner did not answer|扫描服务未应答", page)
