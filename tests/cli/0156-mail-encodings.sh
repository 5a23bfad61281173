#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Chinese, Japanese and Korean mail is decoded inside the jail, where no table can be opened.
. "$(dirname "$0")/lib.sh"

make_drill
mkdir "$work/heap"
python3 - "$work/heap" <<'PY'
import base64, os, sys

TEXTS = {"Shift_JIS": "山田太郎", "EUC-JP": "山田太郎", "ISO-2022-JP": "山田太郎",
         "GB18030": "李小龙", "Big5": "李小龍", "EUC-KR": "김철수"}
for name, text in TEXTS.items():
    word = base64.b64encode(text.encode(name)).decode()
    with open(os.path.join(sys.argv[1], name + ".eml"), "w", encoding="ascii") as file:
        file.write(f"From: a@example.com\nTo: b@example.com\nSubject: =?{name}?B?{word}?=\n\nx\n")
PY
expect 0 inquire -o "$work/case" "$work/heap"
for name in Shift_JIS EUC-JP ISO-2022-JP GB18030 Big5 EUC-KR; do
    expect 0 "$TAHQIQ" show "$work/case" exhibit "$name.eml" --reveal --reason test
    case $name in
    GB18030) says "$work/out" "mail.subject: 李小龙" ;;
    Big5) says "$work/out" "mail.subject: 李小龍" ;;
    EUC-KR) says "$work/out" "mail.subject: 김철수" ;;
    *) says "$work/out" "mail.subject: 山田太郎" ;;
    esac
done
finish
