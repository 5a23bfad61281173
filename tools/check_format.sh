#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Fail if a source is not as clang-format would write it.
cd "$(dirname "$0")/.." || exit 1
find src include tests -name '*.[ch]' ! -name folding_table.c -print0 |
    xargs -0 clang-format --dry-run --Werror
