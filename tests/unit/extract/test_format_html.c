/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "extract/html_entity.h"
#include "extract/html_stream.h"
#include "recorder.h"

static void read_text(struct recorder *recorder, const char *text)
{
    assert_int_equal(recorder_read(recorder, slice_of(text), "x"), TQ_OK);
}

static void tables_of_data_are_tables_and_those_around_are_dissolved(void **state)
{
    struct recorder recorder = {0};
    struct buf sample = corpus_load("html/plain.html");

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "type html\n"));
    assert_true(recorder_has(&recorder, "table table1 [cin] [nom] [ville] []\n"));
    assert_true(recorder_has(&recorder, "| AB001 | ALAOUI | Fès | 1\n"));
    assert_true(recorder_has(&recorder, "| AB002 | B < C | فاس | 2\n"));
    assert_true(recorder_has(&recorder, "| AB003 | NOM SUITE |  | 3\n"));
    assert_true(recorder_has(&recorder, "| AB004 | dedans | Taza | 4\n"));
    assert_int_equal(recorder.rows, 4);
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void text_reads_as_in_a_browser(void **state)
{
    struct recorder recorder = {0};
    struct buf sample = corpus_load("html/plain.html");

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "words: Export & suivi Agents à droite Nom : ALAOUI Né le "
                                        "03/04/1980 à Fès & Taza deux espaces ligne\n"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void the_encoding_that_the_text_names_counts(void **state)
{
    struct recorder recorder = {0};
    struct buf sample = corpus_load("html/windows-1256.html");

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "né العمراني 1 a &\n"));
    assert_true(recorder_has(&recorder, "fact encoding = windows-1256\n"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void cells_that_span_rows_fill_each_of_them(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_text(&recorder,
              "<html><table><tr><th rowspan=2>cin<th rowspan=\"2\">nom<th colspan=2>adresse"
              "<tr><th>rue<th>ville"
              "<tr><td>AB001<td>ALAOUI<td>1 RUE A<td rowspan=3>Taza"
              "<tr><td rowspan=2>AB002<td>BENALI<td>2 RUE B"
              "<tr><td>CHERKAOUI<td>3 RUE C"
              "<tr><td>AB004<td rowspan=0>DAOUDI<td>4 RUE D<td>Salé"
              "<tr><td colspan=3>"
              "<tr><td>AB005<td>5 RUE E<td>Safi</table>");
    assert_true(
        recorder_has(&recorder, "table table1 [cin] [nom] [adresse rue] [adresse ville]\n"));
    assert_true(recorder_has(&recorder, "| AB001 | ALAOUI | 1 RUE A | Taza\n"));
    assert_true(recorder_has(&recorder, "| AB002 | BENALI | 2 RUE B | Taza\n"));
    assert_true(recorder_has(&recorder, "| AB002 | CHERKAOUI | 3 RUE C | Taza\n"));
    assert_true(recorder_has(&recorder, "| AB004 | DAOUDI | 4 RUE D | Salé\n"));
    assert_true(recorder_has(&recorder, "| AB005 | DAOUDI | 5 RUE E | Safi\n"));
    assert_int_equal(recorder.rows, 5);
    recorder_clear(&recorder);
}

/* Few rows are lines of text: what is repeated stands in its column there as well. */
static void spans_of_a_small_table_stand_in_their_column(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_text(&recorder, "<html><table><tr><td>a<td rowspan=2>b<td>c<tr><td>d<td>e</table>");
    assert_true(recorder_has(&recorder, "words: a b c d b e\n"));
    recorder_clear(&recorder);
}

static void spans_do_not_make_a_small_file_large(void **state)
{
    struct recorder recorder = {.quiet = true};
    struct buf text = {0};

    (void)state;
    buf_add_text(&text, "<html><table><tr>");
    for (unsigned i = 0; i < 1100; i++) {
        buf_add_text(&text, "<td rowspan=60000>");
        for (unsigned j = 0; j < 100; j++)
            buf_add_text(&text, "ABCDEFGHIJ");
    }
    for (unsigned i = 0; i < 2000; i++)
        buf_add_text(&text, "<tr><td>x");
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x"), TQ_OK);
    assert_int_equal(recorder.notes, 1);
    assert_true(recorder.rows > 1900);
    recorder_clear(&recorder);
    buf_clear(&text);
}

static void nesting_costs_nothing(void **state)
{
    struct recorder recorder = {.quiet = true};
    struct buf text = {0};

    (void)state;
    buf_add_text(&text, "<html>");
    for (unsigned i = 0; i < 20000; i++)
        buf_add_text(&text, "<table><tr><td><div>x");
    for (unsigned i = 0; i < 20000; i++)
        buf_add_text(&text, "</td></tr></table></b>");
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x"), TQ_OK);
    assert_true(recorder.words > 0);
    recorder_clear(&recorder);
    buf_clear(&text);
}

static void what_never_ends_is_text(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_text(&recorder, "<html><p>un <!-- deux <p>trois <a href=\"quatre");
    assert_true(recorder_has(&recorder, "words: un deux trois"));
    recorder_clear(&recorder);
}

static void entities_are_characters(void **state)
{
    struct buf out = {0};

    (void)state;
    html_decode(&out,
                slice_of("&eacute;&Eacute;&amp;&amp;lt;&#233;&#x80;&nosuch;&&#xD800;&#0;&apos;"
                         "&nbsp"));
    assert_string_equal(out.data, "éÉ&&lt;é€&nosuch;&&#xD800;&#0;'\xC2\xA0");
    buf_clear(&out);
}

static void other_text_is_no_html(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_text(&recorder, "a < b and <b>c</b>, said <ALAOUI>\n");
    assert_true(recorder_has(&recorder, "type text\n"));
    recorder_clear(&recorder);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    static const char *const names[] = {"html/plain.html", "html/windows-1256.html",
                                        "html/spans.html"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct buf sample = corpus_load(names[i]);

        torture(buf_slice(&sample), "x", (unsigned)sample.length, (unsigned)sample.length);
        buf_clear(&sample);
    }
}

static void names_of_tags_are_the_same_in_any_case(void **state)
{
    (void)state;
    assert_true(html_name_is(SLICE_LITERAL("td"), "td"));
    assert_true(html_name_is(SLICE_LITERAL("TD"), "td"));
    assert_true(html_name_is(SLICE_LITERAL("script"), "SCRIPT"));
    assert_true(html_name_is(SLICE_LITERAL("H1"), "h1"));
    assert_false(html_name_is(SLICE_LITERAL("th"), "td"));
    assert_false(html_name_is(SLICE_LITERAL("t"), "td"));
    assert_false(html_name_is(SLICE_LITERAL("\x14\x44"), "td"));
    assert_false(html_name_is(SLICE_LITERAL(""), "td"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_of_data_are_tables_and_those_around_are_dissolved),
        cmocka_unit_test(text_reads_as_in_a_browser),
        cmocka_unit_test(the_encoding_that_the_text_names_counts),
        cmocka_unit_test(cells_that_span_rows_fill_each_of_them),
        cmocka_unit_test(spans_of_a_small_table_stand_in_their_column),
        cmocka_unit_test(spans_do_not_make_a_small_file_large),
        cmocka_unit_test(nesting_costs_nothing),
        cmocka_unit_test(what_never_ends_is_text),
        cmocka_unit_test(entities_are_characters),
        cmocka_unit_test(other_text_is_no_html),
        cmocka_unit_test(names_of_tags_are_the_same_in_any_case),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
