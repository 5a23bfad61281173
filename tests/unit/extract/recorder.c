/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "recorder.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/file.h"

#define ALLOCATIONS 120       /* that are made to fail, one after the other */
#define REFUSED     TQ_E_PEER /* a status that no extractor makes up by itself */

static int count_call(struct recorder *recorder, struct tq_error *err)
{
    recorder->calls++;
    if (recorder->calls == recorder->fail_at)
        return tq_fail(err, REFUSED, "refused");
    assert(recorder->fail_at == 0 || recorder->calls < recorder->fail_at);
    return TQ_OK;
}

static void write_text(struct recorder *recorder, struct slice text)
{
    if (!recorder->quiet)
        escape_text(&recorder->log, text);
}

static void write_plain(struct recorder *recorder, const char *text)
{
    if (!recorder->quiet)
        buf_add_text(&recorder->log, text);
}

static int on_type(void *state, struct slice type, struct tq_error *err)
{
    struct recorder *recorder = state;

    assert(!recorder->typed && type.length > 0);
    recorder->typed = true;
    write_plain(recorder, "type ");
    write_text(recorder, type);
    write_plain(recorder, "\n");
    return count_call(recorder, err);
}

static int on_table(void *state, struct slice name, uint32_t column_count,
                    const struct slice *headers, struct tq_error *err)
{
    struct recorder *recorder = state;

    assert(recorder->typed && !recorder->in_member);
    assert(column_count > 0 && column_count <= TABLE_COLUMNS_MAX);
    recorder->columns = column_count;
    recorder->next_row = 0;
    recorder->tables++;
    write_plain(recorder, "table ");
    write_text(recorder, name);
    for (uint32_t i = 0; i < column_count; i++) {
        write_plain(recorder, " [");
        write_text(recorder, headers[i]);
        write_plain(recorder, "]");
    }
    write_plain(recorder, "\n");
    return count_call(recorder, err);
}

static void check_batch(const struct recorder *recorder, const struct batch *batch)
{
    size_t cells = (size_t)batch->row_count * batch->column_count;

    assert(batch->row_count > 0 && batch->row_count <= BATCH_ROWS_MAX);
    assert(batch->column_count == recorder->columns);
    assert(batch->first_row == recorder->next_row);
    for (size_t i = 0; i < cells; i++) {
        assert(batch->cell[i] <= batch->cell[i + 1]);
        assert(batch->cell[i + 1] - batch->cell[i] <= CELL_BYTES_MAX);
    }
}

static int on_rows(void *state, const struct batch *batch, struct tq_error *err)
{
    struct recorder *recorder = state;

    assert(recorder->tables > 0);
    check_batch(recorder, batch);
    for (uint32_t row = 0; row < batch->row_count; row++) {
        assert(batch->exhibit[row] == 0);
        assert(batch->record[row] == recorder->record + 1);
        recorder->record++;
        if (recorder->quiet)
            continue;
        buf_format(&recorder->log, "row %" PRIu32 " @%" PRIu64 " %u", batch->record[row],
                   batch->place[row], (unsigned)batch->flags[row]);
        for (uint32_t column = 0; column < batch->column_count; column++) {
            write_plain(recorder, " | ");
            write_text(recorder, batch_cell(batch, row, column));
        }
        write_plain(recorder, "\n");
    }
    recorder->rows += batch->row_count;
    recorder->next_row += batch->row_count;
    return count_call(recorder, err);
}

/* Lines beside tables: a line of the log for each row. */
static int on_rows_page(struct recorder *recorder, const struct page *page, struct tq_error *err)
{
    uint64_t row = 0;

    assert(recorder->typed && page->row_first <= PAGE_ROW_MAX);
    assert(page->word_count > 0 && page->word_count <= PAGE_WORDS_MAX);
    for (uint32_t i = 0; i < page->word_count; i++) {
        const struct page_word *word = &page->words[i];
        uint64_t own = page->row_first + (uint64_t)(word->y0 / (word->y1 - word->y0) + .5f);

        assert(word->text_length > 0 && own >= row);
        assert((uint64_t)word->text_offset + word->text_length <= page->text_length);
        if (!recorder->quiet && own != row)
            buf_format(&recorder->log, "%saside %" PRIu32 "@%" PRIu64 ":", row > 0 ? "\n" : "",
                       page->number, own);
        row = own;
        write_plain(recorder, " ");
        write_text(recorder, page_word_text(page, word));
    }
    write_plain(recorder, "\n");
    recorder->aside_words += page->word_count;
    return count_call(recorder, err);
}

