/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef TESTS_FUZZ_EXTRACT_H
#define TESTS_FUZZ_EXTRACT_H

/* Any bytes as an exhibit of one format, into a sink that looks at all it is given. */
#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "extract/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads every byte, so that a sanitizer sees what is not there. */
static inline unsigned fuzz_touch(struct slice text)
{
    volatile unsigned sum = 0;

    for (size_t i = 0; i < text.length; i++)
        sum += (unsigned char)text.data[i];
    return sum;
}

static int fuzz_text(void *state, struct slice text, struct tq_error *err)
{
    (void)state;
    (void)err;
    (void)fuzz_touch(text);
    return TQ_OK;
}

static int fuzz_table(void *state, struct slice name, uint32_t columns, const struct slice *headers,
                      struct tq_error *err)
{
    (void)state;
    (void)err;
    assert(columns > 0 && columns <= TABLE_COLUMNS_MAX);
    (void)fuzz_touch(name);
    for (uint32_t i = 0; i < columns; i++)
        (void)fuzz_touch(headers[i]);
    return TQ_OK;
}

static int fuzz_rows(void *state, const struct batch *batch, struct tq_error *err)
{
    (void)state;
    (void)err;
    assert(batch->row_count > 0 && batch->row_count <= BATCH_ROWS_MAX);
    for (uint32_t row = 0; row < batch->row_count; row++) {
        for (uint32_t column = 0; column < batch->column_count; column++) {
            struct slice cell = batch_cell(batch, row, column);

            assert(cell.length <= CELL_BYTES_MAX);
            (void)fuzz_touch(cell);
        }
    }
    return TQ_OK;
}

static int fuzz_page(void *state, const struct page *page, struct tq_error *err)
{
    (void)state;
    (void)err;
    assert(page->word_count <= PAGE_WORDS_MAX);
    for (uint32_t i = 0; i < page->word_count; i++) {
        struct slice word = page_word_text(page, &page->words[i]);

        assert(page->words[i].text_offset + word.length <= page->text_length);
        (void)fuzz_touch(word);
    }
    return TQ_OK;
}

static int fuzz_member_end(void *state, bool damaged, struct tq_error *err)
{
    (void)state;
    (void)damaged;
    (void)err;
    return TQ_OK;
}

static int fuzz_fact(void *state, struct slice name, struct slice value, struct tq_error *err)
{
    (void)fuzz_touch(name);
    return fuzz_text(state, value, err);
}

static int fuzz_note(void *state, uint64_t place, struct slice text, struct tq_error *err)
{
    (void)place;
    return fuzz_text(state, text, err);
}

static inline int fuzz_format_with(const struct format *format, const uint8_t *data, size_t size,
                                   const struct password_list *passwords)
{
    const struct sink sink = {.type = fuzz_text,
                              .table = fuzz_table,
                              .rows = fuzz_rows,
                              .page = fuzz_page,
                              .member = fuzz_text,
                              .member_bytes = fuzz_text,
                              .member_end = fuzz_member_end,
                              .fact = fuzz_fact,
                              .note = fuzz_note};
    const struct extract_limits limits = {.member_bytes_max = 1 << 24,
                                          .total_bytes_max = 1 << 25,
                                          .members_max = 100,
                                          .ratio_max = 1000,
                                          .pages_max = 20,
                                          .steps_max = 1 << 20};
    CLEANUP(close_cleanup) int fd = memfd_create("fuzz", MFD_CLOEXEC);
    struct extract_input input = {
        .fd = fd, .size_bytes = size, .name = SLICE_LITERAL("fuzz"), .passwords = passwords};
    struct tq_error err;
    int r;

    if (fd < 0 || (size > 0 && file_write(fd, data, size, &err) < 0))
        return 0;
    (void)format->claim(slice_make((const char *)data, size < 65536 ? size : 65536), &input);
    r = format->read(&input, &limits, &sink, &err);
    assert(r == TQ_OK || r == TQ_E_NOMEM);
    (void)r;
    return 0;
}

static inline int fuzz_format(const struct format *format, const uint8_t *data, size_t size)
{
    return fuzz_format_with(format, data, size, NULL);
}

/* With the password of tests/corpus/locked. */
static inline int fuzz_locked_format(const struct format *format, const uint8_t *data, size_t size)
{
    static char text[] = "S\xC3\xA9same 7";
    struct password password = {{text, sizeof(text) - 1}, 1};
    const struct password_list list = {
        .text = text, .length = sizeof(text) - 1, .items = &password, .count = 1};

    return fuzz_format_with(format, data, size, &list);
}

#endif
