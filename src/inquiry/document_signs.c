/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Signs that documents were edited: what readers told of them, as facts of their exhibits, is
 * gathered, judged beside the others of each template, and kept.
 */
#include "verdict/document_signs.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "inquiry/context.h"

#define FACT_BYTES_MAX 512u /* of a producer or a date; a reader that says more is cut short */

struct gathering {
    struct inquiry *inquiry;
    struct document_facts *documents; /* by the exhibit that was read; owned */
    size_t count, capacity;
    struct document_edit edits[DOCUMENT_EDITS_MAX]; /* of the last document */
    struct arena arena;                             /* all texts, and the edits */
};

int inquiry_note_layout(struct inquiry *inquiry, uint32_t table, const struct batch *batch,
                        struct tq_error *err)
{
    const struct exhibit_list *exhibits = &inquiry->exhibits;

    if (!inquiry->layout_of) {
        inquiry->layout_of =
            alloc_zeroed((size_t)exhibits->position_count + 1, sizeof(*inquiry->layout_of));
        if (!inquiry->layout_of)
            return tq_no_memory(err);
        inquiry->layout_of_count = exhibits->position_count;
    }
    for (uint32_t i = 0; i < batch->row_count; i++) {
        if (batch->exhibit[i] < inquiry->layout_of_count)
            inquiry->layout_of[batch->exhibit[i]] = table;
    }
    return TQ_OK;
}

/* ---- departures ---- */

static int keep_slice(struct arena *arena, struct slice *text, struct tq_error *err)
{
    const char *kept = arena_text(arena, *text);

    if (!kept)
        return tq_no_memory(err);
    text->data = kept;
    return TQ_OK;
}

int inquiry_note_departure(struct inquiry *inquiry, const struct departure *departure,
                           struct tq_error *err)
{
    struct departure kept = *departure;
    int r = keep_slice(&inquiry->departure_texts, &kept.text, err);

    if (r == TQ_OK)
        r = keep_slice(&inquiry->departure_texts, &kept.label, err);
    if (r == TQ_OK)
        r = alloc_reserve(&inquiry->departures, &inquiry->departure_capacity,
                          inquiry->departure_count + 1, sizeof(*inquiry->departures), err);
    if (r == TQ_OK)
        inquiry->departures[inquiry->departure_count++] = kept;
    return r;
}

void inquiry_drop_departures(struct inquiry *inquiry)
{
    free(inquiry->departures);
    arena_clear(&inquiry->departure_texts);
}

static int order_departures(const void *a, const void *b)
{
    const struct departure *first = a, *second = b;

    if (first->exhibit != second->exhibit)
        return first->exhibit < second->exhibit ? -1 : 1;
    if (first->page != second->page)
        return first->page < second->page ? -1 : 1;
    if (first->kind != second->kind)
        return first->kind < second->kind ? -1 : 1;
    return slice_compare(first->text, second->text);
}

/* Both lists go by exhibit. */
static void hand_out_departures(const struct inquiry *inquiry, struct document_facts *documents,
                                size_t count)
{
    size_t at = 0;

    if (inquiry->departure_count > 0)
        qsort(inquiry->departures, inquiry->departure_count, sizeof(*inquiry->departures),
              order_departures);
    for (size_t i = 0; i < count; i++) {
        while (at < inquiry->departure_count
               && inquiry->departures[at].exhibit < documents[i].exhibit)
            at++;
        documents[i].departures = inquiry->departures + at;
        while (at + documents[i].departure_count < inquiry->departure_count
               && inquiry->departures[at + documents[i].departure_count].exhibit
                      == documents[i].exhibit)
            documents[i].departure_count++;
    }
}

/* ---- gathering ---- */

/* The edits of the last document, once all of its facts were seen. */
static int keep_edits(struct gathering *gathering, struct tq_error *err)
{
    struct document_facts *last =
        gathering->count ? &gathering->documents[gathering->count - 1] : NULL;
    struct document_edit *kept;

    if (!last || last->edit_count == 0)
        return TQ_OK;
    kept = arena_alloc(&gathering->arena, last->edit_count, sizeof(*kept));
    if (!kept)
        return tq_no_memory(err);
    memcpy(kept, gathering->edits, last->edit_count * sizeof(*kept));
    last->edits = kept;
    return TQ_OK;
}

static int document_of(struct gathering *gathering, uint32_t exhibit,
                       struct document_facts **out_document, struct tq_error *err)
{
    const struct inquiry *inquiry = gathering->inquiry;
    size_t count = gathering->count;
    int r;