static int on_page(void *state, const struct page *page, struct tq_error *err)
{
    struct recorder *recorder = state;

    if (page_is_of_rows(page))
        return on_rows_page(recorder, page, err);
    assert(recorder->typed && page->number == recorder->pages + 1);
    assert(page->word_count <= PAGE_WORDS_MAX);
    recorder->pages++;
    recorder->words += page->word_count;
    if (!recorder->quiet)
        buf_format(&recorder->log, "page %" PRIu32 " %" PRIu32 " words:", page->number,
                   page->word_count);
    for (uint32_t i = 0; i < page->word_count; i++) {
        const struct page_word *word = &page->words[i];

        assert(word->text_length > 0);
        assert((uint64_t)word->text_offset + word->text_length <= page->text_length);
        write_plain(recorder, " ");
        write_text(recorder, page_word_text(page, word));
    }
    write_plain(recorder, "\n");
    return count_call(recorder, err);
}

static int on_member(void *state, struct slice name, struct tq_error *err)
{
    struct recorder *recorder = state;

    assert(recorder->typed && !recorder->in_member && name.length > 0);
    recorder->in_member = true;
    recorder->members++;
    recorder->first_member_bytes = 0;
    write_plain(recorder, "member ");
    write_text(recorder, name);
    write_plain(recorder, "\n");
    return count_call(recorder, err);
}

static int on_member_bytes(void *state, struct slice bytes, struct tq_error *err)
{
    struct recorder *recorder = state;

    assert(recorder->in_member && bytes.length > 0);
    recorder->member_bytes += bytes.length;
    recorder->first_member_bytes += bytes.length;
    return count_call(recorder, err);
}

static int on_member_end(void *state, bool damaged, struct tq_error *err)
{
    struct recorder *recorder = state;

    assert(recorder->in_member);
    recorder->in_member = false;
    if (!recorder->quiet)
        buf_format(&recorder->log, "end %" PRIu64 " bytes, %s\n", recorder->first_member_bytes,
                   damaged ? "damaged" : "whole");
    return count_call(recorder, err);
}

static int on_fact(void *state, struct slice name, struct slice value, struct tq_error *err)
{
    struct recorder *recorder = state;

    assert(recorder->typed && name.length > 0);
    recorder->facts++;
    write_plain(recorder, "fact ");
    write_text(recorder, name);
    write_plain(recorder, " = ");
    write_text(recorder, value);
    write_plain(recorder, "\n");
    return count_call(recorder, err);
}

static int on_note(void *state, uint64_t place, struct slice text, struct tq_error *err)
{
    struct recorder *recorder = state;

    assert(recorder->typed && text.length > 0);
    recorder->notes++;
    if (!recorder->quiet)
        buf_format(&recorder->log, "note @%" PRIu64 " ", place);
    write_text(recorder, text);
    write_plain(recorder, "\n");
    return count_call(recorder, err);
}

struct sink recorder_sink(struct recorder *recorder)
{
    return (struct sink){
        .state = recorder,
        .type = on_type,
        .table = on_table,
        .rows = on_rows,
        .page = on_page,
        .member = on_member,
        .member_bytes = on_member_bytes,
        .member_end = on_member_end,
        .fact = on_fact,
        .note = on_note,
    };
}

void recorder_clear(struct recorder *recorder)
{
    buf_clear(&recorder->log);
    *recorder = (struct recorder){0};
}

