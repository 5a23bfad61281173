/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/pdf_forensics.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"
#include "extract/emit.h"
#include "extract/kept_words.h"
#include "extract/pdf_pages.h"
#include "extract/pdf_structure.h"

/* What the pages go through on their way to the sink. */
struct page_watch {
    const struct sink *sink; /* NULL: an older revision, of which nobody else hears */
    const struct extract_input *input;
    const struct extract_limits *limits;
    bool keep; /* the words, to be compared */
    struct kept_words words;
};

static int emit_edits(const struct sink *sink, const struct edit_list *edits, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};

    for (uint32_t i = 0; i < edits->count; i++) {
        int r;

        buf_empty(&text);
        document_edit_format(&edits->items[i], &text);
        r = buf_check(&text, err);
        if (r == TQ_OK)
            r = emit_fact(sink, DOCUMENT_EDIT_FACT, buf_slice(&text), err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* ---- the sink in between ---- */

/* A page of which some text may be hidden, while what is seen of it is read. */
struct covered_page {
    const struct sink *sink;
    const struct page *whole;
    struct edit_list *edits;
    bool was_read;
};

/* The page as it is seen; a text that is overwritten, and not seen any more, was covered. */
static int take_visible_page(void *state, const struct page *page, struct tq_error *err)
{
    struct covered_page *covered = state;

    for (uint32_t i = 0; i < covered->edits->count; i++) {
        struct document_edit *edit = &covered->edits->items[i];

        if (edit->kind == EDIT_OVERWRITTEN
            && page_count_text(page, edit->before) < page_count_text(covered->whole, edit->before))
            edit->kind = EDIT_COVERED;
    }
    covered->was_read = true;
    return covered->sink->page(covered->sink->state, page, err);
}

/* What is worth a note was noted when the page was read first. */
static int ignore_note(void *state, uint64_t place, struct slice text, struct tq_error *err)
{
    (void)state;
    (void)place;
    (void)text;
    (void)err;
    return TQ_OK;
}

/* Hand the page on without the text that is hidden: what a reader sees is what it says. */
static int pass_visible(const struct page_watch *watch, const struct page *page,
                        struct edit_list *edits, struct tq_error *err)
{
    struct covered_page covered = {watch->sink, page, edits, false};
    struct sink sink = {.state = &covered, .page = take_visible_page, .note = ignore_note};
    int r = pdf_visible_page_read(watch->input, watch->limits, page->number, &sink, err);

    if (r < 0 || covered.was_read)
        return r;
    return watch->sink->page(watch->sink->state, page, err);
}

static bool has_overwritten(const struct edit_list *edits)
{
    for (uint32_t i = 0; i < edits->count; i++) {
        if (edits->items[i].kind == EDIT_OVERWRITTEN)
            return true;
    }
    return false;
}

static int watch_page(void *state, const struct page *page, struct tq_error *err)
{
    struct page_watch *watch = state;
    struct edit_list edits = {.count = 0};
    int r = watch->keep ? kept_words_add(&watch->words, page, err) : TQ_OK;

    if (r < 0 || !watch->sink)
        return r;
    r = page_find_edits(page, &edits, err);
    if (r == TQ_OK && has_overwritten(&edits))
        r = pass_visible(watch, page, &edits, err);
    else if (r == TQ_OK)
        r = watch->sink->page(watch->sink->state, page, err);
    return r < 0 ? r : emit_edits(watch->sink, &edits, err);
}

static int watch_fact(void *state, struct slice name, struct slice value, struct tq_error *err)
{
    const struct sink *sink = ((struct page_watch *)state)->sink;

    return sink ? sink->fact(sink->state, name, value, err) : TQ_OK;
}

static int watch_note(void *state, uint64_t place, struct slice text, struct tq_error *err)
{
    const struct sink *sink = ((struct page_watch *)state)->sink;

    return sink ? sink->note(sink->state, place, text, err) : TQ_OK;
}

static struct sink watch_sink(struct page_watch *watch)
{
    return (struct sink){
        .state = watch, .page = watch_page, .fact = watch_fact, .note = watch_note};
}

/* ---- structure and revisions ---- */

static int scan_input(const struct extract_input *input, struct pdf_structure *structure,
                      struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf bytes = {0};
    size_t got;
    char *room;
    int r;

    *structure = (struct pdf_structure){.found = {.revisions = 0}};
    if (input->size_bytes > PDF_SCAN_BYTES_MAX)
        return TQ_OK;
    room = buf_extend(&bytes, (size_t)input->size_bytes);
    if (!room)
        return buf_check(&bytes, err);
    r = file_read_at(input->fd, 0, room, (size_t)input->size_bytes, &got, err);
    if (r == TQ_OK)
        pdf_structure_scan(slice_make(room, got), structure);
    return r;
}

static int emit_structure(const struct pdf_structure *structure, const struct sink *sink,
                          struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    int r;

    document_structure_format(&structure->found, &text);
    r = buf_check(&text, err);
    return r < 0 ? r : emit_fact(sink, DOCUMENT_STRUCTURE_FACT, buf_slice(&text), err);
}

/* The words as they were when the file ended at `end`. */
static int read_revision(const struct extract_input *input, const struct extract_limits *limits,
                         uint64_t end, struct kept_words *words, struct tq_error *err)
{
    struct extract_input older = {.fd = input->fd, .size_bytes = end, .name = input->name};
    struct page_watch watch = {.keep = true};
    struct sink sink = watch_sink(&watch);
    int r = pdf_pages_read(&older, limits, &sink, err);

    *words = watch.words;
    return r;
}

/* From the newest to the oldest, as far as PDF_REVISIONS_READ_MAX goes. */
static int compare_revisions(const struct extract_input *input, const struct extract_limits *limits,
                             const struct pdf_structure *structure, struct kept_words *words,
                             const struct sink *sink, struct tq_error *err)
{
    uint32_t last = structure->found.revisions;
    uint32_t first = last > PDF_REVISIONS_READ_MAX ? last - PDF_REVISIONS_READ_MAX : 1;

    for (uint32_t revision = last; revision > first; revision--) {
        CLEANUP(kept_words_clear) struct kept_words before = {0};
        CLEANUP(kept_words_clear) struct kept_words next = {0};
        struct edit_list edits = {.count = 0};
        int r = read_revision(input, limits, structure->ends[revision - 2], &before, err);

        if (r == TQ_OK)
            r = kept_words_copy(&before, &next, err);
        if (r < 0)
            return r;
        kept_words_compare(&before, words, revision, &edits);
        r = emit_edits(sink, &edits, err);
        if (r < 0)
            return r;
        kept_words_clear(words);
        *words = next;
        next = (struct kept_words){0};
    }
    return TQ_OK;
}

int pdf_forensics_read(const struct extract_input *input, const struct extract_limits *limits,
                       const struct sink *sink, struct tq_error *err)
{
    struct pdf_structure structure;
    struct page_watch watch = {.sink = sink, .input = input, .limits = limits};
    struct sink between = watch_sink(&watch);
    int r = scan_input(input, &structure, err);

    if (r == TQ_OK)
        r = emit_structure(&structure, sink, err);
    if (r < 0)
        return r;
    watch.keep = structure.found.revisions > 1;
    r = pdf_pages_read(input, limits, &between, err);
    if (r == TQ_OK && watch.keep)
        r = compare_revisions(input, limits, &structure, &watch.words, sink, err);
    kept_words_clear(&watch.words);
    return r;
}
