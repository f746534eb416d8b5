"""The transparency log checked from its specifications alone: RFC 6962, RFC 8032, and C2SP's signed-note, tlog-checkpoint,
tlog-tiles, tlog-proof and tlog-cosignature. Nothing here is the program's."""

import base64
import hashlib
import hmac
import json

P = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def _recover(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert (x * x - square) % P == 0, "not a point"
    return P - x if x & 1 != sign else x


def _point(data):
    value = int.from_bytes(data, "little")
    y = value & (1 << 255) - 1
    x = _recover(y, value >> 255)
    return x, y, 1, x * y % P


def _add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number, point):
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _add(total, point)
        point, number = _add(point, point), number >> 1
    return total


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(key, message, signature):
    """Whether an Ed25519 signature holds (RFC 8032 §5.1.7)."""
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or scalar >= L:
        return False
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = _times(scalar, BASE), _add(_point(signature[:32]), _times(hashed, _point(key)))
    return all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))


class Key:
    """A verifier key: name+hash+base64."""

    def __init__(self, text):
        self.name, digest, encoded = text.strip().split("+", 2)
        data = base64.b64decode(encoded, validate=True)
        self.kind, self.key = data[0], data[1:]
        self.id = hashlib.sha256(self.name.encode() + b"\n" + data).digest()[:4]
        assert self.id.hex() == digest and len(self.key) == 32


class Note:
    """A signed note; a checkpoint is its text."""

    def __init__(self, whole):
        self.text, _, rest = whole.rpartition("\n\n")
        self.text += "\n"
        self.signatures = []
        for line in rest.splitlines():
            dash, name, encoded = line.split(" ")
            data = base64.b64decode(encoded, validate=True)
            assert dash == "—"
            self.signatures.append((name, data[:4], data[4:]))
        lines = self.text.split("\n")
        self.origin, self.size, self.root = lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True)

    def holds(self, key):
        """The time of a cosignature, or true; false where the key has not signed."""
        for name, identity, signature in self.signatures:
            if name != key.name or identity != key.id:
                continue
            if key.kind == 1 and signed(key.key, self.text.encode(), signature):
                return True
            if key.kind == 4:
                moment = int.from_bytes(signature[:8], "big")
                message = f"cosignature/v1\ntime {moment}\n{self.text}".encode()
                if signed(key.key, message, signature[8:]):
                    return moment
        return False


def leaf(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def head(hashes):
    """The head over leaf hashes (RFC 6962 §2.1)."""
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node(head(hashes[:split]), head(hashes[split:]))


def includes(hashed, index, path, size, root):
    """Whether a path leads from a leaf to the head (RFC 9162 §2.1.3.2)."""
    if index >= size:
        return False
    place, last = index, size - 1
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            hashed = node(sibling, hashed)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hashed = node(hashed, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and hashed == root


def tile_name(level, index, width=256):
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03}")
    return f"tile/{level}/" + "/".join(groups) + (f".p/{width}" if width < 256 else "")


def entries(fetch, size):
    """Every entry of a log of this size, out of its bundles."""
    found = []
    for index in range((size + 255) // 256):
        width = min(256, size - index * 256)
        data = fetch(tile_name("entries", index, width))
        bundle = []
        while data:
            length = int.from_bytes(data[:2], "big")
            bundle.append(data[2:2 + length])
            data = data[2 + length:]
        assert len(bundle) == width
        found += bundle
    return found


def check_tiles(fetch, size, leaves):
    """Every tile of every level holds the heads of the tiles below it."""
    level, row = 0, leaves
    while row:
        for index in range((len(row) + 255) // 256):
            part = row[index * 256:(index + 1) * 256]
            assert fetch(tile_name(level, index, len(part))) == b"".join(part), (level, index)
        row = [head(row[start:start + 256]) for start in range(0, len(row) - 255, 256)]
        level += 1


class Opened:
    """One entry that a receipt's proof opens."""

    def __init__(self, block):
        lines = block.split("\n")
        assert lines[0].startswith("event ") and lines[1].startswith("salt ")
        self.bytes = base64.b64decode(lines[0][6:], validate=True)
        self.salt = base64.b64decode(lines[1][5:], validate=True)
        assert lines[2] == "c2sp.org/tlog-proof@v1"
        rest = lines[3:]
        self.extra = base64.b64decode(rest.pop(0)[6:], validate=True) if rest[0].startswith("extra ") else None
        assert rest[0].startswith("index ")
        self.index = int(rest[0][6:])
        end = rest.index("")
        self.path = [base64.b64decode(line, validate=True) for line in rest[1:end]]
        self.note = Note("\n".join(rest[end + 1:]))
        self.event = json.loads(self.bytes)
        # RFC 8785: sorted keys, no spaces, nothing escaped that need not be.
        assert json.dumps(self.event, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == self.bytes

    @property
    def entry(self):
        return hmac.new(self.salt, self.bytes, hashlib.sha256).digest()

    def holds(self, key):
        note = self.note
        return bool(note.origin == key.name and note.holds(key)
                    and includes(leaf(self.entry), self.index, self.path, note.size, note.root))


def opened(text):
    """The blocks of a receipt's proof."""
    starts = [at for at in range(len(text)) if text.startswith("event ", at) and (at == 0 or text[at - 1] == "\n")]
    return [Opened(text[start:end].rstrip("\n") + "\n") for start, end in zip(starts, starts[1:] + [len(text)])]


def sent(salt, title, content):
    """What the filing's entry says of the words that were sent."""
    words = json.dumps({"content": content, "title": title}, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(salt, words.encode(), hashlib.sha256).hexdigest()
