#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Make the samples in this folder: a workbook behind a password, as [MS-OFFCRYPTO] has it. Needs
python3-cryptography; salts and keys are fixed, so that every run writes the same bytes."""

import base64
import hashlib
import hmac
import importlib.util
import io
import pathlib
import struct
import zipfile

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

FOLDER = pathlib.Path(__file__).resolve().parent
SPEC = importlib.util.spec_from_file_location("xls_make", FOLDER.parent / "xls" / "make.py")
XLS = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(XLS)
PASSWORD = "Sésame 7"


def workbook():
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": "<workbook><sheets><sheet name='S' id='r'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels":
            "<R><Relationship Id='r' Type='/worksheet' Target='worksheets/sheet1.xml'/></R>",
        "xl/worksheets/sheet1.xml": "<worksheet><sheetData>" + "".join(
            f"<row r='{r + 1}'>" + "".join(
                f"<c r='{'ABC'[c]}{r + 1}' t='inlineStr'><is><t>{text}</t></is></c>"
                for c, text in enumerate(row)) + "</row>"
            for r, row in enumerate([("matricule", "nom", "ville")] + [
                (f"8000{i:05}", f"ALAOUI{i}", "Fès") for i in range(60)])) + "</sheetData></worksheet>"}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def pad(data, size):
    return data + bytes(-len(data) % size)


def encrypt(key, mode, data):
    encryptor = Cipher(algorithms.AES(key), mode).encryptor()
    return encryptor.update(pad(data, 16)) + encryptor.finalize()


def fit(digest, size):
    return (digest + b"\x36" * size)[:size]


def spin(digest, salt, password, rounds):
    value = digest(salt + password.encode("utf-16-le")).digest()
    for i in range(rounds):
        value = digest(struct.pack("<I", i) + value).digest()
    return value


def agile(package, password, name, key_bits, rounds):
    digest = getattr(hashlib, name.lower())
    salt, data_salt = bytes(range(16)), bytes(range(16, 32))
    secret, verifier = bytes(range(100, 100 + key_bits // 8)), bytes(range(50, 66))
    spun = spin(digest, salt, password, rounds)

    def part(which, data):
        key = fit(digest(spun + bytes.fromhex(which)).digest(), key_bits // 8)
        return base64.b64encode(encrypt(key, modes.CBC(salt), data)).decode()

    body = b"".join(
        encrypt(secret, modes.CBC(fit(digest(data_salt + struct.pack("<I", i)).digest(), 16)),
                package[at:at + 4096])
        for i, at in enumerate(range(0, len(package), 4096)))
    stream = struct.pack("<Q", len(package)) + body
    seal_key = bytes(range(120, 120 + digest().digest_size))
    seal = hmac.new(seal_key, stream, digest).digest()

    def beside(which, data):
        start = fit(digest(data_salt + bytes.fromhex(which)).digest(), 16)
        return base64.b64encode(encrypt(secret, modes.CBC(start), data)).decode()

    cipher = (f"saltSize='16' blockSize='16' keyBits='{key_bits}' hashSize='{digest().digest_size}' "
              f"cipherAlgorithm='AES' cipherChaining='ChainingModeCBC' hashAlgorithm='{name}'")
    info = (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>"
        "<encryption xmlns='http://schemas.microsoft.com/office/2006/encryption' "
        "xmlns:p='http://schemas.microsoft.com/office/2006/keyEncryptor/password'>"
        f"<keyData {cipher} saltValue='{base64.b64encode(data_salt).decode()}'/>"
        f"<dataIntegrity encryptedHmacKey='{beside('5fb2ad010cb9e1f6', seal_key)}' "
        f"encryptedHmacValue='{beside('a0677f02b22c8433', seal)}'/>"
        "<keyEncryptors><keyEncryptor uri='http://schemas.microsoft.com/office/2006/keyEncryptor/password'>"
        f"<p:encryptedKey spinCount='{rounds}' {cipher} saltValue='{base64.b64encode(salt).decode()}' "
        f"encryptedVerifierHashInput='{part('fea7d2763b4b9e79', verifier)}' "
        f"encryptedVerifierHashValue='{part('d7aa0f6d3061344e', digest(verifier).digest())}' "
        f"encryptedKeyValue='{part('146e0be7abacd0d6', secret)}'/>"
        "</keyEncryptor></keyEncryptors></encryption>")
    return struct.pack("<HHI", 4, 4, 0x40) + info.encode(), stream


def standard(package, password, key_bits):
    salt, verifier = bytes(range(16)), bytes(range(50, 66))
    last = hashlib.sha1(spin(hashlib.sha1, salt, password, 50000) + bytes(4)).digest()
    mixed = [hashlib.sha1(bytes(filler ^ byte for byte in last.ljust(64, b"\0"))).digest()
             for filler in (0x36, 0x5C)]
    key = b"".join(mixed)[:key_bits // 8]
    header = struct.pack("<8I", 0x24, 0, {128: 0x660E, 256: 0x6610}[key_bits], 0x8004, key_bits, 0x18, 0, 0)
    header += "AES\0".encode("utf-16-le")
    info = struct.pack("<HHII", 3, 2, 0x24, len(header)) + header + struct.pack("<I", 16) + salt
    info += encrypt(key, modes.ECB(), verifier) + struct.pack("<I", 20)
    info += encrypt(key, modes.ECB(), hashlib.sha1(verifier).digest())
    return info, struct.pack("<Q", len(package)) + encrypt(key, modes.ECB(), package)


def write(name, streams):
    XLS.FOLDER = FOLDER
    XLS.compound(name, [("EncryptionInfo", streams[0]), ("EncryptedPackage", streams[1])])


def main():
    package = workbook()
    write("agile.xlsx", agile(package, PASSWORD, "SHA512", 256, 1000))
    write("agile-sha1.xlsx", agile(package, PASSWORD, "SHA1", 128, 10))
    write("agile-sha384.xlsx", agile(package, PASSWORD, "SHA384", 192, 10))
    write("protected.xlsx", agile(package, "VelvetSweatshop", "SHA256", 256, 10))
    write("standard.xlsx", standard(package, PASSWORD, 128))
    write("standard-256.xlsx", standard(package, PASSWORD, 256))


if __name__ == "__main__":
    main()
