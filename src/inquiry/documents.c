/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Documents: exhibits that yielded pages. Layout turns those that share a template into tables;
 * the others are searched for subjects as free text.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/pool.h"
#include "inquiry/context.h"
#include "layout/layout.h"
#include "reading/free_text.h"

struct documents {
    struct inquiry *inquiry;
    struct case_store *store;
    uint32_t
        *exhibit; /* by document: the exhibit that has the pages, in order of the first paths */
    uint32_t count;
    uint32_t laid_count; /* those before are laid out; the others have tables of their own too */
    uint32_t *mixed;     /* mixed_count exhibits that have both, while they are looked for */
    uint32_t mixed_count;
    uint32_t *loose; /* documents */
    uint32_t loose_count;
    size_t loose_capacity;
    uint32_t *unread; /* exhibits that should have had pages */
    uint32_t unread_count;
    uint32_t table; /* being filled */
};

static uint32_t listed_under(const struct exhibit_list *list, uint32_t exhibit)
{
    return list->items[list->primary[list->position[exhibit]]].number;
}

/* Types whose exhibits are documents even when nothing could be read of them. */
static bool is_document_type(const char *type)
{
    static const char *const types[] = {"pdf", "docx", "pptx", "odt", "odp", "rtf"};

    for (size_t i = 0; type && i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(type, types[i]) == 0)
            return true;
    }
    return false;
}

/* The exhibit's own tables, and their records: each row is one. */
static int count_tables(struct documents *documents, uint32_t exhibit, size_t *out_tables,
                        uint64_t *out_records, struct tq_error *err)
{
    CLEANUP(stored_table_list_clear) struct stored_table_list tables = {0};
    int r = case_load_tables(documents->store, exhibit, &tables, err);

    *out_records = 0;
    *out_tables = tables.count;
    for (size_t i = 0; i < tables.count && r == TQ_OK; i++)
        *out_records += tables.items[i].head.row_count;
    return r;
}

/* An exhibit that was read: is it a document, one with tables of its own, or one without a word? */
static int sort_exhibit(struct documents *documents, uint32_t exhibit, const char *type,
                        struct tq_error *err)
{
    bool has_pages = false;
    uint64_t records = 0;
    size_t tables;
    int r = case_has_pages(documents->store, exhibit, &has_pages, err);

    if (r < 0 || (!has_pages && !is_document_type(type)))
        return r;
    r = count_tables(documents, exhibit, &tables, &records, err);
    if (r < 0)
        return r;
    if (has_pages && (records > 0 || (tables > 0 && !is_document_type(type))))
        documents->mixed[documents->mixed_count++] = exhibit;
    else if (has_pages)
        documents->exhibit[documents->count++] = exhibit;
    else if (records == 0)
        documents->unread[documents->unread_count++] = exhibit;
    return TQ_OK;
}

/* Exhibits that have pages, in bytewise order of the path they are listed under. */
static int find_documents(struct documents *documents, struct tq_error *err)
{
    const struct exhibit_list *list = &documents->inquiry->exhibits;
    CLEANUP(free_cleanup) uint32_t *read = alloc_zeroed(list->count + 1, sizeof(uint32_t));

    documents->exhibit = alloc_zeroed(list->count + 1, sizeof(uint32_t));
    documents->unread = alloc_zeroed(list->count + 1, sizeof(uint32_t));
    documents->mixed = alloc_zeroed(list->count + 1, sizeof(uint32_t));
    if (!read || !documents->exhibit || !documents->unread || !documents->mixed)
        return tq_no_memory(err);

    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].state != EXHIBIT_TAKEN)
            read[list->primary[i]] = list->items[i].number;
    }
    for (size_t i = 0; i < list->count; i++) {
        int r;

        if (read[i] == 0)
            continue;
        r = sort_exhibit(documents, read[i], list->items[list->position[read[i]]].type, err);
        if (r < 0)
            return r;
    }
    documents->laid_count = documents->count;
    for (uint32_t i = 0; i < documents->mixed_count; i++)
        documents->exhibit[documents->count++] = documents->mixed[i];
    return TQ_OK;
}

static int load_document(void *state, uint32_t number, void *scratch, const struct page **out_pages,
                         uint32_t *out_page_count, struct tq_error *err)
{
    struct documents *documents = state;
    struct page *pages;
    int r;

    r = case_load_pages(documents->store, documents->exhibit[number], scratch, &pages,
                        out_page_count, err);
    if (r < 0)
        return r;
    *out_pages = pages;
    return TQ_OK;
}

