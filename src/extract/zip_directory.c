/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/zip_directory.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"

#define END_BYTES      22u /* of the record, without its comment */
#define COUNT_AT       10u
#define COMMENT_AT     20u
#define COMMENT_MAX    65535u
#define COUNT_IN_ZIP64 65535u /* the count is elsewhere: 4.4.1.4 */

static unsigned u16_at(const char *bytes)
{
    return (unsigned)(unsigned char)bytes[0] | (unsigned)(unsigned char)bytes[1] << 8;
}

int zip_directory_count(int fd, uint64_t size_bytes, uint64_t *out_count, struct tq_error *err)
{
    const size_t wanted =
        size_bytes < END_BYTES + COMMENT_MAX ? (size_t)size_bytes : END_BYTES + COMMENT_MAX;
    CLEANUP(free_cleanup) char *tail = alloc_zeroed(wanted + 1, 1);
    size_t got;
    int r;

    if (!tail)
        return tq_no_memory(err);
    r = file_read_at(fd, size_bytes - wanted, tail, wanted, &got, err);
    if (r < 0)
        return r;
    *out_count = 0;
    for (size_t at = got; at >= END_BYTES; at--) {
        const char *end = tail + at - END_BYTES;

        /* The comment ends where the file does, or a mark was met by chance. */
        if (memcmp(end, "PK\5\6", 4) != 0 || u16_at(end + COMMENT_AT) != got - at)
            continue;
        *out_count = u16_at(end + COUNT_AT);
        if (*out_count == COUNT_IN_ZIP64)
            *out_count = 0;
        break;
    }
    return TQ_OK;
}
