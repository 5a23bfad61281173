/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Finders: all that was taken with one --source. Who holds which bytes is told to the counting
 * before anything is counted; what their overlap says is kept once all is.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "inquiry/context.h"

#define FINDERS_MAX 16u /* as assess/finders.h has bits for */

/* Sources by name, so that their order does not depend on that of taking. */
struct sources {
    struct slice names[FINDERS_MAX + 1];
    unsigned count;
    struct arena texts;
};

static void sources_clear(struct sources *sources)
{
    arena_clear(&sources->texts);
}

/* The exhibit that was taken from the file system, whatever containers are in between. */
static const struct exhibit *taken_from(const struct exhibit_list *list, size_t position)
{
    const struct exhibit *exhibit = &list->items[position];

    while (exhibit->parent != 0)
        exhibit = &list->items[list->position[exhibit->parent]];
    return exhibit;
}

static int find_source(struct inquiry *inquiry, uint32_t exhibit, struct buf *scratch,
                       struct slice *out_source, struct tq_error *err)
{
    struct custody custody;
    int r = case_get_custody(inquiry->request->store, exhibit, scratch, &custody, err);

    if (r == TQ_OK)
        *out_source = slice_trim(custody.source);
    return r;
}

/* Keep the name at its place in the order, if there is room; one that is there already stays. */
static int add_source(struct sources *sources, struct slice name, struct tq_error *err)
{
    unsigned at = 0;
    const char *kept;

    while (at < sources->count && slice_compare(sources->names[at], name) < 0)
        at++;
    if (name.length == 0 || sources->count > FINDERS_MAX
        || (at < sources->count && slice_equal(sources->names[at], name)))
        return TQ_OK;
    kept = arena_text(&sources->texts, name);
    if (!kept)
        return tq_no_memory(err);
    for (unsigned i = sources->count++; i > at; i--)
        sources->names[i] = sources->names[i - 1];
    sources->names[at] = slice_make(kept, name.length);
    return TQ_OK;
}

/* More of them than there are bits: who is left out would be chance, so all are. */
static int find_sources(struct inquiry *inquiry, struct sources *sources, struct tq_error *err)
{
    const struct exhibit_list *list = &inquiry->exhibits;
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    int r = TQ_OK;

    for (size_t i = 0; i < list->count && r == TQ_OK; i++) {
        struct slice name;

        if (list->items[i].parent != 0)
            continue;
        r = find_source(inquiry, list->items[i].number, &scratch, &name, err);
        if (r == TQ_OK)
            r = add_source(sources, name, err);
    }
    if (sources->count > FINDERS_MAX)
        sources->count = 0;
    return r;
}

static int bit_of(struct inquiry *inquiry, const struct sources *sources, uint32_t exhibit,
                  struct buf *scratch, uint16_t *out_bit, struct tq_error *err)
{
    struct slice name;
    int r = find_source(inquiry, exhibit, scratch, &name, err);

    *out_bit = 0;
    for (unsigned i = 0; i < sources->count && r == TQ_OK; i++) {
        if (slice_equal(sources->names[i], name))
            *out_bit = (uint16_t)(1u << i);
    }
    return r;
}

/* Records of equal bytes are listed under one of their paths: it belongs to all who hold them. */
static int note_holders(struct inquiry *inquiry, const struct sources *sources,
                        uint16_t *of_exhibit, struct tq_error *err)
{
    const struct exhibit_list *list = &inquiry->exhibits;
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    int r = TQ_OK;

    for (size_t i = 0; i < list->count && r == TQ_OK; i++) {
        uint16_t bit;

        r = bit_of(inquiry, sources, taken_from(list, i)->number, &scratch, &bit, err);
        if (r == TQ_OK)
            of_exhibit[list->items[list->primary[i]].number] |= bit;
    }
    return r;
}

int inquiry_note_finders(struct inquiry *inquiry, struct tq_error *err)
{
    CLEANUP(sources_clear) struct sources sources = {.count = 0};
    CLEANUP(free_cleanup) uint16_t *of_exhibit = NULL;
    size_t count = inquiry->exhibits.position_count;
    int r = find_sources(inquiry, &sources, err);

    if (r < 0 || sources.count < 2)
        return r;
    of_exhibit = alloc_zeroed(count + 1, sizeof(*of_exhibit));
    if (!of_exhibit)
        return tq_no_memory(err);
    r = note_holders(inquiry, &sources, of_exhibit, err);
    return r < 0
               ? r
               : assessment_set_finders(inquiry->assessment, of_exhibit, count, sources.count, err);
}

/* ---- keeping ---- */

static int keep_estimate(struct inquiry *inquiry, const struct sources *sources, uint8_t kind,
                         unsigned first, unsigned second, struct tq_error *err)
{
    struct recapture_row row;

    if (!assessment_recapture(inquiry->assessment, kind, first, second, &row))
        return TQ_OK;
    row.first = row.second = SLICE_LITERAL("");
    if (first != second) {
        row.first = sources->names[first];
        row.second = sources->names[second];
    }
    return case_add_recapture(inquiry->request->store, &row, err);
}

int inquiry_keep_recapture(struct inquiry *inquiry, struct tq_error *err)
{
    CLEANUP(sources_clear) struct sources sources = {.count = 0};
    int r = find_sources(inquiry, &sources, err);

    for (uint8_t kind = 0; kind < inquiry->request->reg->kind_count; kind++) {
        if (r == TQ_OK && sources.count > 2)
            r = keep_estimate(inquiry, &sources, kind, 0, 0, err);
        for (unsigned i = 0; i < sources.count; i++) {
            for (unsigned k = i + 1; k < sources.count && r == TQ_OK; k++)
                r = keep_estimate(inquiry, &sources, kind, i, k, err);
        }
    }
    return r;
}
