/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef POSTGRES_CONNINFO_H
#define POSTGRES_CONNINFO_H

#include <stdbool.h>

#include "base/error.h"

/*
 * A connection string as libpq takes it: "service=tahqiq", "host=db dbname=fund user=tahqiq" or
 * "postgresql://tahqiq@db/fund". Secrets do not belong into it: whoever lists the processes of the
 * machine sees it, and the shell's history keeps it.
 */

/*
 * TQ_E_USAGE if it is no connection string, or holds a secret. The message repeats nothing of it:
 * what libpq says of a string that it cannot read may be the password.
 */
int conninfo_check(const char *conninfo, struct tq_error *err) MUST_CHECK;

/* Whether it gives this option a value. False as well if it is no connection string. */
bool conninfo_gives(const char *conninfo, const char *keyword);

#endif
