/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * First reading: features of every document. Then clusters, and per cluster a sample to learn its
 * template. Second reading: slots and lines, in rounds of a fixed number of documents, so that
 * memory is bounded and the order of rows does not depend on threads.
 */
#include "layout/layout.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/pool.h"
#include "layout/cluster.h"
#include "layout/template.h"

#define ROUND_DOCUMENTS 256u /* read in parallel, then written in order */
/* Of one document, slots repeated in every row: what a hostile one can make of its words. */
#define DOCUMENT_BYTES_MAX ((size_t)8 << 20)
#define DOCUMENT_CELLS_MAX ((size_t)16 << 20)
#define PAGE_SHIFT         32

/* A thread's own memory. */
struct worker {
    void *scratch; /* of the source */
    struct extraction extraction;
    struct placements placements; /* of the document at work */
};

struct layout {
    const struct document_source *documents;
    const struct layout_sink *sink;
    struct worker *workers;
    unsigned worker_count;
    struct features *features;
    uint32_t *cluster; /* per document */
    bool *is_loose;    /* per document */
    /* the cluster at work */
    const uint32_t *members;
    struct template template;
    struct batch_builder results[ROUND_DOCUMENTS]; /* rows of the documents of a round */
    struct odd_values {
        struct departures departures;
        struct buf text;
    } odd[ROUND_DOCUMENTS]; /* values of those that stand out */
    uint32_t round_first;
    struct batch_builder batch; /* rows on their way to the sink */
    uint64_t row_count;
};

static void layout_clear(struct layout *layout)
{
    for (unsigned i = 0; layout->workers && i < layout->worker_count; i++) {
        if (layout->workers[i].scratch)
            layout->documents->scratch_free(layout->workers[i].scratch);
        extraction_clear(&layout->workers[i].extraction);
        placements_clear(&layout->workers[i].placements);
    }
    free(layout->workers);
    for (uint32_t d = 0; layout->features && d < layout->documents->count; d++)
        free(layout->features[d].places);
    free(layout->features);
    free(layout->cluster);
    free(layout->is_loose);
    template_clear(&layout->template);
    for (unsigned i = 0; i < ROUND_DOCUMENTS; i++) {
        batch_builder_clear(&layout->results[i]);
        buf_clear(&layout->odd[i].text);
    }
    batch_builder_clear(&layout->batch);
    free(layout);
}

static void layout_clear_cleanup(struct layout **layout)
{
    if (*layout)
        layout_clear(*layout);
}

static int layout_init(struct layout *layout, unsigned threads, struct tq_error *err)
{
    size_t count = (size_t)layout->documents->count + 1;

    layout->worker_count = threads > 0 ? threads : 1;
    layout->workers = alloc_zeroed(layout->worker_count, sizeof(*layout->workers));
    layout->features = alloc_zeroed(count, sizeof(*layout->features));
    layout->cluster = alloc_zeroed(count, sizeof(*layout->cluster));
    layout->is_loose = alloc_zeroed(count, sizeof(*layout->is_loose));
    if (!layout->workers || !layout->features || !layout->cluster || !layout->is_loose)
        return tq_no_memory(err);
    for (unsigned i = 0; i < layout->worker_count; i++) {
        layout->workers[i].scratch = layout->documents->scratch_new(layout->documents->state);
        if (!layout->workers[i].scratch)
            return tq_no_memory(err);
    }
    return TQ_OK;
}

static int load(struct layout *layout, struct worker *worker, uint32_t document,
                const struct page **out_pages, uint32_t *out_page_count, struct tq_error *err)
{
    return layout->documents->load(layout->documents->state, document, worker->scratch, out_pages,
                                   out_page_count, err);
}

/* ---- first reading ---- */

static int take_features(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct layout *layout = state;
    struct worker *worker = &layout->workers[thread];
    const struct page *pages;
    uint32_t page_count;
    int r = load(layout, worker, (uint32_t)index, &pages, &page_count, err);

    if (r < 0)
        return r;
    r = document_build(&worker->extraction.document, pages, page_count, err);
    if (r < 0)
        return r;
    return document_features(&worker->extraction.document, &layout->features[index], err);
}

/* ---- second reading ---- */

static void add_text(struct buf *cell, struct slice text)
{
    if (cell->length > 0)
        buf_add_byte(cell, ' ');
    buf_add_slice(cell, text);
}

