#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Make the OpenDocument files in this folder: those of ../office behind a password, as ISO/IEC 26300-3
has it (3.4), with fewer rounds. Needs python3-cryptography."""

import base64
import hashlib
import pathlib
import zipfile
import zlib

from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

FOLDER = pathlib.Path(__file__).resolve().parent
PASSWORD, ROUNDS = "Sésame 7".encode(), 50
URN = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0#"


def text(value):
    return base64.b64encode(value).decode()


def encrypt(cipher, data):
    encryptor = cipher.encryptor()
    return encryptor.update(data) + encryptor.finalize()


def aes(number, packed):
    """As LibreOffice writes it from OpenDocument 1.2 on."""
    salt, start = bytes([number]) * 16, bytes([number + 100]) * 16
    key = hashlib.pbkdf2_hmac("sha1", hashlib.sha256(PASSWORD).digest(), salt, ROUNDS, 32)
    filler = 16 - len(packed) % 16
    body = encrypt(Cipher(algorithms.AES(key), modes.CBC(start)), packed + bytes([filler]) * filler)
    return body, (
        f'<encryption-data checksum-type="{URN}sha256-1k" '
        f'checksum="{text(hashlib.sha256(packed[:1024]).digest())}">'
        f'<algorithm algorithm-name="http://www.w3.org/2001/04/xmlenc#aes256-cbc" '
        f'initialisation-vector="{text(start)}"/>'
        '<start-key-generation start-key-generation-name="http://www.w3.org/2000/09/xmldsig#sha256" '
        'key-size="32"/>'
        f'<key-derivation key-derivation-name="PBKDF2" key-size="32" iteration-count="{ROUNDS}" '
        f'salt="{text(salt)}"/></encryption-data>')


def blowfish(number, packed):
    """As OpenOffice wrote it."""
    salt, start = bytes([number]) * 16, bytes([number + 100]) * 8
    key = hashlib.pbkdf2_hmac("sha1", hashlib.sha1(PASSWORD).digest(), salt, ROUNDS, 16)
    return encrypt(Cipher(Blowfish(key), CFB(start)), packed), (
        f'<encryption-data checksum-type="SHA1/1K" checksum="{text(hashlib.sha1(packed[:1024]).digest())}">'
        f'<algorithm algorithm-name="Blowfish CFB" initialisation-vector="{text(start)}"/>'
        f'<key-derivation key-derivation-name="PBKDF2" iteration-count="{ROUNDS}" '
        f'salt="{text(salt)}"/></encryption-data>')


def write(name, members):
    with zipfile.ZipFile(FOLDER / name, "w", zipfile.ZIP_STORED) as archive:
        for member, content in members:
            archive.writestr(zipfile.ZipInfo(member), content)


def lock(name, source, cipher):
    members, entries = [], ""
    with zipfile.ZipFile(FOLDER.parent / "office" / source) as archive:
        for number, member in enumerate(archive.namelist()):
            content = archive.read(member)
            if member == "META-INF/manifest.xml":
                continue
            if member != "mimetype":
                packer = zlib.compressobj(9, zlib.DEFLATED, -15)
                content, said = cipher(number, packer.compress(content) + packer.flush())
                entries += f'<file-entry full-path="{member}">{said}</file-entry>'
            members.append((member, content))
    write(name, members + [("META-INF/manifest.xml", f"<manifest>{entries}</manifest>")])


def whole(name):
    """As LibreOffice writes it from 24.8 on: one package, by another cipher and another way to the key."""
    said = ('<encryption-data><algorithm algorithm-name="http://www.w3.org/2009/xmlenc11#aes256-gcm" '
            f'initialisation-vector="{text(bytes(12))}"/><key-derivation '
            'key-derivation-name="urn:org:documentfoundation:names:experimental:office:manifest:argon2id" '
            f'key-size="32" argon2-iterations="3" salt="{text(bytes(16))}"/></encryption-data>')
    write(name, [("mimetype", "application/vnd.oasis.opendocument.text"), ("encrypted-package", bytes(64)),
                 ("META-INF/manifest.xml",
                  f'<manifest><file-entry full-path="encrypted-package">{said}</file-entry></manifest>')])


def endless(name):
    """One that asks for more rounds than anybody has time for."""
    def cipher(number, packed):
        body, said = aes(number, packed)
        return body, said.replace(f'"{ROUNDS}"', '"4000000000"')

    lock(name, "plain.odt", cipher)


def main():
    lock("aes.ods", "plain.ods", aes)
    lock("aes.odt", "plain.odt", aes)
    lock("blowfish.odt", "plain.odt", blowfish)
    whole("whole.odt")
    endless("endless.odt")


if __name__ == "__main__":
    main()
