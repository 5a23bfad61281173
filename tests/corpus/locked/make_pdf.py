#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Make the PDF documents in this folder, one of each revision of the standard security handler: by
mutool, and revision 5, which nothing writes any more, by hand (Adobe Supplement to ISO 32000, level 3)."""

import hashlib
import pathlib
import subprocess

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

FOLDER = pathlib.Path(__file__).resolve().parent
USER, OWNER = "Sésame 7", "Maître 8"
CONTENT = b"BT /F1 18 Tf 20 200 Td (Nom ALAOUI) Tj ET"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def document(content, trailer=b""):
    return (b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
            b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
            b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R"
            b"/Resources<</Font<</F1 " + FONT + b">>>>>>endobj\n"
            b"4 0 obj<</Length %d>>stream\n" % len(content) + content
            + b"\nendstream endobj\ntrailer<</Root 1 0 R/Size 5" + trailer + b">>\n")


def encrypt(key, start, data):
    encryptor = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def revision_5(name):
    secret, salts = bytes(range(32)), [bytes([number]) * 8 for number in range(1, 5)]

    def entry(password, check, key, more=b""):
        digest = hashlib.sha256(password + check + more).digest()
        mixed = hashlib.sha256(password + key + more).digest()
        return digest + check + key, encrypt(mixed, bytes(16), secret)

    user, user_key = entry(USER.encode(), salts[0], salts[1])
    owner, owner_key = entry(OWNER.encode(), salts[2], salts[3], user)
    permissions = encrypt(secret, bytes(16), b"\xfc\xff\xff\xff\xff\xff\xff\xffTadb1234")
    filler = 16 - len(CONTENT) % 16
    start = bytes(range(50, 66))
    content = start + encrypt(secret, start, CONTENT + bytes([filler]) * filler)
    said = (f"/Encrypt<</Filter/Standard/V 5/R 5/Length 256/P -4/U<{user.hex()}>/UE<{user_key.hex()}>"
            f"/O<{owner.hex()}>/OE<{owner_key.hex()}>/Perms<{permissions.hex()}>"
            "/StmF/StdCF/StrF/StdCF/CF<</StdCF<</AuthEvent/DocOpen/CFM/AESV3/Length 32>>>>>>"
            "/ID[<00><00>]")
    (FOLDER / name).write_bytes(document(content, said.encode()))


def main():
    plain = FOLDER / "plain.tmp.pdf"
    plain.write_bytes(document(CONTENT))
    for revision, method in ((2, "rc4-40"), (3, "rc4-128"), (4, "aes-128"), (6, "aes-256")):
        subprocess.run(["mutool", "clean", "-E", method, "-U", USER, "-O", OWNER, plain,
                        FOLDER / f"r{revision}.pdf"], check=True, capture_output=True)
    plain.unlink()
    revision_5("r5.pdf")


if __name__ == "__main__":
    main()
