/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_ARCHIVE_UNLOCK_H
#define EXTRACT_ARCHIVE_UNLOCK_H

#include <archive.h>

#include "base/limits.h"
#include "extract/extract.h"

/*
 * Which password of a list opens an encrypted member. A password that passes the check of a header
 * may still be wrong (one of 256 does, in old archives), so it counts only when the member comes
 * out whole, by its own checksum: before a byte of it is passed on, in an archive opened beside.
 */
#define ARCHIVE_NO_PASSWORD UINT32_MAX

struct archive_unlock {
    const struct extract_input *input;
    void (*support)(struct archive *archive); /* formats and filters */
    struct archive *archive;                  /* the one opened beside; NULL: none */
    uint64_t at;                              /* entries it has come to */
    uint64_t offset;                          /* bytes it was given */
    char *bytes, *scratch;                    /* UNLOCK_BYTES each */
    uint32_t next, end;                       /* passwords that it may still have, by position */
    uint32_t opens, tries;                    /* so far, of all */
    uint64_t wasted_bytes;                    /* that wrong passwords made */
    bool gave_up;                             /* a limit of these was met */
    char password[PASSWORD_BYTES_MAX + 1];
};

/* The password for entry `index` (from 0), by position in the list; *out_found is `likely` if that
 * opens it (ARCHIVE_NO_PASSWORD: none is likely), and ARCHIVE_NO_PASSWORD if none does. */
int archive_unlock_find(struct archive_unlock *unlock, uint64_t index, uint32_t likely,
                        uint32_t *out_found, struct tq_error *err) MUST_CHECK;

/* Give a password of the list to an archive that is not opened yet. */
int archive_unlock_give(struct archive_unlock *unlock, uint32_t password, struct archive *archive,
                        struct tq_error *err) MUST_CHECK;

void archive_unlock_clear(struct archive_unlock *unlock);

#endif