/* At most `size_max` bytes, whole characters. */
static struct slice cut_text(struct slice text, size_t size_max)
{
    if (text.length <= size_max)
        return text;
    while (size_max > 0 && ((unsigned char)text.data[size_max] & 0xC0) == 0x80)
        size_max--;
    return slice_make(text.data, size_max);
}

/* What all rows of a document share. */
struct shared_cells {
    struct batch_builder row; /* one row: its slots */
    struct buf cell;
    bool is_cut;
};

static void shared_cells_clear(struct shared_cells *shared)
{
    batch_builder_clear(&shared->row);
    buf_clear(&shared->cell);
}

/* The text of one slot: all its pieces. Free text takes its labels along. */
static int join_slot(const struct template *template, const struct extraction *extraction,
                     uint32_t column, struct buf *cell, struct tq_error *err)
{
    buf_empty(cell);
    for (size_t i = 0; i < extraction->slot_count; i++) {
        const struct piece *piece = &extraction->slots[i];

        if (piece->column != column)
            continue;
        if (column == template->free_column && piece->label != UINT32_MAX) {
            if (cell->length > 0)
                buf_add_byte(cell, ' ');
            segment_text(&extraction->document, &extraction->segments.items[piece->label], cell);
        }
        add_text(cell, slice_make(extraction->text.data + piece->at, piece->length));
    }
    return buf_check(cell, err);
}

static int join_slots(const struct template *template, struct extraction *extraction,
                      struct shared_cells *out, struct tq_error *err)
{
    size_t rows = extraction->row_count > 0 ? extraction->row_count : 1;
    size_t size_max = DOCUMENT_BYTES_MAX / rows / (template->slot_count + 1u);

    if (size_max > CELL_BYTES_MAX)
        size_max = CELL_BYTES_MAX;
    for (size_t i = 0; i < extraction->slot_count; i++)
        extraction->slots[i].column = template_slot(template, extraction->slots[i].slot);
    batch_builder_init(&out->row, template->slot_count);
    for (uint32_t c = 0; c < template->slot_count; c++) {
        int r = join_slot(template, extraction, c, &out->cell, err);

        if (r < 0)
            return r;
        out->is_cut |= out->cell.length > size_max;
        r = batch_builder_cell(&out->row, cut_text(buf_slice(&out->cell), size_max), err);
        if (r < 0)
            return r;
    }
    return batch_builder_row(&out->row, 0, 1, 0, 0, err);
}

/* The cells of the lines' columns of one row (NULL: none). */
static int join_cells(const struct template *template, const struct extraction *extraction,
                      const struct row *line, struct buf *cell, struct batch_builder *row,
                      struct tq_error *err)
{
    uint32_t count = 0;
    uint32_t first = line ? template_table(template, line->block, &count) : COLUMN_NONE;

