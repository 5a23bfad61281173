/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_MAPI_STREAM_H
#define EXTRACT_MAPI_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* Types of MAPI properties ([MS-OXCDATA] 2.11.1) that hold something to read. */
enum {
    MAPI_OBJECT = 0x000D,
    MAPI_ASCII = 0x001E,
    MAPI_UNICODE = 0x001F,
    MAPI_TIME = 0x0040,
    MAPI_BINARY = 0x0102,
};

/* One value of a property; a property of several values comes several times. */
struct mapi_value {
    uint16_t id, type;
    struct slice bytes; /* borrowed */
};

/*
 * Properties as they stand in a TNEF stream ([MS-OXTNEF] 2.1.3.4). Where they contradict
 * themselves the walk ends, and `broken` is set.
 */
struct mapi_stream {
    struct slice rest; /* behind the last value: where a table has its next row */
    uint32_t properties, values;
    uint16_t id, type;
    bool broken;
};

void mapi_stream_open(struct mapi_stream *stream, struct slice bytes);
bool mapi_stream_next(struct mapi_stream *stream, struct mapi_value *out_value);

#endif
