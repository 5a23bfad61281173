# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a disk may hold after power was lost, told from the journal that fault.c keeps.

A file is sure to have what it had when it was last synced. Of what was written since, each sector may
be there or not, in any order. A name is sure when its folder was synced since it was given; else it
may be there or not. No file system is worse than that, most are better.
"""

import os
import random

SECTORS = (512, 4096)


class File:
    def __init__(self):
        self.now = bytearray()
        self.sure = b""
        self.since = []  # (offset, bytes), or (size, None): cut

    def write(self, offset, data):
        put(self.now, offset, data)
        self.since.append((offset, data))

    def cut(self, size):
        resize(self.now, size)
        self.since.append((size, None))

    def sync(self):
        self.sure = bytes(self.now)
        self.since = []

    def after_cut(self, dice, share):
        """The bytes when each sector written since the last sync is there with probability `share`."""
        found = bytearray(self.sure)
        sector = dice.choice(SECTORS)
        for offset, data in self.since:
            if data is None:
                if dice.random() < share:
                    resize(found, offset)
                continue
            at = 0
            while at < len(data):
                part = data[at:at + sector - (offset + at) % sector]
                if dice.random() < share:
                    put(found, offset + at, part)
                at += len(part)
        return bytes(found)


def put(content, offset, data):
    if len(content) < offset:
        resize(content, offset)
    content[offset:offset + len(data)] = data


def resize(content, size):
    del content[size:]
    content.extend(bytes(size - len(content)))


class Disk:
    """Names are paths; what they name is a File, or None for a folder."""

    def __init__(self, root):
        self.root = root
        self.now, self.sure = {}, {}
        self.since = []  # (path given or None, path taken away or None, what)
        self.open = {}   # descriptor: path of a folder, or a File

    def name(self, path, what, old=None):
        if old:
            self.now.pop(old, None)
        if path:
            self.now[path] = what
        self.since.append((path, old, what))

    def sync_folder(self, folder):
        left = []
        for change in self.since:
            if os.path.dirname(change[0] or change[1]) == folder:
                apply(self.sure, change)
            else:
                left.append(change)
        self.since = left

    def sync_all(self):
        for change in self.since:
            apply(self.sure, change)
        self.since = []
        for what in set(self.now.values()) | set(self.open.values()):
            if isinstance(what, File):
                what.sync()

    def replay(self, event):
        kind, arguments = event[0], event[1:]
        if kind == "start":
            self.open = {}
        elif kind == "open":
            self.open_path(*arguments)
        elif kind == "close":
            self.open.pop(arguments[0], None)
        elif kind == "write":
            self.open[arguments[0]].write(arguments[1], arguments[2])
        elif kind == "truncate":
            self.open[arguments[0]].cut(arguments[1])
        elif kind == "sync":
            what = self.open[arguments[0]]
            what.sync() if isinstance(what, File) else self.sync_folder(what)
        elif kind == "syncfs":
            self.sync_all()
        elif kind == "mkdir":
            self.name(arguments[0], None)
        elif kind == "unlink":
            self.name(None, None, arguments[0])
        elif kind == "rename":
            self.name(arguments[1], self.now[arguments[0]], arguments[0])
        elif kind == "link":
            self.name(arguments[1], self.open[arguments[0]])

    def open_path(self, descriptor, flags, path):
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            self.open[descriptor] = File()
        elif path in self.now and self.now[path]:
            self.open[descriptor] = self.now[path]
            if flags & os.O_TRUNC:
                self.now[path].cut(0)
        elif flags & os.O_CREAT:
            self.open[descriptor] = File()
            self.name(path, self.open[descriptor])
        else:
            self.open[descriptor] = path

    def after_cut(self, dice, share):
        """{path: bytes, or None for a folder} when each change is there with probability `share`."""
        names = dict(self.sure)
        for change in self.since:
            if dice.random() < share:
                apply(names, change)
        return {path: what and what.after_cut(dice, share) for path, what in sorted(names.items())
                if self.is_reachable(path, names)}

    def is_reachable(self, path, names):
        folder = os.path.dirname(path)
        while folder != self.root:
            if folder not in names:
                return False
            folder = os.path.dirname(folder)
        return True


def apply(names, change):
    path, old, what = change
    if old:
        names.pop(old, None)
    if path:
        names[path] = what


def load_journal(path):
    """The events of a journal: a tuple each, the kind first, numbers as numbers."""
    with open(path, "rb") as file:
        return list(events(file))


def events(file):
    for line in file:
        kind, *words = os.fsdecode(line.rstrip(b"\n")).split("\t")
        if kind in ("write", "print"):
            numbers = [int(word) for word in words]
            yield (kind, *numbers[:-1], file.read(numbers[-1]))
        else:
            yield (kind, *(int(word) if word.isdigit() else os.path.normpath(word)
                           for word in words))


def state_after(journal, count, root, dice, share):
    """What may be below `root` when power is lost after the first `count` events."""
    disk = Disk(root)
    for event in journal[:count]:
        disk.replay(event)
    return disk.after_cut(dice, share)


def make_state(state, root, folder):
    """Lay a state out in `folder`, which stands for `root`."""
    for path, content in state.items():
        path = folder + path[len(root):]
        if path.endswith("-shm"):
            continue  # shared memory: the next to open the database makes it anew
        if content is None:
            os.mkdir(path, 0o700)
            continue
        with open(path, "wb") as file:
            file.write(content)
        os.chmod(path, 0o600)
