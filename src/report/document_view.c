/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/document_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct loading {
    const struct case_view *view;
    struct document_view documents;
};

static const char *layout_name(const struct case_view *view, uint32_t number)
{
    for (size_t i = 0; i < view->table_count; i++) {
        if (view->tables[i].stored->number == number)
            return view->tables[i].stored->head.name;
    }
    return "";
}

static int keep(struct loading *loading, struct slice *text, struct tq_error *err)
{
    const char *kept = arena_text(&loading->documents.texts, *text);

    if (!kept)
        return tq_no_memory(err);
    text->data = kept;
    return TQ_OK;
}

static int take_sign(void *state, const struct document_sign_row *row, struct tq_error *err)
{
    struct loading *loading = state;
    struct document_view *documents = &loading->documents;
    const struct exhibit_list *list = &loading->view->exhibits;
    struct viewed_sign sign = {.row = *row};
    int r;

    if (row->exhibit >= list->position_count || list->position[row->exhibit] == UINT32_MAX)
        return tq_fail(err, TQ_E_SYNTAX, "the case is damaged: a sign of no known exhibit");
    sign.exhibit = list->position[row->exhibit];
    sign.layout = layout_name(loading->view, row->table);
    r = keep(loading, &sign.row.before, err);
    if (r == TQ_OK)
        r = keep(loading, &sign.row.after, err);
    if (r == TQ_OK)
        r = keep(loading, &sign.row.detail, err);
    if (r == TQ_OK)
        r = alloc_reserve(&documents->signs, &documents->capacity, documents->count + 1,
                          sizeof(*documents->signs), err);
    if (r == TQ_OK)
        documents->signs[documents->count++] = sign;
    return r;
}

static int compare_slices(struct slice a, struct slice b, int before)
{
    return before ? before : slice_compare(a, b);
}

static int compare_signs(const void *a, const void *b)
{
    const struct viewed_sign *first = a, *second = b;
    int order;

    if (first->exhibit != second->exhibit)
        return first->exhibit < second->exhibit ? -1 : 1;
    if (first->row.sign != second->row.sign)
        return first->row.sign < second->row.sign ? -1 : 1;
    if (first->row.page != second->row.page)
        return first->row.page < second->row.page ? -1 : 1;
    order = slice_compare(first->row.before, second->row.before);
    order = compare_slices(first->row.after, second->row.after, order);
    return compare_slices(first->row.detail, second->row.detail, order);
}

static void count_exhibits(const struct case_view *view, struct document_view *documents)
{
    uint32_t last = UINT32_MAX;

    for (size_t i = 0; i < view->exhibits.count; i++) {
        const struct exhibit *exhibit = &view->exhibits.items[i];

        documents->pdf_count += exhibit->type && strcmp(exhibit->type, "pdf") == 0;
    }
    for (size_t i = 0; i < documents->count; i++) {
        const struct viewed_sign *sign = &documents->signs[i];

        if (sign->row.weight == WEIGHT_WEAK || sign->exhibit == last)
            continue;
        documents->exhibits_signed++;
        last = sign->exhibit;
    }
}

int document_view_open(const struct case_view *view, struct document_view *out_documents,
                       struct tq_error *err)
{
    struct loading loading = {.view = view};
    struct document_view *documents = &loading.documents;
    int r = case_document_signs(view->store, 0, take_sign, &loading, err);

    if (r < 0) {
        document_view_close(documents);
        return r;
    }
    if (documents->count > 0)
        qsort(documents->signs, documents->count, sizeof(*documents->signs), compare_signs);
    count_exhibits(view, documents);
    *out_documents = *documents;
    return TQ_OK;
}

void document_view_close(struct document_view *documents)
{
    free(documents->signs);
    arena_clear(&documents->texts);
    *documents = (struct document_view){0};
}
