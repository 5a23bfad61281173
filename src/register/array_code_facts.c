/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include "base/moment.h"
#include "register/array_code_parts.h"
#include "register/array_planes.h"

/*
 * Items picked: one byte each, then the listed ones as planes. A cursor goes through the base's
 * items of the group; mostly the next item is that at the cursor.
 */
enum {
    PICK_LISTED = 0,
    PICK_OPEN = 1,  /* MOMENT_MAX */
    PICK_AGAIN = 2, /* the item before the cursor */
    PICK_NEXT = 3   /* and what is more: so many further on */
};

#define PICK_AHEAD_MAX  (UINT8_MAX - PICK_NEXT)
#define REPEAT_BACK_MAX 32u /* looking further costs more than it finds */

/* Where in the groups an item is. */
struct place {
    uint32_t group;
    size_t group_end;            /* the first item after the group */
    size_t cursor;               /* in the base */
    size_t base_first, base_end; /* the base's items of the group */
};

static void enter_group(const struct array_code *code, struct place *place)
{
    place->group_end = code->groups[place->group + 1];
    if (!code->base_groups)
        return;
    place->base_first = place->cursor = code->base_groups[place->group];
    place->base_end = code->base_groups[place->group + 1];
}

static struct place place_of(const struct array_code *code, size_t item)
{
    struct place place = {.group = array_group_of(code, item)};

    enter_group(code, &place);
    return place;
}

/* Go on to the group of `item`, which is not before the present one. */
static inline void place_move(const struct array_code *code, struct place *place, size_t item)
{
    if (item < place->group_end)
        return;
    while (item >= code->groups[place->group + 1])
        place->group++;
    enter_group(code, place);
}

static inline uint32_t item_get(const void *items, size_t i, uint8_t size)
{
    return size == sizeof(uint16_t) ? ((const uint16_t *)items)[i] : ((const uint32_t *)items)[i];
}

static inline void item_set(void *items, size_t i, uint32_t item, uint8_t size)
{
    if (size == sizeof(uint16_t))
        ((uint16_t *)items)[i] = (uint16_t)item;
    else
        ((uint32_t *)items)[i] = item;
}

/* An open end has no item of the base, but counts as one. */
static inline void pass_open(struct place *place)
{
    place->cursor += place->cursor < place->base_end;
}

/* `size` is a constant where this is called, so that each gets its own code. */
static inline unsigned char pick(const struct array_code *code, struct place *place, uint32_t item,
                                 uint8_t size)
{
    size_t ahead = place->base_end - place->cursor;

    if (size == sizeof(int32_t) && item == (uint32_t)MOMENT_MAX) {
        pass_open(place);
        return PICK_OPEN;
    }
    if (place->cursor > place->base_first && item_get(code->base, place->cursor - 1, size) == item)
        return PICK_AGAIN;
    for (size_t k = 0; k < ahead && k <= PICK_AHEAD_MAX; k++) {
        if (item_get(code->base, place->cursor + k, size) == item) {
            place->cursor += k + 1;
            return (unsigned char)(PICK_NEXT + k);
        }
    }
    return PICK_LISTED;
}

/* Whether one of eight bytes is 0. */
static inline bool any_listed(const unsigned char *picks)
{
    const uint64_t lowest = 0x0101010101010101ull, highest = 0x8080808080808080ull;
    uint64_t word;

    memcpy(&word, picks, sizeof(word));
    return ((word - lowest) & ~word & highest) != 0;
}

/* The items whose byte is 0, after the bytes. */
static size_t list_encode(const struct array_code *code, size_t count, unsigned char *out)
{
    size_t listed = 0, next = 0;

    for (size_t i = 0; i < count; i++)
        listed += out[i] == PICK_LISTED;
    for (size_t i = 0; i < count && next < listed; i++) {
        if (count - i > sizeof(uint64_t) && !any_listed(out + i))
            i += sizeof(uint64_t) - 1; /* most are not */
        else if (out[i] == PICK_LISTED)
            plane_put(out + count, listed, next++, item_get(code->items, i, code->size),
                      code->size);
    }
    return count + listed * code->size;
}

