/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/stored_windows.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "register/sealed_state.h"

#define READERS_MAX 8u

/* Who reads an array: another that is coded against it, or, NO_ARRAY, who asked for it. */
struct reader {
    size_t array;
    size_t start; /* where in the array that is read the facts of a subject begin; NO_ARRAY: it is
                   * read item by item */
};

struct window {
    unsigned char *items; /* owned: from `first` to before `end` */
    size_t capacity;      /* bytes */
    uint64_t first, end;
    struct reader readers[READERS_MAX]; /* if there are more, it is kept as a whole */
    unsigned reader_count;
};

struct stored_windows {
    const struct reg *reg;
    const struct sealed *sealed; /* of the register */
    struct window *windows;      /* owned, by array of the layout */
    unsigned char *scratch;      /* owned */
    uint32_t subject;
};

DEFINE_CLEANUP(struct stored_windows *, stored_windows_free)

struct stored_windows *stored_windows_free(struct stored_windows *windows)
{
    if (!windows)
        return NULL;
    for (size_t i = 0; windows->windows && i < windows->sealed->layout.count; i++)
        free(windows->windows[i].items);
    free(windows->windows);
    free(windows->scratch);
    free(windows);
    return NULL;
}

int stored_windows_new(const struct reg *reg, struct stored_windows **out_windows,
                       struct tq_error *err)
{
    CLEANUP(stored_windows_free_cleanup)
    struct stored_windows *windows = alloc_zeroed(1, sizeof(*windows));

    if (!windows)
        return tq_no_memory(err);
    windows->reg = reg;
    windows->sealed = reg->sealed;
    windows->windows = alloc_zeroed(reg->sealed->layout.count + 1, sizeof(*windows->windows));
    windows->scratch = alloc_resize(NULL, SEALED_SCRATCH_BYTES, 1);
    if (!windows->windows || !windows->scratch)
        return tq_no_memory(err);
    *out_windows = TAKE(windows);
    return TQ_OK;
}

/* ---- which arrays ---- */

static void add_reader(struct window *window, size_t array, size_t start)
{
    for (unsigned i = 0; i < window->reader_count && i < READERS_MAX; i++) {
        if (window->readers[i].array == array && window->readers[i].start == start)
            return;
    }
    if (window->reader_count < READERS_MAX)
        window->readers[window->reader_count] = (struct reader){array, start};
    window->reader_count++;
}

/* What an array is coded against, which is earlier in the layout. Where facts begin is kept as a
 * whole, 4 bytes for each subject, and needs no readers. */
static void add_needed(struct stored_windows *windows, size_t number)
{
    const struct stored_array *arrays = windows->sealed->layout.arrays;
    size_t base = arrays[number].needed[STORED_BASE];

    if (base == NO_ARRAY || arrays[base].which == STORED_START)
        return;
    add_reader(&windows->windows[base], number, arrays[number].needed[STORED_BASE_GROUPS]);
    add_needed(windows, base);
}

size_t stored_windows_add(struct stored_windows *windows, uint16_t field, unsigned which)
{
    const struct sealed *sealed = windows->sealed;
    size_t start = seal_layout_find(&sealed->layout, sealed->shapes.fields, field, STORED_START);
    size_t number = seal_layout_find(&sealed->layout, sealed->shapes.fields, field, which);

    if (number == NO_ARRAY || number == start)
        return number;
    add_reader(&windows->windows[number], NO_ARRAY, start);
    add_needed(windows, number);
    return number;
}

void stored_windows_go_on(struct stored_windows *windows, uint32_t subject)
{
    windows->subject = subject;
}

/* ---- reading ---- */

/* Where facts begin, of all subjects as far as it was read. */
static const uint32_t *starts(const struct window *window)
{
    return (const uint32_t *)(const void *)window->items;
}

static uint32_t start_at(const struct window *window, uint64_t subject)
{
    return starts(window)[subject];
}

