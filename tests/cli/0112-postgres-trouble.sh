#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Whatever a real database is, holds, or does while it is read: postgres_trouble.py tries it.
. "$(dirname "$0")/lib.sh"

chmod 711 "$work" # the server does not run as root
python3 "$(dirname "$0")/postgres_trouble.py" "$work" || failures=$((failures + 1))
finish
