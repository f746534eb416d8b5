"""The server is killed while people file; whoever got a receipt has a report."""

import os
import random
import threading
import time

import requests
from client import Receipt
from world import REPORTER, letter

KILLS = int(os.environ.get("MINGJIAN_KILLS", "10"))


def test_every_receipt_that_was_given_opens_its_report_after_a_kill(copy):
    installation, _ = copy
    given = []

    def file_until_the_server_is_gone():
        session = requests.Session()
        while True:
            try:
                answer = session.post(
                    installation.url + "/api/v1/reports", json=letter(reporter=REPORTER), timeout=10)
                if answer.status_code == 201:
                    digits = answer.json()["receipt"]
                    given.append(digits)
                    session.put(
                        installation.url + "/api/v1/receipt/files/a.pdf", data=b"%PDF-1.7\n" + bytes(100_000),
                        headers={"Authorization": f"Receipt {digits}"}, timeout=10)
            except requests.RequestException:
                return

    checked = 0
    for _ in range(KILLS):
        installation.serve("--limits", "off")
        people = [threading.Thread(target=file_until_the_server_is_gone) for _ in range(8)]
        for thread in people:
            thread.start()
        time.sleep(random.uniform(0.3, 1.2))
        installation.kill()
        for thread in people:
            thread.join()
        installation.serve("--limits", "off")
        for digits in given[checked:]:
            assert Receipt(installation.url, digits).read()["stage"] == "received"
        checked = len(given)
        assert installation.verify()["reports"] >= checked
        installation.kill() if random.random() < 0.5 else installation.stop()
    assert checked >= KILLS, "too few filings to mean anything"
    installation.verify()