static uint32_t exhibit_of(void *state, uint32_t number)
{
    struct documents *documents = state;

    return documents->exhibit[number];
}

static void *scratch_new(void *state)
{
    (void)state;
    return alloc_zeroed(1, sizeof(struct buf));
}

static void scratch_free(void *scratch)
{
    if (scratch)
        buf_clear(scratch);
    free(scratch);
}

static int keep_table(void *state, const struct table *table, struct tq_error *err)
{
    struct documents *documents = state;

    documents->inquiry->layout_count++;
    return case_add_table(documents->store, 0, (struct slice){0}, table, &documents->table, err);
}

static int keep_rows(void *state, const struct batch *batch, struct tq_error *err)
{
    struct documents *documents = state;
    int r = inquiry_note_layout(documents->inquiry, documents->table, batch, err);

    return r < 0 ? r : case_append_batch(documents->store, documents->table, batch, err);
}

static int keep_departure(void *state, const struct departure *departure, struct tq_error *err)
{
    return inquiry_note_departure(((struct documents *)state)->inquiry, departure, err);
}

static int keep_loose(void *state, uint32_t document, struct tq_error *err)
{
    struct documents *documents = state;
    int r = alloc_reserve(&documents->loose, &documents->loose_capacity, documents->loose_count + 1,
                          sizeof(*documents->loose), err);

    if (r < 0)
        return r;
    documents->loose[documents->loose_count++] = document;
    return TQ_OK;
}

/* ---- free text ---- */

