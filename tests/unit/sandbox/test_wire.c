/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "sandbox/wire.h"

/* What a receiving sink saw, as text, so that a test reads like a transcript. */
struct transcript {
    struct buf text;
};

static int saw_type(void *state, struct slice type, struct tq_error *err)
{
    struct transcript *seen = state;

    buf_add_text(&seen->text, "type ");
    buf_add_slice(&seen->text, type);
    buf_add_byte(&seen->text, '\n');
    return buf_check(&seen->text, err);
}

static int saw_table(void *state, struct slice name, uint32_t columns, const struct slice *headers,
                     struct tq_error *err)
{
    struct transcript *seen = state;

    buf_format(&seen->text, "table %.*s", (int)name.length, name.data);
    for (uint32_t i = 0; i < columns; i++)
        buf_format(&seen->text, "|%.*s", (int)headers[i].length, headers[i].data);
    buf_add_byte(&seen->text, '\n');
    return buf_check(&seen->text, err);
}

static int saw_rows(void *state, const struct batch *batch, struct tq_error *err)
{
    struct transcript *seen = state;

    for (uint32_t row = 0; row < batch->row_count; row++) {
        buf_format(&seen->text, "row %u", batch->record[row]);
        for (uint32_t column = 0; column < batch->column_count; column++) {
            buf_add_byte(&seen->text, '|');
            buf_add_slice(&seen->text, batch_cell(batch, row, column));
        }
        buf_add_byte(&seen->text, '\n');
    }
    return buf_check(&seen->text, err);
}

static int saw_page(void *state, const struct page *page, struct tq_error *err)
{
    struct transcript *seen = state;

    buf_format(&seen->text, "page %u %u", page->number, page->ocr_confidence);
    for (uint32_t i = 0; i < page->word_count; i++) {
        buf_add_byte(&seen->text, ' ');
        buf_add_slice(&seen->text, page_word_text(page, &page->words[i]));
    }
    buf_add_byte(&seen->text, '\n');
    return buf_check(&seen->text, err);
}

static int saw_member(void *state, struct slice name, struct tq_error *err)
{
    struct transcript *seen = state;

    buf_format(&seen->text, "member %.*s\n", (int)name.length, name.data);
    return buf_check(&seen->text, err);
}

static int saw_member_bytes(void *state, struct slice bytes, struct tq_error *err)
{
    struct transcript *seen = state;

    buf_format(&seen->text, "bytes %zu\n", bytes.length);
    return buf_check(&seen->text, err);
}

static int saw_member_end(void *state, bool damaged, struct tq_error *err)
{
    struct transcript *seen = state;

    buf_add_text(&seen->text, damaged ? "end damaged\n" : "end\n");
    return buf_check(&seen->text, err);
}

static int saw_fact(void *state, struct slice name, struct slice value, struct tq_error *err)
{
    struct transcript *seen = state;

    buf_format(&seen->text, "fact %.*s=%.*s\n", (int)name.length, name.data, (int)value.length,
               value.data);
    return buf_check(&seen->text, err);
}

static int saw_note(void *state, uint64_t place, struct slice text, struct tq_error *err)
{
    struct transcript *seen = state;

    buf_format(&seen->text, "note %u %.*s\n", (unsigned)place, (int)text.length, text.data);
    return buf_check(&seen->text, err);
}

static struct sink transcribe(struct transcript *seen)
{
    return (struct sink){.state = seen,
                         .type = saw_type,
                         .table = saw_table,
                         .rows = saw_rows,
                         .page = saw_page,
                         .member = saw_member,
                         .member_bytes = saw_member_bytes,
                         .member_end = saw_member_end,
                         .fact = saw_fact,
                         .note = saw_note};
}

