"""An institution changes its algorithms: what was sealed before opens, and what comes is sealed with the new ones."""

from client import Receipt
from pages import Pages
from test_accounts import enrol
from test_anonymous import Tables
from test_commands import change_password
from test_keys import page_of_keys
from test_story import referred
from world import World, letter

KINDS = {1: "envelope", 2: "wrap", 3: "password", 4: "file"}


def sealed(installation):
    """Everything sealed that there is, by where it lies and what it is: its first bytes, kind and suite among them."""
    tables = Tables(installation)
    columns = [(table, column) for table, described in tables.columns().items() for column, kind in described
               if kind in ("blob", "bytea")]
    found = {(table, column, value if isinstance(value, bytes) else bytes.fromhex(value.removeprefix("\\x")))
             for table, column in columns
             for value, in tables.rows(f'SELECT "{column}" FROM {table} WHERE "{column}" IS NOT NULL')}
    # Hashes, salts and public keys lie in such columns too; nothing sealed is as short.
    found = {(f"{table}.{column}", value) for table, column, value in found
             if len(value) > 44 and value[0] in (0x11, 0x21, 0x31)}
    return found | {("files", path.read_bytes()[:64]) for path in (installation.data / "files").iterdir()}


def told(found):
    """How often each kind stands under each suite."""
    counted = {}
    for _, value in found:
        key = (KINDS[value[0] >> 4], value[1])
        counted[key] = counted.get(key, 0) + 1
    return counted


def test_a_world_goes_on_under_other_algorithms_and_loses_nothing(copy):
    installation, described = copy
    world = World(installation.serve("--limits", "off"), described)
    receipt, report = referred(world)
    assert receipt.put_file("照片.txt", b"before").status_code == 201
    before = sealed(installation)
    assert {suite for _, suite in told(before)} == {1}
    assert installation.command("sealing").stdout.strip() == "aes-256-gcm"
    unknown = installation.command("sealing", "rot13", check=False)
    assert unknown.returncode == 1 and "rot13" in unknown.stdout and "chacha20-poly1305" in unknown.stdout
    assert installation.command("sealing").stdout.strip() == "aes-256-gcm"

    assert installation.command("sealing", "chacha20-poly1305").stdout.strip() == "chacha20-poly1305"
    if installation.database:
        # Where several processes share a database, each takes the choice up when it starts.
        assert installation.stop() == 0
        world = World(installation.serve("--limits", "off"), described)
        receipt = Receipt(installation.url, receipt.digits)
        before = sealed(installation)
    new, other = referred(world)
    for holder in (receipt, new):
        holder.message("后来说的")
        assert holder.put_file("后来.txt", b"after").status_code == 201
    change_password(world.url, world.accounts["qt.letters2"], "a sentence under another cipher")
    enrol(Pages(world.url, world.accounts["qt.letters3"]), world.accounts["qt.letters3"]["password"])
    director = Pages(world.url, world.accounts["qt.letters1"])
    keys = page_of_keys(director, "信访")
    director.send(director.get(keys), keys + "/renew", {})
    came = sealed(installation) - before
    assert {suite for _, suite in told(came)} == {2}, {where for where, value in came if value[1] == 1}
    assert {kind for kind, _ in told(came)} == set(KINDS.values()), "every format was sealed anew"

    # Another process takes the choice up, and reads the reports of both times.
    assert installation.stop() == 0
    world = World(installation.serve("--limits", "off"), described)
    assert installation.command("sealing").stdout.strip() == "chacha20-poly1305"
    for one, holder in ((report, receipt), (other, new)):
        view = world["qt.inspect1"].report(one)
        assert view["title"] and view["content"] and "后来说的" in [message["text"] for message in view["messages"]]
        again = Receipt(installation.url, holder.digits)
        assert len(again.read()["messages"]) == 1
    assert world["qt.inspect1"].get(f"/api/v1/reports/{report}/files/照片.txt").content == b"before"
    director = Pages(world.url, world.accounts["qt.letters1"])
    director.send(director.get(keys), keys + "/reseal", {})
    installation.verify()

    # And back again: neither is the last.
    installation.command("sealing", "aes-256-gcm")
    assert installation.stop() == 0
    world = World(installation.serve("--limits", "off"), described)
    last = sealed(installation)
    world.public.post("/api/v1/reports", letter(), 201)
    assert {suite for _, suite in told(sealed(installation) - last)} == {1}
