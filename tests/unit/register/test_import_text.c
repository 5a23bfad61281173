/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tables whose text is no file, as those of a database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "register/import_csv.h"
#include "toy_register.h"

static const char yaml[] = "register: {name: x, country: MA}\nsubjects: [person]\ntables:\n"
                           "  - name: t\n    subject: person\n    key: k\n    table: fund.t\n"
                           "    known: [seen, null]\n"
                           "    columns: {born: {field: born, type: date, category: identity}}\n";

static const char csv[] = "k,seen,born\n1,2020-01-01 10:00:00+00,1980-05-12\n"
                          "2,\"infinity\",1980-05-12\n3,,\"soon\nor later\"\n4,soon,\n,,\n";

/* The same in the binary format: k text, seen timestamptz, born text. */
static const char binary[] =
    "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
    "\0\3\0\0\0\0011\0\0\0\10\0\2\76\35\301\72\110\0\0\0\0\n1980-05-12"
    "\0\3\0\0\0\0012\0\0\0\10\177\377\377\377\377\377\377\377\0\0\0\n1980-05-12"
    "\0\3\0\0\0\0013\377\377\377\377\0\0\0\rsoon\nor later"
    "\0\3\0\0\0\0014\0\0\0\4soon\377\377\377\377"
    "\0\3\377\377\377\377\377\377\377\377\377\377\377\377"
    "\377\377";

static const struct binary_column columns[] = {
    {"k", BINARY_TEXT}, {"seen", BINARY_MOMENT}, {"born", BINARY_TEXT}};

/* What a server sends, in pieces of a few bytes; it may fail on the way. */
struct stream {
    struct slice bytes;
    size_t at, piece, fails_at; /* 0: never */
    bool is_binary;
};

static struct stream csv_stream(size_t piece)
{
    return (struct stream){.bytes = {csv, sizeof(csv) - 1}, .piece = piece};
}

static struct stream binary_stream(size_t piece)
{
    return (struct stream){
        .bytes = {binary, sizeof(binary) - 1}, .piece = piece, .is_binary = true};
}

static int read_stream(void *state, char *data, size_t length, size_t *out_got,
                       struct tq_error *err)
{
    struct stream *stream = state;
    size_t got = stream->bytes.length - stream->at;

    if (stream->fails_at > 0 && stream->at >= stream->fails_at)
        return tq_fail(err, TQ_E_IO, "the server is gone");
    if (got > stream->piece)
        got = stream->piece;
    if (got > length)
        got = length;
    memcpy(data, stream->bytes.data + stream->at, got);
    stream->at += got;
    *out_got = got;
    return TQ_OK;
}

struct heard {
    char text[600];
};

static void hear(void *state, const char *message)
{
    struct heard *heard = state;
    size_t length = strlen(heard->text);

    (void)snprintf(heard->text + length, sizeof(heard->text) - length, "%s\n", message);
}

static struct assemble *make_assemble(void)
{
    struct assemble *assemble = NULL;
    struct assemble_head head = {.country_code = SLICE_LITERAL("MA")};
    struct field_definition definition = {
        .name = SLICE_LITERAL("born"), .type = TYPE_DATE, .ref_kind = KIND_NONE};
    struct tq_error err;
    uint16_t field;
    uint8_t kind;

    assert_int_equal(assemble_new(&head, &assemble, &err), TQ_OK);
    assert_int_equal(assemble_kind(assemble, SLICE_LITERAL("person"), &kind, &err), TQ_OK);
    assert_int_equal(assemble_field(assemble, &definition, &field, &err), TQ_OK);
    return assemble;
}

/* Import the stream; memory fails at the nth allocation (0: never). */
static int import(struct stream *stream, unsigned fail_nth, struct heard *heard,
                  struct import_counts *out_counts, struct tq_error *err)
{
    const uint16_t fields[] = {0};
    struct description *description = NULL;
    struct assemble *assemble = make_assemble();
    struct import_request request = {
        .assemble = assemble, .fields = fields, .threads = 1, .complain = hear, .state = heard};
    struct table_text *text = NULL;
    struct import *table = NULL;
    bool ended = false;
    int r;