/* Speak every message once into `out`. */
static void speak(struct wire_writer *writer)
{
    static const struct page_word words[] = {{1, 2, 3, 4, 0, 5}};
    static const struct page page = {1, 595, 842, 1, words, "hello", 5, 93};
    const struct slice headers[] = {SLICE_LITERAL("a"), SLICE_LITERAL("b")};
    struct batch_builder builder;
    struct tq_error err;
    struct sink sink;

    wire_writer_sink(writer, &sink);
    batch_builder_init(&builder, 2);
    for (uint32_t i = 1; i <= 3; i++) {
        assert_int_equal(batch_builder_cell(&builder, SLICE_LITERAL("x"), &err), TQ_OK);
        assert_int_equal(batch_builder_cell(&builder, SLICE_LITERAL("yy"), &err), TQ_OK);
        assert_int_equal(batch_builder_row(&builder, 0, i, i, 0, &err), TQ_OK);
    }
    assert_int_equal(sink.type(sink.state, SLICE_LITERAL("csv"), &err), TQ_OK);
    assert_int_equal(sink.table(sink.state, SLICE_LITERAL("t"), 2, headers, &err), TQ_OK);
    assert_int_equal(sink.rows(sink.state, &builder.batch, &err), TQ_OK);
    assert_int_equal(sink.page(sink.state, &page, &err), TQ_OK);
    assert_int_equal(sink.member(sink.state, SLICE_LITERAL("m"), &err), TQ_OK);
    assert_int_equal(sink.member_bytes(sink.state, SLICE_LITERAL("1234"), &err), TQ_OK);
    assert_int_equal(sink.member_end(sink.state, true, &err), TQ_OK);
    assert_int_equal(sink.fact(sink.state, SLICE_LITERAL("n"), SLICE_LITERAL("v"), &err), TQ_OK);
    assert_int_equal(sink.note(sink.state, 7, SLICE_LITERAL("damaged"), &err), TQ_OK);
    batch_builder_clear(&builder);
}

/* Deliver all frames of `bytes`; the status of the first that fails. */
static int deliver_all(struct slice bytes, const struct sink *sink)
{
    struct wire_state state = {0};
    struct wire_frame frame;
    struct tq_error err;

    while (bytes.length >= sizeof(frame)) {
        int r;

        memcpy(&frame, bytes.data, sizeof(frame));
        bytes = slice_skip(bytes, sizeof(frame));
        if (frame.length > bytes.length)
            return TQ_E_PEER;
        r = wire_deliver(&state, &frame, bytes.data, sink, &err);
        if (r < 0)
            return r;
        bytes = slice_skip(bytes, frame.length);
    }
    return TQ_OK;
}

static void what_a_reader_says_arrives_as_it_was_said(void **state)
{
    struct wire_writer writer = {.fd = -1};
    struct transcript seen = {0};
    struct sink sink = transcribe(&seen);

    (void)state;
    speak(&writer);
    assert_int_equal(deliver_all(buf_slice(&writer.out), &sink), TQ_OK);
    assert_string_equal(seen.text.data, "type csv\ntable t|a|b\nrow 1|x|yy\nrow 2|x|yy\n"
                                        "row 3|x|yy\npage 1 93 hello\nmember m\nbytes 4\n"
                                        "end damaged\nfact n=v\nnote 7 damaged\n");
    buf_clear(&writer.out);
    buf_clear(&seen.text);
}

/* ASan watches: a reader that was taken over can change any byte. */
static void no_flipped_byte_leads_outside_the_message(void **state)
{
    struct wire_writer writer = {.fd = -1};

    (void)state;
    speak(&writer);
    for (size_t i = 0; i < writer.out.length; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct transcript seen = {0};
            struct sink sink = transcribe(&seen);

            writer.out.data[i] = (char)(writer.out.data[i] ^ (1 << bit));
            (void)deliver_all(buf_slice(&writer.out), &sink);
            writer.out.data[i] = (char)(writer.out.data[i] ^ (1 << bit));
            buf_clear(&seen.text);
        }
    }
    buf_clear(&writer.out);
}