static int memory_file(struct slice bytes)
{
    int fd = memfd_create("sample", MFD_CLOEXEC);
    struct tq_error err;

    assert(fd >= 0);
    if (bytes.length > 0 && file_write(fd, bytes.data, bytes.length, &err) < 0)
        abort();
    return fd;
}

int recorder_read(struct recorder *recorder, struct slice bytes, const char *name)
{
    CLEANUP(close_cleanup) int fd = memory_file(bytes);
    struct extract_input input = {.fd = fd,
                                  .size_bytes = bytes.length,
                                  .name = slice_of(name),
                                  .passwords = recorder->passwords};
    struct sink sink = recorder_sink(recorder);
    struct tq_error err;
    int r = extract_read(&input, &extract_limits_default, &sink, &err);

    assert(r < 0 || (recorder->typed && !recorder->in_member));
    return r;
}

int recorder_read_by(struct recorder *recorder, const struct format *format, struct slice bytes,
                     const struct extract_limits *limits)
{
    CLEANUP(close_cleanup) int fd = memory_file(bytes);
    struct extract_input input = {.fd = fd,
                                  .size_bytes = bytes.length,
                                  .name = SLICE_LITERAL("sample"),
                                  .passwords = recorder->passwords};
    struct sink sink = recorder_sink(recorder);
    struct tq_error err;

    return format->read(&input, limits, &sink, &err);
}

bool recorder_has(const struct recorder *recorder, const char *text)
{
    if (recorder->log.data && strstr(recorder->log.data, text))
        return true;
    fprintf(stderr, "not found: %s\nin:\n%s\n", text,
            recorder->log.data ? recorder->log.data : "(nothing)");
    return false;
}

struct buf corpus_load(const char *name)
{
    struct buf path = {0}, bytes = {0};
    struct tq_error err;

    buf_format(&path, "%s/%s", CORPUS, name);
    if (path.failed || file_load(path.data, (size_t)1 << 30, &bytes, &err) < 0) {
        fprintf(stderr, "no sample '%s'\n", name);
        abort();
    }
    buf_clear(&path);
    return bytes;
}

static void read_quietly(struct slice bytes, const char *name)
{
    struct recorder recorder = {.quiet = true};
    int r = recorder_read(&recorder, bytes, name);

    assert(r == TQ_OK);
    (void)r;
    recorder_clear(&recorder);
}

static void refuse_calls(struct slice sample, const char *name)
{
    uint64_t calls;
    struct recorder recorder = {.quiet = true};

    (void)recorder_read(&recorder, sample, name);
    calls = recorder.calls;
    recorder_clear(&recorder);
    for (uint64_t i = 1; i <= calls && i <= 40; i++) {
        int r;

        recorder.quiet = true;
        recorder.fail_at = i;
        r = recorder_read(&recorder, sample, name);
        assert(r == REFUSED);
        (void)r;
        recorder_clear(&recorder);
    }
}

/* The nth allocation fails: the reading says so, or could do without. */
static void fail_allocations(struct slice sample, const char *name)
{
    for (unsigned nth = 1; nth <= ALLOCATIONS; nth++) {
        struct recorder recorder = {.quiet = true};
        int r;

        alloc_fail_nth(nth);
        r = recorder_read(&recorder, sample, name);
        alloc_fail_nth(0);
        assert(r == TQ_OK || r == TQ_E_NOMEM);
        (void)r;
        recorder_clear(&recorder);
    }
}

void torture(struct slice sample, const char *name, unsigned cuts, unsigned flips)
{
    char *copy = malloc(sample.length ? sample.length : 1);

    assert(copy);
    if (sample.length > 0)
        memcpy(copy, sample.data, sample.length);
    for (unsigned i = 0; i < cuts; i++)
        read_quietly(slice_make(copy, sample.length * i / cuts), name);
    for (unsigned i = 0; i < flips; i++) {
        size_t at = sample.length * i / flips;

        copy[at] = (char)(copy[at] ^ (1 << i % 8));
        read_quietly(slice_make(copy, sample.length), name);
        copy[at] = sample.data[at];
    }
    free(copy);
    refuse_calls(sample, name);
    fail_allocations(sample, name);
}
