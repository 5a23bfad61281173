/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "extract/decode.h"
#include "extract/tokenise.h"

static struct dialect comma_dialect(char quote, char escape, uint32_t columns)
{
    return (struct dialect){.delimiter = {','},
                            .delimiter_length = 1,
                            .quote = quote,
                            .escape = escape,
                            .columns = columns};
}

/* All records of `text` as "[a|b]@line" one behind the other, seen through growing views. */
static char *split(const char *text, const struct dialect *dialect, size_t step)
{
    struct tokeniser tokeniser;
    struct buf padded = {0}, out = {0};
    size_t length = strlen(text), start = 0, end = step < length ? step : length;
    enum token_status status = TOKEN_MORE;
    struct tq_error err;

    buf_add_text(&padded, text);
    for (unsigned i = 0; i < TEXT_PADDING; i++)
        buf_add_byte(&padded, '\0');
    tokeniser_init(&tokeniser, dialect);
    tokeniser_view(&tokeniser, padded.data, end, end == length);
    while (status != TOKEN_END) {
        assert_int_equal(tokenise_next(&tokeniser, &status, &err), TQ_OK);
        if (status == TOKEN_MORE) {
            start += tokeniser.at;
            end = end + step < length ? end + step : length;
            tokeniser_view(&tokeniser, padded.data + start, end - start, end == length);
        }
        if (status != TOKEN_RECORD)
            continue;
        buf_add_byte(&out, '[');
        for (size_t i = 0; i < tokeniser.cell_count; i++) {
            if (i > 0)
                buf_add_byte(&out, '|');
            buf_add(&out, tokeniser.cells[i].text, tokeniser.cells[i].length);
        }
        buf_format(&out, "]@%d ", (int)tokeniser.record_line);
    }
    tokeniser_clear(&tokeniser);
    buf_clear(&padded);
    return buf_take(&out);
}

static void check(const char *text, struct dialect dialect, const char *wanted)
{
    for (size_t step = 1; step <= strlen(text) + 1; step++) {
        char *got = split(text, &dialect, step);

        assert_string_equal(got, wanted);
        free(got);
    }
}

static void the_fast_search_finds_what_the_scalar_one_finds(void **state)
{
    tokenise_mask *best = tokenise_mask_best();
    char data[64];
    uint32_t seed = 1;

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        char needles[4] = {',', '\n', '"', (char)(round % 256)};

        for (unsigned i = 0; i < sizeof(data); i++) {
            seed = seed * 1664525 + 1013904223;
            data[i] = round % 2 ? (char)(seed >> 24) : ",\n\"\\abc\xC3"[seed >> 29];
        }
        assert_true(best(data, needles) == tokenise_mask_scalar(data, needles));
    }
}

static void plain_records_are_split_at_any_view(void **state)
{
    (void)state;
    check("a,b\nc,d\n", comma_dialect('"', 0, 2), "[a|b]@1 [c|d]@2 ");
    check("a,b\r\nc,d", comma_dialect('"', 0, 2), "[a|b]@1 [c|d]@2 ");
    check(",\n\n,x,", comma_dialect('"', 0, 0), "[|]@1 []@2 [|x|]@3 ");
    check("", comma_dialect('"', 0, 0), "");
}

static void quotes_protect_and_doubled_quotes_are_one(void **state)
{
    (void)state;
    check("\"a,b\",\"c\"\"d\"\ne,f\n", comma_dialect('"', 0, 2), "[a,b|c\"d]@1 [e|f]@2 ");
    check("\"a\"  ,b\n", comma_dialect('"', 0, 2), "[a|b]@1 ");
    check("\"\",\"\"\"\"\n", comma_dialect('"', 0, 2), "[|\"]@1 ");
    check("'a,b',c\n", comma_dialect('\'', 0, 2), "[a,b|c]@1 ");
}

static void backslashes_escape_where_the_dialect_says_so(void **state)
{
    (void)state;
    check("\"a\\\"b\",c\n", comma_dialect('"', '\\', 2), "[a\"b|c]@1 ");
    check("a\\,b,c\n", comma_dialect(0, '\\', 2), "[a,b|c]@1 ");
    check("a\\,b\n", comma_dialect('"', 0, 2), "[a\\|b]@1 ");
}

static void a_cell_may_run_over_lines_and_places_stay_right(void **state)
{
    (void)state;
    check("x,\"one\ntwo\",y\nz,z,z\n", comma_dialect('"', 0, 3), "[x|one\ntwo|y]@1 [z|z|z]@3 ");
}

static void a_stray_quote_does_not_swallow_the_next_line(void **state)
{
    (void)state;
    check("1,\"a,2\n3,\"b\",4\n5,c,6\n", comma_dialect('"', 0, 3),
          "[1|\"a|2]@1 [3|b|4]@2 [5|c|6]@3 ");
    check("1,\"a,2\n3,b,4", comma_dialect('"', 0, 3), "[1|\"a|2]@1 [3|b|4]@2 ");
    check("1,a\"b,2\n", comma_dialect('"', 0, 3), "[1|a\"b|2]@1 ");
}

static void long_delimiters_are_whole(void **state)
{
    struct dialect dialect = {.delimiter = {'|', '|'}, .delimiter_length = 2, .columns = 3};

    (void)state;
    check("a||b|c||d\n||x||\n", dialect, "[a|b|c|d]@1 [|x|]@2 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fast_search_finds_what_the_scalar_one_finds),
        cmocka_unit_test(plain_records_are_split_at_any_view),
        cmocka_unit_test(quotes_protect_and_doubled_quotes_are_one),
        cmocka_unit_test(backslashes_escape_where_the_dialect_says_so),
        cmocka_unit_test(a_cell_may_run_over_lines_and_places_stay_right),
        cmocka_unit_test(a_stray_quote_does_not_swallow_the_next_line),
        cmocka_unit_test(long_delimiters_are_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
