/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a reader that was taken over may say: any bytes as frames. */
#include <string.h>

#include "sandbox/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take_type(void *state, struct slice type, struct tq_error *err)
{
    (void)state;
    (void)type;
    (void)err;
    return TQ_OK;
}

static int take_table(void *state, struct slice name, uint32_t count, const struct slice *headers,
                      struct tq_error *err)
{
    (void)state;
    (void)name;
    (void)err;
    for (uint32_t i = 0; i < count; i++) {
        if (headers[i].length > 0 && headers[i].data[headers[i].length - 1] == 0)
            continue;
    }
    return TQ_OK;
}

static int take_rows(void *state, const struct batch *batch, struct tq_error *err)
{
    volatile size_t *sum = state;

    (void)err;
    for (uint32_t row = 0; row < batch->row_count; row++) {
        for (uint32_t column = 0; column < batch->column_count; column++) {
            struct slice cell = batch_cell(batch, row, column);

            for (size_t i = 0; i < cell.length; i++)
                *sum += (unsigned char)cell.data[i];
        }
    }
    return TQ_OK;
}

static int take_page(void *state, const struct page *page, struct tq_error *err)
{
    volatile size_t *sum = state;

    (void)err;
    for (uint32_t i = 0; i < page->word_count; i++) {
        struct slice word = page_word_text(page, &page->words[i]);

        if (word.length > 0)
            *sum += (unsigned char)word.data[word.length - 1];
    }
    return TQ_OK;
}

static int take_end(void *state, bool damaged, struct tq_error *err)
{
    (void)state;
    (void)damaged;
    (void)err;
    return TQ_OK;
}

static int take_fact(void *state, struct slice name, struct slice value, struct tq_error *err)
{
    (void)name;
    return take_type(state, value, err);
}

static int take_note(void *state, uint64_t place, struct slice text, struct tq_error *err)
{
    (void)place;
    return take_type(state, text, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t sum = 0;
    struct sink sink = {.state = &sum,
                        .type = take_type,
                        .table = take_table,
                        .rows = take_rows,
                        .page = take_page,
                        .member = take_type,
                        .member_bytes = take_type,
                        .member_end = take_end,
                        .fact = take_fact,
                        .note = take_note};
    struct wire_state state = {0};
    struct tq_error err;

    while (size >= sizeof(struct wire_frame)) {
        struct wire_frame frame;

        memcpy(&frame, data, sizeof(frame));
        data += sizeof(frame);
        size -= sizeof(frame);
        frame.type %= WIRE_TYPE_COUNT; /* spend the tries on what is allowed */
        if (frame.length > size)
            frame.length = (uint32_t)size;
        if (wire_deliver(&state, &frame, (const char *)data, &sink, &err) < 0)
            return 0;
        data += frame.length;
        size -= frame.length;
    }
    return 0;
}