    assert_int_equal(description_parse(slice_of(yaml), "r.yaml", &description, err), TQ_OK);
    request.description = description;
    alloc_fail_nth(fail_nth);
    r = table_text_of(read_stream, stream, &text, err);
    if (r == TQ_OK)
        r = import_open_binary(&request, &description->tables[0], text,
                               stream->is_binary ? columns : NULL, stream->is_binary ? 3 : 0,
                               &table, err);
    while (r == TQ_OK && !ended)
        r = import_next(table, &ended, err);
    alloc_fail_nth(0);
    if (r == TQ_OK)
        *out_counts = *import_counts_of(table);
    (void)import_close(table);
    (void)assemble_free(assemble);
    (void)description_free(description);
    return r;
}

static void complains_by_row_and_name_whatever_the_pieces(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < sizeof(csv) + 1; piece += 7) {
        struct stream stream = csv_stream(piece);
        struct heard heard = {0};
        struct import_counts counts;
        struct tq_error err;

        assert_int_equal(import(&stream, 0, &heard, &counts, &err), TQ_OK);
        assert_string_equal(heard.text,
                            "table 't' row 2 column 'seen': 'known from' is no date or time from "
                            "1800 to 5000: 'infinity'\n"
                            "table 't' row 3 column 'born': not a date: 'soon\\u{000A}or later'\n"
                            "table 't' row 4 column 'seen': 'known from' is no date or time from "
                            "1800 to 5000: 'soon'\n"
                            "table 't' row 5 column 'k': the key is empty\n");
        assert_int_equal(counts.rows_read, 5);
        assert_int_equal(counts.rows_refused, 3);
        assert_int_equal(counts.cells_refused, 1);
    }
}

static void a_source_that_fails_is_named_by_its_table(void **state)
{
    (void)state;
    for (size_t at = 1; at < strlen(csv); at += 5) {
        struct stream stream = csv_stream(5);
        struct heard heard = {0};
        struct import_counts counts;
        struct tq_error err = {0};

        stream.fails_at = at;
        assert_int_equal(import(&stream, 0, &heard, &counts, &err), TQ_E_IO);
        assert_string_equal(err.message, "table 't': the server is gone");
    }
}

static void the_binary_format_says_the_same(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < sizeof(binary) + 1; piece += 7) {
        struct stream stream = binary_stream(piece);
        struct heard heard = {0};
        struct import_counts counts;
        struct tq_error err;

        assert_int_equal(import(&stream, 0, &heard, &counts, &err), TQ_OK);
        assert_string_equal(heard.text,
                            "table 't' row 2 column 'seen': 'known from' is no date or time from "
                            "1800 to 5000: 'infinity'\n"
                            "table 't' row 3 column 'born': not a date: 'soon\\u{000A}or later'\n"
                            "table 't' row 4: a value is not of the type that the server said it "
                            "is\n"
                            "table 't' row 5 column 'k': the key is empty\n");
        assert_int_equal(counts.rows_read, 5);
        assert_int_equal(counts.rows_refused, 3);
        assert_int_equal(counts.cells_refused, 1);
    }
}

static void a_binary_stream_that_is_cut_or_goes_on_is_an_error(void **state)
{
    char longer[sizeof(binary) + 1] = {0};

    (void)state;
    memcpy(longer, binary, sizeof(binary));
    for (size_t length = 0; length <= sizeof(longer); length++) {
        struct stream stream = binary_stream(40);
        struct heard heard = {0};
        struct import_counts counts;
        struct tq_error err = {0};
        int r;

        stream.bytes = slice_make(longer, length);
        r = import(&stream, 0, &heard, &counts, &err);
        assert_int_equal(r, length == sizeof(binary) - 1 ? TQ_OK : TQ_E_IO);
    }
}

static void survives_any_allocation_that_fails(void **state)
{
    (void)state;
    for (unsigned form = 0; form < 2; form++) {
        int r = TQ_E_NOMEM;

        for (unsigned nth = 1; r != TQ_OK; nth++) {
            struct stream stream = form == 0 ? csv_stream(100) : binary_stream(100);
            struct heard heard = {0};
            struct import_counts counts;
            struct tq_error err;

            r = import(&stream, nth, &heard, &counts, &err);
            assert_true(r == TQ_OK || r == TQ_E_NOMEM);
            assert_true(nth < 1000);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complains_by_row_and_name_whatever_the_pieces),
        cmocka_unit_test(a_source_that_fails_is_named_by_its_table),
        cmocka_unit_test(the_binary_format_says_the_same),
        cmocka_unit_test(a_binary_stream_that_is_cut_or_goes_on_is_an_error),
        cmocka_unit_test(survives_any_allocation_that_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
