/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Canaries in what was extracted of a case. */
#include "base/cleanup.h"
#include "canary/search.h"

/* A walk through a case. */
struct walk {
    struct canary_search *search;
    const struct canary_request *request;
    struct canary_scope scope;
    uint64_t done, total; /* tables and exhibits */
};

static void step(struct walk *walk)
{
    walk->done++;
    if (walk->request->progress)
        walk->request->progress(walk->request->state, walk->done, walk->total);
}

/* Position of the exhibit that this one is listed under; UINT32_MAX if the case is damaged. */
static uint32_t listed_under(const struct exhibit_list *exhibits, uint32_t number)
{
    uint32_t position = number < exhibits->position_count ? exhibits->position[number] : UINT32_MAX;

    return position == UINT32_MAX ? position : exhibits->primary[position];
}

/* ---- rows ---- */

static int search_batch(struct walk *walk, const struct batch *batch, uint32_t exhibit,
                        struct tq_error *err)
{
    struct canary_place place = {.exhibit = exhibit};
    int r = TQ_OK;

    for (uint32_t row = 0; row < batch->row_count; row++) {
        place.record = batch->record[row];
        for (uint32_t column = 0; column < batch->column_count && r == TQ_OK; column++)
            r = canary_search_text(walk->search, batch_cell(batch, row, column), &place, err);
        if (r < 0)
            return r;
    }
    walk->scope.rows += batch->row_count;
    return TQ_OK;
}

static int search_batches(struct walk *walk, const struct batch_source *source, uint32_t exhibit,
                          struct tq_error *err)
{
    void *scratch = source->scratch_new(source->state);
    int r = TQ_OK;

    if (!scratch)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < source->batch_count && r == TQ_OK; i++) {
        const struct batch *batch;

        r = source->load(source->state, i, scratch, &batch, err);
        if (r == TQ_OK)
            r = search_batch(walk, batch, exhibit, err);
    }
    source->scratch_free(scratch);
    return r;
}

/* Tables of exhibits; those of layouts are made of pages, which are searched themselves. */
static int search_table(struct walk *walk, const struct stored_table *table, struct tq_error *err)
{
    uint32_t exhibit = listed_under(walk->request->exhibits, table->exhibit);
    struct batch_source source;
    int r;

    if (table->exhibit == 0)
        return TQ_OK;
    if (exhibit == UINT32_MAX)
        return tq_fail(err, TQ_E_SYNTAX, "the case is damaged: table %u has no exhibit",
                       table->number);
    r = case_open_rows(walk->request->store, table->number, &source, err);
    if (r < 0)
        return r;
    r = search_batches(walk, &source, exhibit, err);
    case_close_rows(&source);
    return r;
}

static int search_tables(struct walk *walk, const struct stored_table_list *tables,
                         struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; i < tables->count && r == TQ_OK; i++) {
        r = search_table(walk, &tables->items[i], err);
        step(walk);
    }
    return r;
}

/* ---- pages ---- */

static int search_page(struct walk *walk, const struct page *page, uint32_t exhibit,
                       struct buf *text, struct tq_error *err)
{
    struct canary_place place = {.exhibit = exhibit, .page = page->number > 0 ? page->number : 1};
    int r;

    buf_empty(text);
    for (uint32_t i = 0; i < page->word_count; i++) {
        buf_add_slice(text, page_word_text(page, &page->words[i]));
        buf_add_byte(text, ' ');
    }
    r = buf_check(text, err);
    walk->scope.pages++;
    return r < 0 ? r : canary_search_text(walk->search, buf_slice(text), &place, err);
}

static int search_document(struct walk *walk, uint32_t position, struct buf *scratch,
                           struct buf *text, struct tq_error *err)
{
    const struct canary_request *request = walk->request;
    const struct exhibit_list *exhibits = request->exhibits;
    uint32_t number = exhibits->items[position].number;
    struct page *pages;
    uint32_t count;
    bool has;
    int r = case_has_pages(request->store, number, &has, err);

    if (r < 0 || !has)
        return r;
    r = case_load_pages(request->store, number, scratch, &pages, &count, err);
    for (uint32_t i = 0; r == TQ_OK && i < count; i++)
        r = search_page(walk, &pages[i], exhibits->primary[position], text, err);
    return r;
}

static int search_documents(struct walk *walk, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    int r = TQ_OK;

    for (size_t i = 0; i < walk->request->exhibits->count && r == TQ_OK; i++) {
        r = search_document(walk, (uint32_t)i, &scratch, &text, err);
        step(walk);
    }
    return r;
}

static void count_exhibits(const struct exhibit_list *exhibits, struct canary_scope *scope)
{
    for (size_t i = 0; i < exhibits->count; i++) {
        const struct exhibit *exhibit = &exhibits->items[i];

        scope->exhibits++;
        if (exhibits->primary[i] == i)
            scope->unread += exhibit->state == EXHIBIT_TAKEN || exhibit->state == EXHIBIT_FAILED;
    }
}

int canary_search_case(struct canary_search *search, const struct canary_request *request,
                       struct canary_scope *out_scope, struct tq_error *err)
{
    struct walk walk = {.search = search, .request = request};
    struct stored_table_list tables = {0};
    int r = case_load_tables(request->store, UINT32_MAX, &tables, err);

    if (r < 0)
        return r;
    walk.total = tables.count + request->exhibits->count;
    count_exhibits(request->exhibits, &walk.scope);
    r = search_tables(&walk, &tables, err);
    stored_table_list_clear(&tables);
    if (r == TQ_OK)
        r = search_documents(&walk, err);
    if (r < 0)
        return r;
    canary_search_end(search);
    *out_scope = walk.scope;
    return TQ_OK;
}
