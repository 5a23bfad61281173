/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_ARCHIVE_OUT_H
#define DRILL_ARCHIVE_OUT_H

#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

/*
 * An archive being written, member by member; the same members give the same bytes. Zip members
 * carry no time: the format writes local time, which depends on the machine.
 */
struct archive_out;

enum archive_kind {
    ARCHIVE_ZIP,   /* members stored as they are */
    ARCHIVE_TAR_GZ /* a compressed tar */
};

/* *out_archive is owned by the caller: archive_out_close(), or archive_out_drop() to give up. */
int archive_out_open(const char *path, enum archive_kind kind, struct archive_out **out_archive,
                     struct tq_error *err) MUST_CHECK;
/* `minutes`: time of the member, since 1970. */
int archive_out_add(struct archive_out *archive, const char *name, struct slice content,
                    int32_t minutes, struct tq_error *err) MUST_CHECK;
int archive_out_close(struct archive_out *archive, struct tq_error *err) MUST_CHECK;
struct archive_out *archive_out_drop(struct archive_out *archive); /* NULL allowed; returns NULL */

#endif
