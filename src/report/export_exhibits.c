/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "report/case_view.h"
#include "report/exports.h"

static const char *const columns[] = {"exhibit", "sha256",  "bytes", "type",
                                      "records", "verdict", "notes", NULL};

struct exhibit_export {
    struct case_view view;
    struct line_writer writer;
    uint32_t (*tally)[RECORD_VERDICT_COUNT]; /* by position: records of each verdict */
    struct buf notes;
};

static int count_verdicts(struct exhibit_export *export, struct tq_error *err)
{
    struct case_view *view = &export->view;

    export->tally = alloc_zeroed(view->exhibits.count + 1, sizeof(*export->tally));
    if (!export->tally)
        return tq_no_memory(err);
    for (size_t i = 0; i < view->record_count; i++) {
        const struct record_finding *record;
        const struct cell_finding *cells;
        int r = case_view_record(view, &view->records[i], &record, &cells, err);

        if (r < 0)
            return r;
        export->tally[view->records[i].exhibit][record->verdict]++;
    }
    return TQ_OK;
}

/* The commonest verdict; on a tie the one that weighs more (the earlier in DESIGN section 6). */
static const char *commonest(const uint32_t *tally, uint64_t *out_records)
{
    unsigned best = 0;

    *out_records = 0;
    for (unsigned i = 0; i < RECORD_VERDICT_COUNT; i++) {
        *out_records += tally[i];
        if (tally[i] > tally[best])
            best = i;
    }
    return *out_records > 0 ? record_verdict_name((enum record_verdict)best) : "";
}

static void add_note_text(struct buf *notes, struct slice text)
{
    if (notes->length > 0)
        buf_add_text(notes, "; ");
    buf_add_slice(notes, text);
}

static int add_note(void *state, uint32_t exhibit, uint64_t place, struct slice text,
                    struct tq_error *err)
{
    struct buf *notes = state;

    (void)exhibit;
    add_note_text(notes, text);
    if (place > 0 && place <= UINT32_MAX)
        buf_format(notes, " (line %u)", (unsigned)place);
    else if (place > 0)
        buf_format(notes, " (page %u, line %u)", (unsigned)(place >> 32), (unsigned)place);
    return buf_check(notes, err);
}

static int write_exhibit(struct exhibit_export *export, size_t position, struct tq_error *err)
{
    const struct exhibit_list *list = &export->view.exhibits;
    const struct exhibit *exhibit = &list->items[position];
    const struct exhibit *first = &list->items[list->primary[position]];
    char digest[SHA256_HEX + 1];
    uint64_t records;
    const char *verdict = commonest(export->tally[position], &records);
    int r;

    buf_empty(&export->notes);
    r = case_notes(export->view.store, exhibit->number, add_note, &export->notes, err);
    if (r < 0)
        return r;
    if (first != exhibit) {
        add_note_text(&export->notes, SLICE_LITERAL("the same bytes as "));
        buf_add_text(&export->notes, first->path);
    }
    r = buf_check(&export->notes, err);
    if (r < 0)
        return r;

    hex_of(exhibit->sha256, SHA256_BYTES, digest);
    row_text(&export->writer, slice_of(exhibit->path));
    row_text(&export->writer, slice_of(digest));
    row_number(&export->writer, exhibit->size_bytes);
    row_text(&export->writer, slice_of(exhibit->type && exhibit->type[0] ? exhibit->type
                                       : first->type                     ? first->type
                                                                         : ""));
    row_number(&export->writer, records);
    row_text(&export->writer, slice_of(verdict));
    row_text(&export->writer, buf_slice(&export->notes));
    row_end(&export->writer);
    return TQ_OK;
}

int export_exhibits(struct case_store *store, FILE *file, enum row_format format,
                    struct tq_error *err)
{
    struct exhibit_export export = {0};
    int r = case_view_open(store, &export.view, err);

    if (r < 0)
        return r;
    line_writer_start(&export.writer, file, format, columns);
    r = count_verdicts(&export, err);
    for (size_t i = 0; i < export.view.exhibits.count && r == TQ_OK; i++)
        r = write_exhibit(&export, i, err);
    if (r == TQ_OK)
        r = line_writer_finish(&export.writer, err);
    else
        buf_clear(&export.writer.line);
    case_view_close(&export.view);
    free(export.tally);
    buf_clear(&export.notes);
    return r;
}
