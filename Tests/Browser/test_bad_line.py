"""Evidence over a line that breaks: what arrived stays, and the rest follows by itself."""

import os
import socket
from threading import Thread

import pytest
from reporter import PARTY, PNG
from selenium.webdriver.support.ui import WebDriverWait
from words import words


class BadLine:
    """Stands between the browser and the server, and cuts each connection after so many bytes on the way up."""

    def __init__(self, port, most):
        self.port, self.most, self.cuts = port, most, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.port))
            Thread(target=self.carry, args=(near, far, self.most), daemon=True).start()
            Thread(target=self.carry, args=(far, near, None), daemon=True).start()

    def carry(self, source, target, most):
        sent = 0
        try:
            while (data := source.recv(16_384)):
                target.sendall(data)
                sent += len(data)
                if most and sent > most:
                    self.cuts += 1
                    break
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.close()


@pytest.fixture
def bad_line(worlds):
    lines = []

    def bad_line(engine, most):
        lines.append(BadLine(int(worlds(engine).url.rsplit(":", 1)[1]), most))
        return lines[-1]

    yield bad_line
    for line in lines:
        line.close()


def film(folder, size):
    """A picture with so many bytes of noise behind it."""
    path = folder / "夜里的河滩.png"
    path.write_bytes(PNG + os.urandom(size))
    return path


def at_the_files(window):
    window.open("/report/rank").fill({"rank": "county"}).press('main button[value="next"]')
    window.fill(PARTY).press('main button[value="next"]').press('main button[value="next"]')
    window.fill({"title": "采砂", "content": "夜里有人采砂。"}).press('main button[value="next"]')
    for _ in range(3):
        window.press('main button[value="next"]')
    return window


def over(window, line):
    """From here on the line is bad. Cookies hold for the host and not for the port."""
    window.base = line.url
    return window


def look(window, name):
    """The console tells of the cuts, and of pieces that came before the server knew of a cut, as it should."""
    window.look(name)
    window.faults = [fault for fault in window.faults if "/uploads/" not in fault]


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_a_film_arrives_whole_over_a_line_that_is_cut_again_and_again(window, bad_line, tmp_path, language):
    window = window(language=language)
    line = bad_line("sqlite", 700_000)
    at_the_files(window)
    path = film(tmp_path, 3_000_000)
    over(window, line).open("/report/files").fill({"files": [path]})
    window.press('main button[value="upload"]', seconds=120)
    assert line.cuts >= 3, "the line was bad"
    assert path.name in window.one(".kept li").text and len(window.all(".kept li")) == 1
    look(window, "after the upload over a bad line")


def test_who_stops_an_upload_goes_on_with_it_later(window, bad_line, tmp_path):
    window = window()
    line = bad_line("sqlite", 600_000)
    at_the_files(window)
    path = film(tmp_path, 30_000_000)
    over(window, line).open("/report/files").fill({"files": [path]})
    window.start('main button[value="upload"]')
    stop = WebDriverWait(window.driver, 60, 0.05).until(
        lambda _: line.cuts >= 2 and next((one for one in window.all("[data-stop]") if one.is_displayed()), None))
    look(window, "during an upload")
    stop.click()
    WebDriverWait(window.driver, 60, 0.05).until(lambda _: words("sending.stopped", "zh-Hans") in window.text)
    assert window.all(".kept li") == []
    line.most = None
    window.press('main button[value="upload"]', seconds=120)
    assert path.name in window.one(".kept li").text


def test_what_is_not_taken_is_told_as_without_scripts(window, tmp_path):
    told = []
    for scripts in (True, False):
        page = window(scripts=scripts)
        at_the_files(page)
        (tmp_path / "相册.jpg").write_bytes(b"MZ\x90\x00" + bytes(4000))
        (tmp_path / "河滩.png").write_bytes(PNG)
        page.fill({"files": [tmp_path / "相册.jpg", tmp_path / "河滩.png"]})
        page.press('main button[value="upload"]')
        told.append((page.one(".error-summary").text, [line.text for line in page.all(".kept li")]))
    assert told[0] == told[1] and len(told[0][1]) == 1 and "相册.jpg" in told[0][0]


def test_evidence_by_receipt_goes_piece_by_piece_too(window, bad_line, tmp_path):
    window = at_the_files(window())
    window.press('main button[value="next"]')
    window.fill({"identity": "anonymous"}).press('main button[value="next"]').press('main button[value="send"]')
    digits = "".join(group.text for group in window.all(".groups li"))
    line = bad_line("sqlite", 700_000)
    over(window, line).open("/receipt").fill({"receipt": digits}).press("main .button")
    path = film(tmp_path, 2_000_000)
    window.fill({"files": [path]}).press('form[action="/receipt/files"] > .buttons .button', seconds=120)
    assert line.cuts >= 2 and path.name in window.text
    assert words("reporting.receipt.done.files", "zh-Hans") in window.text
