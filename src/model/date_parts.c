/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/date_parts.h"

#include <stdbool.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_zero(struct slice part)
{
    for (size_t i = 0; i < part.length; i++) {
        if (part.data[i] != '0')
            return false;
    }
    return true;
}

/* Programs that know no missing integer write 3 as "3.0". */
static struct slice tidy(struct slice part)
{
    part = slice_trim(part);
    if (part.length > 2 && slice_is(slice_skip(part, part.length - 2), ".0"))
        part.length -= 2;
    if (part.length > DATE_PART_BYTES)
        part.length = DATE_PART_BYTES;
    return part;
}

/* A single digit gets its zero. */
static size_t add_part(char *room, size_t length, struct slice part)
{
    if (part.length == 1 && is_digit(part.data[0]))
        room[length++] = '0';
    if (part.length > 0)
        memcpy(room + length, part.data, part.length);
    return length + part.length;
}

struct slice date_parts_join(const struct slice *parts, size_t count, char *room)
{
    struct slice tidied[DATE_PARTS_MAX];
    size_t used = 0, length = 0;

    for (size_t i = 0; i < count && i < DATE_PARTS_MAX; i++) {
        tidied[i] = tidy(parts[i]);
        if (!is_zero(tidied[i]))
            used = i + 1;
    }
    for (size_t i = 0; i < used; i++) {
        if (i > 0)
            room[length++] = '-';
        length = add_part(room, length, tidied[i]);
    }
    return slice_make(room, length);
}
