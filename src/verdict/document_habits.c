/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/document_habits.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "verdict/sign_search.h"

#define WRITING_MINUTES 1 /* between both dates of a document that was never changed */
#define USUAL_TENTHS    9u

bool document_is_modified(const struct document_facts *document)
{
    struct document_date created, modified;

    return document_date_parse(document->created, &created)
           && document_date_parse(document->modified, &modified)
           && created.has_offset == modified.has_offset
           && modified.minutes > created.minutes + WRITING_MINUTES;
}

bool document_has_edit(const struct document_facts *document, enum document_edit_kind kind)
{
    for (uint32_t i = 0; i < document->edit_count; i++) {
        if (document->edits[i].kind == kind)
            return true;
    }
    return false;
}

bool document_id_is_changed(const struct document_facts *document)
{
    const struct document_structure *structure = &document->structure;

    return document->has_structure && structure->id[0][0] != '\0' && structure->id[1][0] != '\0'
           && strcmp(structure->id[0], structure->id[1]) != 0;
}

bool document_habit_is_common(const struct document_habits *habits, size_t documents)
{
    return habits->count >= DOCUMENT_TEMPLATE_LEAST && documents * 2 >= habits->count;
}

bool document_habit_is_usual(const struct document_habits *habits, size_t documents, size_t of)
{
    return habits->count >= DOCUMENT_TEMPLATE_LEAST && of >= DOCUMENT_TEMPLATE_LEAST
           && documents * 10 >= of * USUAL_TENTHS;
}

bool document_habit_is_rare(const struct document_habits *habits, size_t documents)
{
    return habits->count >= DOCUMENT_TEMPLATE_LEAST
           && documents * 10 <= habits->count * (10 - USUAL_TENTHS);
}

/* ---- the commonest ---- */

/* A property of a document, brought into a form that can be sorted and counted. */
struct property {
    struct slice text;
    double number, other;
};

static int compare_properties(const void *a, const void *b)
{
    const struct property *first = a, *second = b;
    int order = slice_compare(first->text, second->text);

    if (order != 0)
        return order;
    if (first->number != second->number)
        return first->number < second->number ? -1 : 1;
    return (first->other > second->other) - (first->other < second->other);
}

/* The commonest of them, the first in order if there are several; how many documents have it. */
static size_t find_commonest(struct property *properties, size_t count, struct property *out)
{
    size_t best = 0;

    if (count > 0)
        qsort(properties, count, sizeof(*properties), compare_properties);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && compare_properties(&properties[i], &properties[end]) == 0;)
            end++;
        if (end - i <= best)
            continue;
        best = end - i;
        *out = properties[i];
    }
    return best;
}

typedef bool property_of(const struct document_facts *document, struct property *out);

static bool producer_of(const struct document_facts *document, struct property *out)
{
    *out = (struct property){.text = document->producer};
    return true;
}

static bool creator_of(const struct document_facts *document, struct property *out)
{
    *out = (struct property){.text = document->creator};
    return true;
}

static bool offset_of(const struct document_facts *document, struct property *out)
{
    struct document_date date;

    if (!document_date_parse(document->created, &date) || !date.has_offset)
        return false;
    *out = (struct property){.number = date.offset};
    return true;
}

static double whole_points(double points)
{
    return (double)(long)(points + 0.5);
}

static bool page_of(const struct document_facts *document, struct property *out)
{
    if (!document->has_structure || document->structure.width <= 0)
        return false;
    *out = (struct property){.number = whole_points(document->structure.width),
                             .other = whole_points(document->structure.height)};
    return true;
}

/* `scratch` has room for all documents. *out_of: how many have the property at all. */
static size_t commonest_of(const struct document_facts *const *documents, size_t count,
                           property_of *get, struct property *scratch, struct property *out,
                           size_t *out_of)
{
    *out_of = 0;
    for (size_t i = 0; i < count; i++) {
        if (get(documents[i], &scratch[*out_of]))
            ++*out_of;
    }
    return find_commonest(scratch, *out_of, out);
}

/* ---- fonts ---- */

