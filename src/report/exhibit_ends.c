/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/exhibit_ends.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "model/sink.h"

static const char *const end_names[EXHIBIT_END_COUNT] = {
    [EXHIBIT_ENDED_AS_RECORDS] = "records", [EXHIBIT_ENDED_AS_TEXT] = "text",
    [EXHIBIT_ENDED_AS_MEMBERS] = "members", [EXHIBIT_ENDED_AS_NOTE] = "note",
    [EXHIBIT_ENDED_EMPTY] = "empty",        [EXHIBIT_NOT_READ_YET] = "waiting",
};

/* What is known of an exhibit, by its position. */
struct yield {
    bool records, members, notes, is_locked;
};

struct ends_count {
    const struct exhibit_list *exhibits;
    struct yield *yields; /* owned */
    struct exhibit_ends ends;
};

static struct yield *yield_of(struct ends_count *count, uint32_t number)
{
    const struct exhibit_list *list = count->exhibits;

    if (number >= list->position_count || list->position[number] == UINT32_MAX)
        return NULL;
    return &count->yields[list->position[number]];
}

static int see_note(void *state, uint32_t exhibit, uint64_t place, struct slice text,
                    struct tq_error *err)
{
    struct yield *yield = yield_of(state, exhibit);

    (void)place;
    (void)text;
    (void)err;
    if (yield)
        yield->notes = true;
    return TQ_OK;
}

/* Digits; what a reader said is not trusted to be few. */
static uint64_t number_of(struct slice text)
{
    uint64_t value = 0;

    for (size_t i = 0; i < text.length && i < 9 && text.data[i] >= '0' && text.data[i] <= '9'; i++)
        value = value * 10 + (uint64_t)(text.data[i] - '0');
    return value;
}

static int see_fact(void *state, uint32_t exhibit, struct slice name, struct slice value,
                    struct tq_error *err)
{
    struct ends_count *count = state;
    struct yield *yield = yield_of(count, exhibit);

    (void)err;
    if (slice_is(name, "ocr.pages"))
        count->ends.pictures += number_of(value);
    else if (slice_is(name, "ocr.granted"))
        count->ends.pictures_granted += number_of(value);
    else if (yield && slice_is(name, SINK_LOCKED_FACT))
        yield->is_locked = true;
    return TQ_OK;
}

static int see_tables(struct ends_count *count, struct case_store *store, struct tq_error *err)
{
    struct stored_table_list tables = {0};
    int r = case_load_tables(store, UINT32_MAX, &tables, err);

    for (size_t i = 0; r == TQ_OK && i < tables.count; i++) {
        struct yield *yield = yield_of(count, tables.items[i].exhibit);

        if (yield && tables.items[i].head.row_count > 0)
            yield->records = true;
    }
    stored_table_list_clear(&tables);
    return r;
}

static void see_parents(struct ends_count *count)
{
    for (size_t i = 0; i < count->exhibits->count; i++) {
        struct yield *yield = yield_of(count, count->exhibits->items[i].parent);

        if (yield)
            yield->members = true;
    }
}

static int find_end(struct case_store *store, const struct exhibit *exhibit,
                    const struct yield *yield, enum exhibit_end *out_end, struct tq_error *err)
{
    bool has_pages = false;
    int r = yield->records ? TQ_OK : case_has_pages(store, exhibit->number, &has_pages, err);

    if (r < 0)
        return r;
    *out_end = yield->records                                         ? EXHIBIT_ENDED_AS_RECORDS
               : has_pages                                            ? EXHIBIT_ENDED_AS_TEXT
               : yield->members                                       ? EXHIBIT_ENDED_AS_MEMBERS
               : exhibit->state == EXHIBIT_TAKEN && !exhibit->type[0] ? EXHIBIT_NOT_READ_YET
               : yield->notes                                         ? EXHIBIT_ENDED_AS_NOTE
                                                                      : EXHIBIT_ENDED_EMPTY;
    return TQ_OK;
}

static int count_ends(struct ends_count *count, struct case_store *store, struct tq_error *err)
{
    const struct exhibit_list *list = count->exhibits;

    for (size_t i = 0; i < list->count; i++) {
        enum exhibit_end end;
        int r;

        if (list->primary[i] != i)
            continue;
        r = find_end(store, &list->items[i], &count->yields[i], &end, err);
        if (r < 0)
            return r;
        count->ends.exhibits[end]++;
        count->ends.locked += count->yields[i].is_locked;
        if (end == EXHIBIT_ENDED_AS_NOTE || end == EXHIBIT_NOT_READ_YET)
            count->ends.bytes_unread += list->items[i].size_bytes;
    }
    return TQ_OK;
}

int exhibit_ends_count(struct case_store *store, const struct exhibit_list *exhibits,
                       struct exhibit_ends *out_ends, struct tq_error *err)
{
    struct ends_count count = {.exhibits = exhibits};
    int r;

    count.yields = alloc_zeroed(exhibits->count + 1, sizeof(*count.yields));
    if (!count.yields)
        return tq_no_memory(err);
    r = case_notes(store, 0, see_note, &count, err);
    if (r == TQ_OK)
        r = case_facts(store, 0, see_fact, &count, err);
    if (r == TQ_OK)
        r = see_tables(&count, store, err);
    see_parents(&count);
    if (r == TQ_OK)
        r = count_ends(&count, store, err);
    free(count.yields);
    if (r == TQ_OK)
        *out_ends = count.ends;
    return r;
}

void exhibit_ends_json(const struct exhibit_ends *ends, struct buf *out)
{
    uint64_t unread =
        ends->pictures > ends->pictures_granted ? ends->pictures - ends->pictures_granted : 0;

    buf_add_text(out, "\"ends\":{");
    for (unsigned i = 0; i < EXHIBIT_END_COUNT; i++)
        buf_format(out, "%s\"%s\":%" PRIu64, i ? "," : "", end_names[i], ends->exhibits[i]);
    buf_format(out,
               "},\"locked\":%" PRIu64 ",\"bytes_unread\":%" PRIu64 ",\"ocr\":{\"pages\":%" PRIu64
               ",\"pages_unread\":%" PRIu64 "}",
               ends->locked, ends->bytes_unread, ends->pictures, unread);
}
