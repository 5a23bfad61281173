/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef SANDBOX_RESTORATION_JAIL_H
#define SANDBOX_RESTORATION_JAIL_H

/* What the library that jails pg_restore (restoration_jail.c) and the one that starts it agree on.
 */
#define RESTORATION_JAIL    "tahqiq-restore-jail.so"
#define RESTORATION_DUMP_FD 3

#endif