/* The columns of a free-text table are the fields of the register: name them for the export. */
static int keep_field_readings(struct inquiry *inquiry, uint32_t table,
                               const struct finding_batch *findings, struct tq_error *err)
{
    const struct reg *reg = inquiry->request->reg;
    CLEANUP(free_cleanup) bool *seen = alloc_zeroed((size_t)reg->field_count + 1, sizeof(bool));

    if (!seen)
        return tq_no_memory(err);
    for (size_t i = 0; i < findings->cell_count; i++)
        seen[findings->cells[i].column] = true;
    for (uint16_t i = 0; i < reg->field_count; i++) {
        const struct field *field = &reg->fields[i];
        struct reading_row row = {.table = table,
                                  .column = i,
                                  .header = slice_of(field->name),
                                  .field = slice_of(field->name),
                                  .interpretation = SLICE_LITERAL("free text"),
                                  .status = SLICE_LITERAL("full"),
                                  .category = slice_of(category_name(field->category)),
                                  .kind = slice_of(reg->kinds[field->kind].name),
                                  .periodic = field->periodic,
                                  .role = SLICE_LITERAL("value"),
                                  .agreement = 1,
                                  .filled = 1};
        int r = seen[i] ? case_add_reading(inquiry->request->store, &row, err) : TQ_OK;

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int add_text_table(struct documents *documents, uint32_t exhibit, uint32_t *out_table,
                          struct tq_error *err)
{
    const struct exhibit_list *list = &documents->inquiry->exhibits;
    const char *path = list->items[list->position[listed_under(list, exhibit)]].path;
    struct table head = {0};
    int r;

    r = table_init(&head, slice_of(path), SLICE_LITERAL("text"), 1, err);
    if (r < 0)
        return r;
    head.shape = SHAPE_DOCUMENTS;
    r = case_add_table(documents->store, 0, (struct slice){0}, &head, out_table, err);
    table_clear(&head);
    return r;
}

/* Records of the text come after those of the exhibit's tables. */
static int number_records(struct documents *documents, uint32_t document,
                          struct finding_batch *findings, bool *out_nothing, struct tq_error *err)
{
    bool is_mixed = document >= documents->laid_count;
    uint64_t before;
    size_t tables;
    int r = count_tables(documents, documents->exhibit[document], &tables, &before, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < findings->record_count; i++)
        findings->records[i].record += (uint32_t)before;
    *out_nothing = is_mixed && findings->record_count == 1
                   && findings->records[0].subject == SUBJECT_NONE
                   && findings->records[0].cell_count == 0;
    return TQ_OK;
}

static int search_loose(struct documents *documents, uint32_t document, struct buf *scratch,
                        struct finding_batch *findings, struct tq_error *err)
{
    struct inquiry *inquiry = documents->inquiry;
    const struct reg *reg = inquiry->request->reg;
    CLEANUP(free_cleanup) struct column_meaning *meanings = NULL;
    uint32_t exhibit = documents->exhibit[document];
    uint32_t page_count, table;
    uint8_t kind = KIND_NONE;
    struct page *pages;
    bool nothing;
    int r;

    r = case_load_pages(documents->store, exhibit, scratch, &pages, &page_count, err);
    if (r < 0)
        return r;
    finding_batch_empty(findings);
    r = free_text_search(reg, pages, page_count, listed_under(&inquiry->exhibits, exhibit), &kind,
                         findings, err);
    if (r < 0)
        return r;
    r = number_records(documents, document, findings, &nothing, err);
    if (r < 0 || nothing) /* words beside a table that name nobody are no record */
        return r;

    meanings = alloc_zeroed((size_t)reg->field_count + 1, sizeof(*meanings));
    if (!meanings)
        return tq_no_memory(err);
    for (uint16_t i = 0; i < reg->field_count; i++)
        meanings[i] = (struct column_meaning){.category = reg->fields[i].category,
                                              .type = reg->fields[i].type,
                                              .holder_kind = reg->fields[i].kind};

    r = add_text_table(documents, exhibit, &table, err);
    if (r < 0)
        return r;
    r = case_set_table_kind(documents->store, table, kind, err);
    if (r < 0)
        return r;
    r = keep_field_readings(inquiry, table, findings, err);
    if (r < 0)
        return r;
    return inquiry_keep_findings(inquiry, table, 0, kind, true, meanings, findings, err);
}

static int search_all_loose(struct documents *documents, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    struct finding_batch findings = {0};
    int r = TQ_OK;

    for (uint32_t i = 0; i < documents->loose_count && r == TQ_OK; i++) {
        r = search_loose(documents, documents->loose[i], &scratch, &findings, err);
        inquiry_report(documents->inquiry, "search", i + 1, documents->loose_count, "documents");
    }
    finding_batch_clear(&findings);
    return r;
}

/* A document that could not be read is a record all the same, and cannot be verified. */
static int keep_unread(struct documents *documents, struct finding_batch *findings,
                       struct tq_error *err)
{
    for (uint32_t i = 0; i < documents->unread_count; i++) {
        uint32_t exhibit = listed_under(&documents->inquiry->exhibits, documents->unread[i]);
        struct record_finding record = {.exhibit = exhibit,
                                        .record = 1,
                                        .subject = SUBJECT_NONE,
                                        .verdict = RECORD_UNVERIFIABLE};
        uint32_t table;
        int r;

        finding_batch_empty(findings);
        r = finding_batch_add_record(findings, &record, err);
        if (r < 0)
            return r;
        r = add_text_table(documents, documents->unread[i], &table, err);
        if (r < 0)
            return r;
        r = inquiry_keep_findings(documents->inquiry, table, 0, KIND_NONE, true, NULL, findings,
                                  err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int keep_all_unread(struct documents *documents, struct tq_error *err)
{
    struct finding_batch findings = {0};
    int r = keep_unread(documents, &findings, err);

    assessment_add_unread(documents->inquiry->assessment, documents->unread_count);
    finding_batch_clear(&findings);
    return r;
}

static int lay_out(struct documents *documents, struct tq_error *err)
{
    struct document_source source = {.state = documents,
                                     .load = load_document,
                                     .exhibit = exhibit_of,
                                     .scratch_new = scratch_new,
                                     .scratch_free = scratch_free};
    struct layout_sink sink = {.state = documents,
                               .table = keep_table,
                               .rows = keep_rows,
                               .departure = keep_departure,
                               .loose = keep_loose};
    int r = find_documents(documents, err);

    if (r < 0)
        return r;
    r = keep_all_unread(documents, err);
    if (r < 0 || documents->count == 0)
        return r;
    source.count = documents->laid_count;
    inquiry_report(documents->inquiry, "lay out", 0, documents->count, "documents");
    if (documents->laid_count > 0)
        r = layout_build(&source, documents->inquiry->request->jobs, &sink, err);
    for (uint32_t i = documents->laid_count; i < documents->count && r == TQ_OK; i++)
        r = keep_loose(documents, i, err);
    if (r < 0)
        return r;
    return search_all_loose(documents, err);
}

int inquiry_lay_out(struct inquiry *inquiry, struct tq_error *err)
{
    struct documents documents = {.inquiry = inquiry, .store = inquiry->request->store};
    int r = lay_out(&documents, err);

    free(documents.exhibit);
    free(documents.loose);
    free(documents.mixed);
    free(documents.unread);
    return r;
}
