/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/array_code.h"

#include "register/array_code_parts.h"
#include "register/array_planes.h"

#define DAY_MINUTES  1440u
#define DAY_BYTES    3u /* 2^32 minutes are fewer than 2^22 days; a distance has a sign */
#define MINUTE_BYTES 2u
#define TIME_BYTES   (DAY_BYTES + MINUTE_BYTES)
#define SIGN         (1u << 31)

/* ---- differences ---- */

static size_t differences_encode_2(const struct array_code *code, size_t count, unsigned char *out)
{
    const uint16_t *items = code->items;
    uint16_t before = 0;

    for (size_t i = 0; i < count; i++) {
        plane_put(out, count, i, (uint16_t)(items[i] - before), sizeof(*items));
        before = items[i];
    }
    return count * sizeof(*items);
}

static void differences_decode_2(const struct array_code *code, size_t count,
                                 const unsigned char *coded)
{
    uint16_t *items = code->items;
    uint16_t before = 0;

    for (size_t i = 0; i < count; i++) {
        before = (uint16_t)(before + plane_get(coded, count, i, sizeof(*items)));
        items[i] = before;
    }
}

static size_t differences_encode_4(const struct array_code *code, size_t first, size_t count,
                                   unsigned char *out)
{
    const uint32_t *items = code->items, *base = code->base;
    uint32_t before = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t item = items[i] - (base ? base[first + i] : 0);

        plane_put(out, count, i, item - before, sizeof(*items));
        before = item;
    }
    return count * sizeof(*items);
}

static void differences_decode_4(const struct array_code *code, size_t first, size_t count,
                                 const unsigned char *coded)
{
    const uint32_t *base = code->base;
    uint32_t *items = code->items;

    for (size_t i = 0; i < count; i++)
        items[i] = plane_get(coded, count, i, sizeof(*items));
    for (size_t i = 1; i < count; i++)
        items[i] += items[i - 1];
    for (size_t i = 0; base && i < count; i++)
        items[i] += base[first - code->base_at + i];
}

static size_t differences_encode_8(const struct array_code *code, size_t count, unsigned char *out)
{
    const uint64_t *items = code->items;
    uint64_t before = 0;

    for (size_t i = 0; i < count; i++) {
        plane_put_8(out, count, i, items[i] - before);
        before = items[i];
    }
    return count * sizeof(*items);
}

static void differences_decode_8(const struct array_code *code, size_t count,
                                 const unsigned char *coded)
{
    uint64_t *items = code->items;
    uint64_t before = 0;

    for (size_t i = 0; i < count; i++) {
        before += plane_get_8(coded, count, i);
        items[i] = before;
    }
}

static size_t differences_encode(const struct array_code *code, size_t first, size_t count,
                                 unsigned char *out)
{
    switch (code->size) {
    case sizeof(uint16_t):
        return differences_encode_2(code, count, out);
    case sizeof(uint64_t):
        return differences_encode_8(code, count, out);
    default:
        return differences_encode_4(code, first, count, out);
    }
}

static bool differences_decode(const struct array_code *code, size_t first, size_t count,
                               const unsigned char *coded, size_t length)
{
    if (length != count * code->size)
        return false;
    switch (code->size) {
    case sizeof(uint16_t):
        differences_decode_2(code, count, coded);
        return true;
    case sizeof(uint64_t):
        differences_decode_8(code, count, coded);
        return true;
    default:
        differences_decode_4(code, first, count, coded);
        return true;
    }
}

/* ---- days ---- */

/* Times from the smallest on, so that they divide into days without regard to their sign. */
static inline uint32_t since_ever(int32_t moment)
{
    return (uint32_t)moment ^ SIGN;
}

/* Small numbers for small distances to either side. */
static inline uint32_t fold(uint32_t distance)
{
    return distance << 1 ^ (distance & SIGN ? UINT32_MAX : 0);
}

static inline uint32_t unfold(uint32_t folded)
{
    return folded >> 1 ^ (folded & 1 ? UINT32_MAX : 0);
}

static size_t days_encode(const struct array_code *code, size_t first, size_t count,
                          unsigned char *out)
{
    const int32_t *items = code->items, *base = code->base;

    for (size_t i = 0; i < count; i++) {
        uint32_t time = since_ever(items[i]), day = time / DAY_MINUTES;

        if (base)
            day = fold(day - since_ever(base[first + i]) / DAY_MINUTES);
        plane_put(out, count, i, day, DAY_BYTES);
        plane_put(out + DAY_BYTES * count, count, i, time % DAY_MINUTES, MINUTE_BYTES);
    }
    return count * TIME_BYTES;
}

static bool days_decode(const struct array_code *code, size_t first, size_t count,
                        const unsigned char *coded)
{
    int32_t *items = code->items;
    const int32_t *base = code->base;
    uint64_t over = 0; /* the upper half stays empty while all are times */

    for (size_t i = 0; i < count; i++) {
        uint32_t day = plane_get(coded, count, i, DAY_BYTES);
        uint32_t minute = plane_get(coded + DAY_BYTES * count, count, i, MINUTE_BYTES);
        uint64_t time;

        if (base)
            day = unfold(day) + since_ever(base[first - code->base_at + i]) / DAY_MINUTES;
        time = (uint64_t)day * DAY_MINUTES + minute;
        over |= time;
        items[i] = (int32_t)((uint32_t)time ^ SIGN);
    }
    return over >> 32 == 0;
}

/* ---- all ---- */

uint32_t array_group_of(const struct array_code *code, size_t item)
{
    uint32_t low = 0, high = code->group_count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (code->groups[middle] <= item)
            low = middle;
        else
            high = middle;
    }
    return low;
}

size_t array_encode(const struct array_code *code, size_t first, size_t count, unsigned char *out)
{
    switch (code->coding) {
    case ARRAY_DAYS:
    case ARRAY_DAYS_AFTER:
        return days_encode(code, first, count, out);
    case ARRAY_PICKED:
        return picked_encode(code, first, count, out);
    case ARRAY_REPEATED:
        return repeated_encode(code, first, count, out);
    case ARRAY_FRONT:
        return front_encode(code, first, count, out);
    case ARRAY_EDITED:
        return edited_encode(code, first, count, out);
    case ARRAY_NUMBERS:
        return numbers_encode(code, first, count, out);
    default:
        return differences_encode(code, first, count, out);
    }
}

bool array_decode(const struct array_code *code, size_t first, size_t count,
                  const unsigned char *coded, size_t length)
{
    switch (code->coding) {
    case ARRAY_DAYS:
    case ARRAY_DAYS_AFTER:
        return length == count * TIME_BYTES && days_decode(code, first, count, coded);
    case ARRAY_PICKED:
        return picked_decode(code, first, count, coded, length);
    case ARRAY_REPEATED:
        return repeated_decode(code, count, coded, length);
    case ARRAY_FRONT:
        return front_decode(code, first, count, coded, length);
    case ARRAY_EDITED:
        return edited_decode(code, first, count, coded, length);
    case ARRAY_NUMBERS:
        return numbers_decode(code, first, count, coded, length);
    default:
        return differences_decode(code, first, count, coded, length);
    }
}
