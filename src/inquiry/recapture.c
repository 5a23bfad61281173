/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Finders: all that was taken with one --source. Who holds which bytes is told to the counting
 * before anything is counted; what their overlap says is kept once all is.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "inquiry/recapture_parts.h"

#define FINDERS_MAX 16u /* as assess/finders.h has bits for */
#define PAIRS_MAX   (FINDERS_MAX * (FINDERS_MAX + 1) / 2)

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

static void name_finders(const struct sources *sources, struct finder_pair *pair)
{
    bool is_all = pair->first == pair->second;

    pair->row.first = is_all ? SLICE_LITERAL("") : sources->names[pair->first];
    pair->row.second = is_all ? SLICE_LITERAL("") : sources->names[pair->second];
}

/* All finders together, then each two. `pairs` has room for PAIRS_MAX. */
static size_t estimate_all(const struct inquiry *inquiry, const struct sources *sources,
                           uint8_t kind, struct finder_pair *pairs)
{
    size_t count = 0;

    for (unsigned i = 0; i < sources->count; i++) {
        for (unsigned k = i == 0 ? 0 : i + 1; k < sources->count; k++) {
            struct finder_pair *pair = &pairs[count];

            *pair = (struct finder_pair){.first = i, .second = k};
            if (!assessment_recapture(inquiry->assessment, kind, i, k, &pair->row))
                continue;
            name_finders(sources, pair);
            count++;
        }
    }
    return count;
}

static int keep_kind(struct inquiry *inquiry, const struct sources *sources, uint8_t kind,
                     struct finder_pair *pairs, struct tq_error *err)
{
    size_t count = estimate_all(inquiry, sources, kind, pairs);
    int r = recapture_compare_fields(inquiry, kind, pairs, count, err);

    for (size_t i = 0; i < count && r == TQ_OK; i++)
        r = case_add_recapture(inquiry->request->store, &pairs[i].row, err);
    return r;
}

int inquiry_keep_recapture(struct inquiry *inquiry, struct tq_error *err)
{
    CLEANUP(sources_clear) struct sources sources = {.count = 0};
    CLEANUP(free_cleanup) struct finder_pair *pairs = NULL;
    int r = find_sources(inquiry, &sources, err);

    if (r < 0 || sources.count < 2)
        return r;
    pairs = alloc_zeroed(PAIRS_MAX, sizeof(*pairs));
    if (!pairs)
        return tq_no_memory(err);
    for (uint8_t kind = 0; kind < inquiry->request->reg->kind_count && r == TQ_OK; kind++)
        r = keep_kind(inquiry, &sources, kind, pairs, err);
    return r;
}