    for (uint32_t c = template->slot_count; c < template->column_count; c++) {
        int r;

        buf_empty(cell);
        for (size_t i = 0;
             first != COLUMN_NONE && c >= first && c < first + count && i < line->piece_count;
             i++) {
            const struct piece *piece = &extraction->cells[line->first_piece + i];

            if (piece->column == c - first)
                add_text(cell, slice_make(extraction->text.data + piece->at, piece->length));
        }
        r = buf_check(cell, err);
        if (r < 0)
            return r;
        r = batch_builder_cell(row, cut_text(buf_slice(cell), CELL_BYTES_MAX), err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static uint64_t place_of(const struct extraction *extraction, size_t line)
{
    const struct line *lines = extraction->document.lines;

    if (extraction->document.line_count == 0)
        return (uint64_t)1 << PAGE_SHIFT | 1;
    return (uint64_t)lines[line].page << PAGE_SHIFT | lines[line].number;
}

/* All rows of a document: its lines, or one without. */
static int make_rows(const struct template *template, struct extraction *extraction,
                     uint32_t exhibit, uint8_t flags, struct batch_builder *out,
                     struct tq_error *err)
{
    CLEANUP(shared_cells_clear) struct shared_cells shared = {.is_cut = false};
    size_t rows = extraction->row_count > 0 ? extraction->row_count : 1;
    size_t rows_max = DOCUMENT_CELLS_MAX / (template->column_count + 1u);
    int r = join_slots(template, extraction, &shared, err);

    if (r < 0)
        return r;
    if (rows > rows_max) {
        rows = rows_max;
        shared.is_cut = true;
    }
    for (size_t i = 0; i < rows; i++) {
        const struct row *line = extraction->row_count > 0 ? &extraction->rows[i] : NULL;

        for (uint32_t c = 0; c < template->slot_count; c++) {
            r = batch_builder_cell(out, batch_cell(&shared.row.batch, 0, c), err);
            if (r < 0)
                return r;
        }
        r = join_cells(template, extraction, line, &shared.cell, out, err);
        if (r < 0)
            return r;
        r = batch_builder_row(out, exhibit, 1, place_of(extraction, line ? line->line : 0),
                              shared.is_cut ? flags | ROW_CUT : flags, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static uint8_t flags_of(const struct page *pages, uint32_t page_count)
{
    for (uint32_t i = 0; i < page_count; i++) {
        if (pages[i].ocr_confidence > 0)
            return ROW_BY_OCR;
    }
    return 0;
}

/* Values that stand otherwise than in the others of the template. */
static int find_odd_values(const struct template *template, struct worker *worker,
                           struct odd_values *odd, struct tq_error *err)
{
    int r;

    worker->placements.count = 0;
    r = placements_gather(&worker->placements, &worker->extraction, 0, err);
    return r < 0 ? r
                 : placements_compare(&worker->placements, &template->habits, &worker->extraction,
                                      &odd->text, &odd->departures, err);
}

static int read_document(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct layout *layout = state;
    struct worker *worker = &layout->workers[thread];
    struct batch_builder *result = &layout->results[index];
    uint32_t document = layout->members[layout->round_first + index];
    const struct page *pages;
    uint32_t page_count;
    int r = load(layout, worker, document, &pages, &page_count, err);

    if (r < 0)
        return r;
    r = extraction_survey(&worker->extraction, &layout->template.labels, pages, page_count, err);
    if (r < 0)
        return r;
    r = extraction_read(&worker->extraction, &layout->template.decisions, err);
    if (r < 0)
        return r;
    r = find_odd_values(&layout->template, worker, &layout->odd[index], err);
    if (r < 0)
        return r;
    batch_builder_empty(result, 0);
    layout->is_loose[document] =
        worker->extraction.slot_count == 0 && worker->extraction.row_count == 0;
    if (layout->is_loose[document])
        return TQ_OK;
    return make_rows(&layout->template, &worker->extraction,
                     layout->documents->exhibit(layout->documents->state, document),
                     flags_of(pages, page_count), result, err);
}

static int flush(struct layout *layout, struct tq_error *err)
{
    int r;

    if (layout->batch.batch.row_count == 0)
        return TQ_OK;
    r = layout->sink->rows(layout->sink->state, &layout->batch.batch, err);
    if (r < 0)
        return r;
    layout->row_count += layout->batch.batch.row_count;
    batch_builder_empty(&layout->batch, layout->row_count);
    return TQ_OK;
}

/* Move the rows of one document to the batch; a record is never split. */
static int move_rows(struct layout *layout, const struct batch *rows, struct tq_error *err)
{
    int r;

    if (layout->batch.batch.row_count + rows->row_count > BATCH_ROWS_MAX) {
        r = flush(layout, err);
        if (r < 0)
            return r;
    }
    for (uint32_t i = 0; i < rows->row_count; i++) {
        for (uint32_t c = 0; c < rows->column_count; c++) {
            r = batch_builder_cell(&layout->batch, batch_cell(rows, i, c), err);
            if (r < 0)
                return r;
        }
        r = batch_builder_row(&layout->batch, rows->exhibit[i], rows->record[i], rows->place[i],
                              rows->flags[i], err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int tell_departures(struct layout *layout, uint32_t document, struct odd_values *odd,
                           struct tq_error *err)
{
    int r = TQ_OK;

    for (uint32_t i = 0; layout->sink->departure && i < odd->departures.count && r == TQ_OK; i++) {
        odd->departures.items[i].exhibit =
            layout->documents->exhibit(layout->documents->state, document);
        r = layout->sink->departure(layout->sink->state, &odd->departures.items[i], err);
    }
    return r;
}

static int write_rows(struct layout *layout, uint32_t member_count, struct tq_error *err)
{
    for (unsigned i = 0; i < ROUND_DOCUMENTS; i++) {
        batch_builder_clear(&layout->results[i]);
        batch_builder_init(&layout->results[i], layout->template.column_count);
    }
    batch_builder_clear(&layout->batch);
    batch_builder_init(&layout->batch, layout->template.column_count);
    layout->row_count = 0;

    for (uint32_t first = 0; first < member_count; first += ROUND_DOCUMENTS) {
        uint32_t count =
            member_count - first < ROUND_DOCUMENTS ? member_count - first : ROUND_DOCUMENTS;
        int r;

        layout->round_first = first;
        r = pool_run(layout->worker_count, count, read_document, layout, err);
        if (r < 0)
            return r;
        for (uint32_t i = 0; i < count; i++) {
            r = move_rows(layout, &layout->results[i].batch, err);
            if (r == TQ_OK)
                r = tell_departures(layout, layout->members[first + i], &layout->odd[i], err);
            if (r < 0)
                return r;
        }
    }
    return flush(layout, err);
}

static int write_table(struct layout *layout, uint32_t number, struct tq_error *err)
{
    struct table table;
    char name[32];
    int r;

    (void)snprintf(name, sizeof(name), "layout:%u", number);
    r = table_init(&table, slice_of(name), SLICE_LITERAL("layout"), layout->template.column_count,
                   err);
    if (r < 0)
        return r;
    table.shape = SHAPE_DOCUMENTS;
    table.slot_count = layout->template.slot_count;
    for (uint32_t c = 0; c < layout->template.column_count && r == TQ_OK; c++) {
        table.blocks[c] = layout->template.blocks[c];
        r = table_set_header(&table, c, slice_of(layout->template.headers[c]), err);
    }
    if (r == TQ_OK)
        r = layout->sink->table(layout->sink->state, &table, err);
    table_clear(&table);
    return r;
}

static int load_first(void *state, uint32_t document, const struct page **out_pages,
                      uint32_t *out_page_count, struct tq_error *err)
{
    struct layout *layout = state;

    return load(layout, &layout->workers[0], document, out_pages, out_page_count, err);
}

/* *number is that of the last table written. */
static int write_cluster(struct layout *layout, uint32_t member_count, uint32_t *number,
                         struct tq_error *err)
{
    struct page_loader loader = {.state = layout, .load = load_first};
    int r;

    template_clear(&layout->template);
    r = labels_learn(layout->features, layout->members, member_count, &layout->template.labels,
                     err);
    if (r < 0)
        return r;
    r = template_learn(&layout->template, &loader, layout->members, member_count, err);
    if (r < 0)
        return r;
    if (layout->template.column_count == 0) {
        for (uint32_t i = 0; i < member_count; i++)
            layout->is_loose[layout->members[i]] = true;
        return TQ_OK;
    }
    r = write_table(layout, ++*number, err);
    if (r < 0)
        return r;
    return write_rows(layout, member_count, err);
}

static int write_clusters(struct layout *layout, uint32_t cluster_count, struct tq_error *err)
{
    uint32_t count = layout->documents->count, number = 0;
    CLEANUP(free_cleanup) uint32_t *members = alloc_zeroed((size_t)count + 1, sizeof(*members));

    if (!members)
        return tq_no_memory(err);
    layout->members = members;
    for (uint32_t c = 0; c < cluster_count; c++) {
        uint32_t member_count = 0;
        int r;

        for (uint32_t d = 0; d < count; d++) {
            if (layout->cluster[d] == c)
                members[member_count++] = d;
        }
        r = write_cluster(layout, member_count, &number, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int write_loose(struct layout *layout, struct tq_error *err)
{
    for (uint32_t d = 0; d < layout->documents->count; d++) {
        int r;

        if (layout->cluster[d] != CLUSTER_NONE && !layout->is_loose[d])
            continue;
        r = layout->sink->loose(layout->sink->state, d, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

int layout_build(const struct document_source *documents, unsigned threads,
                 const struct layout_sink *sink, struct tq_error *err)
{
    CLEANUP(layout_clear_cleanup) struct layout *layout = alloc_zeroed(1, sizeof(*layout));
    uint32_t cluster_count = 0;
    int r;

    if (!layout)
        return tq_no_memory(err);
    layout->documents = documents;
    layout->sink = sink;
    r = layout_init(layout, threads, err);
    if (r < 0)
        return r;
    r = pool_run(layout->worker_count, documents->count, take_features, layout, err);
    if (r < 0)
        return r;
    r = cluster_documents(layout->features, documents->count, layout->cluster, &cluster_count, err);
    if (r < 0)
        return r;
    r = write_clusters(layout, cluster_count, err);
    if (r < 0)
        return r;
    return write_loose(layout, err);
}