static int compare_fonts(const void *a, const void *b)
{
    const struct font_habit *first = a, *second = b;

    return strcmp(first->name, second->name);
}

/* One entry for each font of each document becomes one for each font. */
static void count_fonts(struct document_habits *habits)
{
    size_t count = 0;

    if (habits->font_count > 0)
        qsort(habits->fonts, habits->font_count, sizeof(*habits->fonts), compare_fonts);
    for (size_t i = 0; i < habits->font_count; i++) {
        struct font_habit *last = count > 0 ? &habits->fonts[count - 1] : NULL;

        if (last && strcmp(last->name, habits->fonts[i].name) == 0) {
            last->documents += habits->fonts[i].documents;
            last->twice += habits->fonts[i].twice;
        } else {
            habits->fonts[count++] = habits->fonts[i];
        }
    }
    habits->font_count = count;
}

static int learn_fonts(const struct document_facts *const *documents, size_t count,
                       struct document_habits *habits, struct tq_error *err)
{
    size_t capacity = 0;

    for (size_t i = 0; i < count; i++) {
        const struct document_structure *structure = &documents[i]->structure;
        int r =
            alloc_reserve(&habits->fonts, &capacity, habits->font_count + structure->font_count + 1,
                          sizeof(*habits->fonts), err);

        if (r < 0)
            return r;
        for (uint32_t k = 0; k < structure->font_count; k++)
            habits->fonts[habits->font_count++] =
                (struct font_habit){structure->fonts[k].name, 1, structure->fonts[k].subsets > 1};
    }
    count_fonts(habits);
    return TQ_OK;
}

const struct font_habit *document_habit_of_font(const struct document_habits *habits,
                                                const char *name)
{
    struct font_habit wanted = {.name = name};

    return habits->font_count ? bsearch(&wanted, habits->fonts, habits->font_count,
                                        sizeof(*habits->fonts), compare_fonts)
                              : NULL;
}

/* ---- all ---- */

static void learn_properties(const struct document_facts *const *documents, size_t count,
                             struct property *scratch, struct document_habits *habits)
{
    struct property found = {.number = 0};
    size_t of;

    habits->producer_count = commonest_of(documents, count, producer_of, scratch, &found, &of);
    habits->producer = found.text;
    habits->creator_count = commonest_of(documents, count, creator_of, scratch, &found, &of);
    habits->creator = found.text;
    found = (struct property){.number = 0};
    habits->offset_count =
        commonest_of(documents, count, offset_of, scratch, &found, &habits->dated_count);
    habits->offset = (int32_t)found.number;
    found = (struct property){.number = 0};
    habits->page_count =
        commonest_of(documents, count, page_of, scratch, &found, &habits->sized_count);
    habits->width = found.number;
    habits->height = found.other;
}

int document_habits_learn(const struct document_facts *const *documents, size_t count,
                          struct document_habits *out_habits, struct tq_error *err)
{
    CLEANUP(free_cleanup) struct property *scratch = alloc_zeroed(count + 1, sizeof(*scratch));
    struct document_habits habits = {.count = count};
    int r;

    if (!scratch)
        return tq_no_memory(err);
    learn_properties(documents, count, scratch, &habits);
    for (size_t i = 0; i < count; i++) {
        habits.updated += documents[i]->structure.revisions > 1;
        habits.id_changed += document_id_is_changed(documents[i]);
        habits.modified += document_is_modified(documents[i]);
        habits.off_line += document_has_edit(documents[i], EDIT_OFF_LINE);
        habits.overwritten += document_has_edit(documents[i], EDIT_OVERWRITTEN);
        habits.mixed += document_has_edit(documents[i], EDIT_MIXED);
        habits.disagreeing += document_metadata_disagrees(documents[i]);
    }
    r = learn_fonts(documents, count, &habits, err);
    if (r < 0) {
        document_habits_clear(&habits);
        return r;
    }
    *out_habits = habits;
    return TQ_OK;
}

void document_habits_clear(struct document_habits *habits)
{
    free(habits->fonts);
    *habits = (struct document_habits){0};
}