/* The group that an item lies in: the last that begins with it or before. */
static uint64_t group_of(const struct window *start, uint64_t item)
{
    uint64_t low = 0, high = start->end;

    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;

        if (start_at(start, middle) <= item)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The first item that a reader still needs. */
static uint64_t position_of(const struct stored_windows *windows, const struct reader *reader)
{
    const struct stored_array *arrays = windows->sealed->layout.arrays;
    const struct window *start;
    uint64_t group = windows->subject;

    if (reader->array != NO_ARRAY) {
        uint64_t next = windows->windows[reader->array].end;

        if (next == arrays[reader->array].items)
            return UINT64_MAX;
        if (reader->start == NO_ARRAY)
            return next;
        start = &windows->windows[arrays[reader->array].needed[STORED_GROUPS]];
        group = start->end > 0 ? group_of(start, next) : 0;
    }
    start = &windows->windows[reader->start];
    return group < start->end ? start_at(start, group) : 0;
}

static void forget(const struct stored_windows *windows, struct window *window, uint8_t size)
{
    uint64_t keep = window->end;

    if (window->reader_count == 0 || window->reader_count > READERS_MAX)
        return;
    for (unsigned i = 0; i < window->reader_count; i++) {
        uint64_t position = position_of(windows, &window->readers[i]);

        if (position < keep)
            keep = position;
    }
    if (keep <= window->first)
        return;
    memmove(window->items, window->items + (keep - window->first) * size,
            (size_t)(window->end - keep) * size);
    window->first = keep;
}

static int reach(struct stored_windows *windows, size_t number, uint64_t end, struct tq_error *err);

static int out_of_order(const struct stored_windows *windows, const struct stored_array *array,
                        struct tq_error *err)
{
    return tq_fail(err, TQ_E_SYNTAX, "field '%s': facts out of order",
                   windows->reg->fields[array->number].name);
}

/* The groups that a piece lies in. */
struct groups {
    uint64_t first, end;
};

static int find_groups(struct stored_windows *windows, const struct stored_array *array,
                       uint64_t first, uint64_t end, struct groups *out, struct tq_error *err)
{
    size_t number = array->needed[STORED_GROUPS];
    const struct window *start = &windows->windows[number];
    uint64_t last;

    while (start->end == 0 || start_at(start, start->end - 1) < end) {
        int r = reach(windows, number, start->end + 1, err);

        if (r < 0)
            return r;
    }
    out->first = group_of(start, first);
    for (last = out->first + 1; start_at(start, last) < end;)
        last++;
    out->end = last;
    return TQ_OK;
}

/* Have at hand what items of an array are coded against. */
static int reach_needed(struct stored_windows *windows, const struct stored_array *array,
                        uint64_t first, uint64_t end, struct groups *out_groups,
                        struct tq_error *err)
{
    size_t base = array->needed[STORED_BASE], base_groups = array->needed[STORED_BASE_GROUPS];
    int r = TQ_OK;

    if (base == NO_ARRAY)
        return TQ_OK;
    if (base_groups == NO_ARRAY) {
        r = reach(windows, base, end, err);
        return r == TQ_OK && windows->windows[base].first > first
                   ? out_of_order(windows, array, err)
                   : r;
    }
    r = find_groups(windows, array, first, end, out_groups, err);
    if (r == TQ_OK)
        r = reach(windows, base_groups, out_groups->end + 1, err);
    if (r == TQ_OK)
        r = reach(windows, base, start_at(&windows->windows[base_groups], out_groups->end), err);
    if (r == TQ_OK
        && windows->windows[base].first
               > start_at(&windows->windows[base_groups], out_groups->first))
        r = out_of_order(windows, array, err);
    return r;
}

/* How the items are coded; what they need is at hand, and stays where it is. */
static struct array_code code_of(const struct stored_windows *windows,
                                 const struct stored_array *array, const struct groups *groups)
{
    struct array_code code = {.coding = array->coding, .size = array->size};
    const size_t *needed = array->needed;

    if (needed[STORED_BASE] == NO_ARRAY)
        return code;
    code.base = windows->windows[needed[STORED_BASE]].items;
    code.base_at = (size_t)windows->windows[needed[STORED_BASE]].first;
    if (needed[STORED_BASE_GROUPS] != NO_ARRAY) {
        code.groups = starts(&windows->windows[needed[STORED_GROUPS]]) + groups->first;
        code.group_count = (uint32_t)(groups->end - groups->first);
        code.base_groups = starts(&windows->windows[needed[STORED_BASE_GROUPS]]) + groups->first;
    }
    return code;
}

static int make_room(struct window *window, size_t more, uint8_t size, struct tq_error *err)
{
    return alloc_reserve(&window->items, &window->capacity,
                         ((size_t)(window->end - window->first) + more) * size, 1, err);
}

/* Where facts begin must rise, from 0 to their number: the rest is found by it. */
static int check_start(const struct stored_windows *windows, const struct stored_array *array,
                       const struct window *window, size_t count, struct tq_error *err)
{
    uint64_t first = window->end - count;
    uint32_t before = first > 0 ? start_at(window, first - 1) : 0;

    if (first == 0 && start_at(window, 0) != 0)
        return out_of_order(windows, array, err);
    for (uint64_t i = first; i < window->end; i++) {
        if (start_at(window, i) < before)
            return out_of_order(windows, array, err);
        before = start_at(window, i);
    }
    return before <= windows->reg->fields[array->number].fact_count
               ? TQ_OK
               : out_of_order(windows, array, err);
}

static int read_next(struct stored_windows *windows, size_t number, struct tq_error *err)
{
    const struct stored_array *array = &windows->sealed->layout.arrays[number];
    struct window *window = &windows->windows[number];
    size_t per_chunk = stored_per_chunk(array);
    uint64_t chunk = array->first_chunk + window->end / per_chunk,
             left = array->items - window->end;
    size_t count = left < per_chunk ? (size_t)left : per_chunk;
    struct groups groups = {0};
    struct array_code code;
    struct slice coded;
    int r = reach_needed(windows, array, window->end, window->end + count, &groups, err);

    if (r < 0)
        return r;
    forget(windows, window, array->size);
    r = make_room(window, count, array->size, err);
    if (r == TQ_OK)
        r = sealed_unpack_chunk(windows->sealed, chunk, windows->scratch, &coded, err);
    if (r < 0)
        return r;
    code = code_of(windows, array, &groups);
    code.items = window->items + (window->end - window->first) * array->size;
    r = sealed_decode(&code, chunk, window->end, count, coded, err);
    if (r < 0)
        return r;
    window->end += count;
    return array->which == STORED_START ? check_start(windows, array, window, count, err) : TQ_OK;
}

/* Have the items before `end` at hand. What an array is coded against is of a lower level of the
 * layout, so this ends. */
static int reach(struct stored_windows *windows, size_t number, uint64_t end, struct tq_error *err)
{
    const struct stored_array *array = &windows->sealed->layout.arrays[number];

    if (end > array->items)
        return out_of_order(windows, array, err);
    while (windows->windows[number].end < end) {
        int r = read_next(windows, number, err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

int stored_windows_get(struct stored_windows *windows, size_t number, uint64_t i,
                       uint64_t *out_item, struct tq_error *err)
{
    const struct window *window = &windows->windows[number];
    uint8_t size = windows->sealed->layout.arrays[number].size;

    if (i >= window->end) {
        int r = reach(windows, number, i + 1, err);

        if (r < 0)
            return r;
    }
    *out_item = 0;
    memcpy(out_item, window->items + (i - window->first) * size, size);
    return TQ_OK;
}
