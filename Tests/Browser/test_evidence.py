"""Evidence at the desk, with and without scripts: what is looked at, what is refused, what has to be confirmed."""

import itertools
import sys
import time
from pathlib import Path

import pytest
from staff import Desk

sys.path.append(str(Path(__file__).parents[1] / "API"))
import evidence_files  # noqa: E402

ways = pytest.mark.parametrize(
    ("number", "language", "scripts"),
    [(number, *way) for number, way in enumerate(itertools.product(["zh-Hans", "en"], ["scripts", ""]))])


@ways
def test_a_clerk_looks_at_evidence(window, tmp_path, number, language, scripts):
    desk = Desk(window(language=language, scripts=bool(scripts)))
    page = desk.window
    desk.sign_in("qt.letters2")
    address = page.open("/desk?tab=waiting").all(".queue a")[number].get_attribute("href")
    files = {"photo.jpg": evidence_files.jpeg(tmp_path), "pages.pdf": evidence_files.pdf(pages=12),
             "letter.docx": evidence_files.docx(), "words.txt": "第一行\n第二行".encode(),
             "locked.pdf": evidence_files.pdf(password=True)}
    for name, content in files.items():
        path = tmp_path / name
        path.write_bytes(content)
        page.driver.get(address)
        page.one("#scan").send_keys(str(path))
        page.press('form[enctype] .button')
    for name in files:
        page.driver.get(address)
        page.driver.get(next(link for link in page.all("article a") if link.text == name).get_attribute("href"))
        end = time.monotonic() + 60
        while page.all(".notice.info[role=status] a") and time.monotonic() < end:
            time.sleep(1)
            page.driver.refresh()
        page.look(f"evidence: {name}")
        shown = len(page.all("main img"))
        assert shown == {"photo.jpg": 1, "pages.pdf": 10}.get(name, 0), page.text
    page.press('form[action$="/original"] .button').look("the original without a confirmation")
    assert page.one(".error-summary")
    page.driver.get(address)
    page.look("a report whose evidence was looked at")