static void messages_out_of_turn_are_refused(void **state)
{
    static const struct wire_frame frames[] = {
        {WIRE_ROWS, 64}, /* before the type */
        {WIRE_JOB, 0},   /* the parent's own message */
        {WIRE_TYPE_COUNT, 4}, {UINT32_MAX, UINT32_MAX}, {WIRE_TYPE, 0},
        {WIRE_TYPE, 65},      {WIRE_MEMBER_END, 1}, /* outside a member */
    };
    struct wire_state fresh = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++)
        assert_false(wire_allows(&fresh, &frames[i]));
    fresh.has_type = true;
    assert_false(wire_allows(&fresh, &(struct wire_frame){WIRE_TYPE, 3}));  /* twice */
    assert_false(wire_allows(&fresh, &(struct wire_frame){WIRE_ROWS, 64})); /* without a table */
    fresh.in_member = true;
    assert_false(wire_allows(&fresh, &(struct wire_frame){WIRE_MEMBER, 3}));
    assert_false(wire_allows(&fresh, &(struct wire_frame){WIRE_DONE, 0}));
}

/* A name ends at its first zero byte for everything that comes after. */
static void zero_bytes_in_names_and_types_are_refused(void **state)
{
    static const struct wire_frame member = {WIRE_MEMBER, 3}, type = {WIRE_TYPE, 3};
    struct wire_state fresh = {0};
    struct transcript seen = {0};
    struct sink sink = transcribe(&seen);
    struct tq_error err;

    (void)state;
    assert_int_equal(wire_deliver(&fresh, &type, "a\0b", &sink, &err), TQ_E_PEER);
    assert_int_equal(wire_deliver(&fresh, &type, "zip", &sink, &err), TQ_OK);
    assert_int_equal(wire_deliver(&fresh, &member, "a\0b", &sink, &err), TQ_E_PEER);
    buf_clear(&seen.text);
}

static void a_job_carries_its_descriptor(void **state)
{
    struct wire_job job = {.size_bytes = 42, .name_length = 3, .name = "a.b"};
    struct wire_job got;
    struct tq_error err;
    int pair[2], fd = -1;
    bool end;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(wire_send_job(pair[0], &job, 0, &err), TQ_OK);
    assert_int_equal(wire_receive_job(pair[1], &got, &fd, &end, &err), TQ_OK);
    assert_false(end);
    assert_true(fd > 2);
    assert_int_equal(got.size_bytes, 42);
    assert_string_equal(got.name, "a.b");
    assert_int_equal(close(fd), 0);
    assert_int_equal(close(pair[0]), 0);
    assert_int_equal(wire_receive_job(pair[1], &got, &fd, &end, &err), TQ_OK);
    assert_true(end);
    assert_int_equal(close(pair[1]), 0);
}

static char *copy_of(const char *text, size_t length)
{
    char *copy = malloc(length);

    assert_non_null(copy);
    memcpy(copy, text, length);
    return copy;
}

static void passwords_follow_their_job_and_no_more_than_said(void **state)
{
    static const char text[] = "one\r\n\n two \nthree";
    struct password_list sent, got;
    struct tq_error err;
    int pair[2];
    char rest[8];

    (void)state;
    assert_int_equal(
        password_list_take(copy_of(text, strlen(text)), strlen(text), "x", &sent, &err), TQ_OK);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(wire_send_passwords(pair[0], &sent, &err), TQ_OK);
    assert_int_equal(write(pair[0], "next", 4), 4);
    assert_int_equal(wire_receive_passwords(pair[1], (uint32_t)sent.length, &got, &err), TQ_OK);
    assert_int_equal(got.count, 3);
    assert_true(slice_is(got.items[1].text, " two "));
    assert_int_equal(got.items[1].line, 3);
    assert_int_equal(read(pair[1], rest, sizeof(rest)), 4);
    password_list_clear(&got);

    assert_int_equal(write(pair[0], "abc", 3), 3);
    assert_int_equal(close(pair[0]), 0);
    assert_int_equal(wire_receive_passwords(pair[1], 4, &got, &err), TQ_E_PEER);
    assert_int_equal(close(pair[1]), 0);
    password_list_clear(&sent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_reader_says_arrives_as_it_was_said),
        cmocka_unit_test(no_flipped_byte_leads_outside_the_message),
        cmocka_unit_test(messages_out_of_turn_are_refused),
        cmocka_unit_test(zero_bytes_in_names_and_types_are_refused),
        cmocka_unit_test(a_job_carries_its_descriptor),
        cmocka_unit_test(passwords_follow_their_job_and_no_more_than_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
