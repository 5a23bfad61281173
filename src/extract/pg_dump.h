/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PG_DUMP_H
#define EXTRACT_PG_DUMP_H

#include <string.h>

#include "base/slice.h"

/*
 * Dumps of pg_dump that are not SQL. Only pg_restore reads them; inquiry/restoring.c runs it in a
 * jail, and its script is read in place of the exhibit (sql_script.h). All in this header, since
 * who asks must not be linked with what reads hostile bytes.
 */
#define PG_DUMP_TYPE       "pg_dump"
#define PG_DUMP_HEAD_BYTES 512u

enum pg_dump_form {
    PG_DUMP_NONE,
    PG_DUMP_CUSTOM,
    PG_DUMP_TAR,      /* the whole archive, which begins with the contents */
    PG_DUMP_CONTENTS, /* toc.dat of a tar archive or a folder: the rows are in other files */
};

/* What an exhibit is that begins with these bytes, of which PG_DUMP_HEAD_BYTES tell. Behind the
 * signature are three bytes of version, the sizes of numbers and offsets, and the form (of
 * pg_backup.h: 1 is custom). */
static inline enum pg_dump_form pg_dump_form(struct slice head)
{
    if (slice_starts(head, SLICE_LITERAL("PGDMP")))
        return head.length > 10 && head.data[10] != 1 ? PG_DUMP_CONTENTS : PG_DUMP_CUSTOM;
    if (head.length >= PG_DUMP_HEAD_BYTES && slice_starts(head, slice_make("toc.dat", 8))
        && memcmp(head.data + 257, "ustar", 5) == 0)
        return PG_DUMP_TAR;
    return PG_DUMP_NONE;
}

#endif
