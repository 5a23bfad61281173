/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_SCRATCH_H
#define READING_SCRATCH_H

#include "base/buf.h"

#define SCRATCH_BYTES                                                          \
    65536u /* eight words of 512 bytes, each folded to eleven times its length \
            */

/* Make room for everything a buffer will be used for, so that running out of memory is found here
 * and not mistaken for a cell that cannot be read. */
static inline int scratch_reserve(struct buf *buf, struct tq_error *err)
{
    int r;

    buf_empty(buf);
    (void)buf_extend(buf, SCRATCH_BYTES);
    r = buf_check(buf, err);
    buf_empty(buf);
    return r;
}

#endif