/* Whether `length` bytes are `count` items of which as many are listed as there is room for. */
static bool list_fits(const struct array_code *code, size_t count, const unsigned char *coded,
                      size_t length, size_t *out_listed)
{
    size_t listed = 0;

    if (length < count)
        return false;
    for (size_t i = 0; i < count; i++)
        listed += coded[i] == PICK_LISTED;
    *out_listed = listed;
    return length == count + listed * code->size;
}

static inline void picked_encode_sized(const struct array_code *code, size_t first, size_t count,
                                       unsigned char *out, uint8_t size)
{
    struct place place = place_of(code, first);

    for (size_t i = 0; i < count; i++) {
        place_move(code, &place, first + i);
        out[i] = pick(code, &place, item_get(code->items, i, size), size);
    }
}

size_t picked_encode(const struct array_code *code, size_t first, size_t count, unsigned char *out)
{
    if (code->size == sizeof(uint16_t))
        picked_encode_sized(code, first, count, out, sizeof(uint16_t));
    else
        picked_encode_sized(code, first, count, out, sizeof(uint32_t));
    return list_encode(code, count, out);
}

/* The item that `pick` names; false if there is none. */
static inline bool pick_get(const struct array_code *code, struct place *place, unsigned char pick,
                            uint8_t size, uint32_t *out_item)
{
    size_t at = place->cursor + pick - PICK_NEXT;

    if (pick >= PICK_NEXT) {
        if (at >= place->base_end)
            return false;
        place->cursor = at + 1;
    } else if (pick == PICK_OPEN) {
        pass_open(place);
        *out_item = (uint32_t)MOMENT_MAX;
        return true;
    } else if (place->cursor == place->base_first) {
        return false;
    } else {
        at = place->cursor - 1;
    }
    *out_item = item_get(code->base, at - code->base_at, size);
    return true;
}

/* `size` is a constant where this is called, so that each gets its own loop. */
static inline bool picked_decode_sized(const struct array_code *code, size_t first, size_t count,
                                       const unsigned char *coded, size_t listed, uint8_t size)
{
    struct place place = place_of(code, first);
    size_t next = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t item;

        place_move(code, &place, first + i);
        if (coded[i] == PICK_LISTED)
            item = plane_get(coded + count, listed, next++, size);
        else if (!pick_get(code, &place, coded[i], size, &item))
            return false;
        item_set(code->items, i, item, size);
    }
    return true;
}

bool picked_decode(const struct array_code *code, size_t first, size_t count,
                   const unsigned char *coded, size_t length)
{
    size_t listed;

    if (!list_fits(code, count, coded, length, &listed))
        return false;
    return code->size == sizeof(uint16_t)
               ? picked_decode_sized(code, first, count, coded, listed, sizeof(uint16_t))
               : picked_decode_sized(code, first, count, coded, listed, sizeof(uint32_t));
}

/* ---- repeated ---- */

/* How many places back the same item is, in the group and the piece; 0: none near. */
static unsigned char find_back(const uint32_t *items, size_t at, size_t low)
{
    for (size_t back = 1; back <= at - low && back <= REPEAT_BACK_MAX; back++) {
        if (items[at - back] == items[at])
            return (unsigned char)back;
    }
    return 0;
}

/* Where in the piece the group begins, or the piece in the group. */
static size_t group_first(const struct array_code *code, const struct place *place, size_t first)
{
    size_t low = code->groups[place->group];

    return low > first ? low - first : 0;
}

size_t repeated_encode(const struct array_code *code, size_t first, size_t count,
                       unsigned char *out)
{
    struct place place = place_of(code, first);

    for (size_t i = 0; i < count; i++) {
        place_move(code, &place, first + i);
        out[i] = find_back(code->items, i, group_first(code, &place, first));
    }
    return list_encode(code, count, out);
}

/* Groups only tell the encoder where to look: any item of the piece may be repeated. */
bool repeated_decode(const struct array_code *code, size_t count, const unsigned char *coded,
                     size_t length)
{
    uint32_t *items = code->items;
    size_t listed, next = 0;

    if (!list_fits(code, count, coded, length, &listed))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (coded[i] > i)
            return false;
        items[i] = coded[i] ? items[i - coded[i]]
                            : plane_get(coded + count, listed, next++, sizeof(*items));
    }
    return true;
}