    if (count > 0 && gathering->documents[count - 1].exhibit == exhibit) {
        *out_document = &gathering->documents[count - 1];
        return TQ_OK;
    }
    r = keep_edits(gathering, err);
    if (r == TQ_OK)
        r = alloc_reserve(&gathering->documents, &gathering->capacity, count + 1,
                          sizeof(*gathering->documents), err);
    if (r < 0)
        return r;
    gathering->documents[gathering->count++] = (struct document_facts){
        .exhibit = exhibit,
        .layout = exhibit < inquiry->layout_of_count ? inquiry->layout_of[exhibit] : 0,
        .producer = SLICE_LITERAL(""),
        .creator = SLICE_LITERAL(""),
        .created = SLICE_LITERAL(""),
        .modified = SLICE_LITERAL(""),
        .title = SLICE_LITERAL(""),
    };
    *out_document = &gathering->documents[count];
    return TQ_OK;
}

static int keep_text(struct gathering *gathering, struct slice text, struct slice *out,
                     struct tq_error *err)
{
    const char *kept;

    if (text.length > FACT_BYTES_MAX)
        text.length = FACT_BYTES_MAX;
    kept = arena_text(&gathering->arena, text);
    if (!kept)
        return tq_no_memory(err);
    *out = slice_make(kept, text.length);
    return TQ_OK;
}

static int take_edit(struct gathering *gathering, struct document_facts *document,
                     struct slice value, struct tq_error *err)
{
    struct slice kept;
    int r;

    if (document->edit_count == DOCUMENT_EDITS_MAX
        || !document_edit_parse(value, &gathering->edits[document->edit_count]))
        return TQ_OK; /* nothing that the reader says is believed */
    r = keep_text(gathering, value, &kept, err);
    if (r == TQ_OK && document_edit_parse(kept, &gathering->edits[document->edit_count]))
        document->edit_count++;
    return r;
}

/* Facts come exhibit by exhibit. */
static int take_fact(void *state, uint32_t exhibit, struct slice name, struct slice value,
                     struct tq_error *err)
{
    static const char *const words[] = {"producer", "creator", "created", "modified", "title"};
    struct gathering *gathering = state;
    struct document_facts *document;
    int r;

    if (slice_is(name, DOCUMENT_STRUCTURE_FACT) || slice_is(name, DOCUMENT_EDIT_FACT)) {
        r = document_of(gathering, exhibit, &document, err);
        if (r < 0)
            return r;
        if (slice_is(name, DOCUMENT_EDIT_FACT))
            return take_edit(gathering, document, value, err);
        document->has_structure |= document_structure_parse(value, &document->structure);
        return TQ_OK;
    }
    if (gathering->count == 0 || gathering->documents[gathering->count - 1].exhibit != exhibit)
        return TQ_OK; /* the structure comes first: no PDF */
    document = &gathering->documents[gathering->count - 1];
    if (slice_is(name, DOCUMENT_METADATA_FACT))
        document->has_metadata |= document_metadata_parse(value, &document->metadata);
    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct slice *texts[] = {&document->producer, &document->creator, &document->created,
                                 &document->modified, &document->title};

        if (slice_is(name, words[i]))
            return keep_text(gathering, value, texts[i], err);
    }
    return TQ_OK;
}

/* ---- keeping ---- */

static int keep_signs(struct inquiry *inquiry, const struct document_signs *signs,
                      struct tq_error *err)
{
    const struct exhibit_list *list = &inquiry->exhibits;
    int r = TQ_OK;

    for (size_t i = 0; i < signs->count && r == TQ_OK; i++) {
        struct document_sign_row row = signs->items[i];

        row.exhibit = list->items[list->primary[list->position[row.exhibit]]].number;
        r = case_add_document_sign(inquiry->request->store, &row, err);
    }
    return r;
}

int inquiry_keep_document_signs(struct inquiry *inquiry, struct tq_error *err)
{
    struct gathering gathering = {.inquiry = inquiry};
    struct document_signs signs = {0};
    int r = case_facts(inquiry->request->store, 0, take_fact, &gathering, err);

    if (r == TQ_OK)
        r = keep_edits(&gathering, err);
    if (r == TQ_OK)
        hand_out_departures(inquiry, gathering.documents, gathering.count);
    if (r == TQ_OK && gathering.count > 0)
        r = document_signs_find(gathering.documents, gathering.count,
                                inquiry->request->reg->timezone, &signs, err);
    if (r == TQ_OK)
        r = keep_signs(inquiry, &signs, err);
    document_signs_clear(&signs);
    free(gathering.documents);
    arena_clear(&gathering.arena);
    return r;
}
