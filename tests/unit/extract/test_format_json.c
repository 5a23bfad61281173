/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recorder.h"

static void read_sample(struct recorder *recorder, const char *name)
{
    struct buf sample = corpus_load(name);

    assert_int_equal(recorder_read(recorder, buf_slice(&sample), "x.json"), TQ_OK);
    buf_clear(&sample);
}

static void an_array_of_objects_is_a_table_of_flattened_paths(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "json/nested.json");
    assert_true(recorder_has(&recorder, "type json\n"));
    assert_true(recorder_has(&recorder, "table data [id] [name.last] [name.first] [tags] "
                                        "[phones[0].number] [phones[1].number]\n"));
    assert_true(recorder_has(&recorder, " 0 | 1 | BENNANI | Mohammed | a; b | 06000001 |"));
    assert_true(recorder_has(&recorder, "fact ok = true\n"));
    assert_int_equal(recorder.rows, 3);
    recorder_clear(&recorder);
}

static void a_damaged_line_costs_one_line(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "json/lines.jsonl");
    assert_true(recorder_has(&recorder, "type jsonl\n"));
    assert_true(recorder_has(&recorder, "table  [id] [nom] [tel]\n"));
    assert_true(recorder_has(&recorder, "row 4 @4 3 |  |  | \n"));
    assert_true(recorder_has(&recorder, "row 5 @5 0 | 9 | TAZI | 0600000000\n"));
    recorder_clear(&recorder);
}

static void an_object_of_like_objects_is_a_table_with_their_keys(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "json/by_key.json");
    assert_true(recorder_has(&recorder, "table  [key] [nom] [age]\n"));
    assert_true(recorder_has(&recorder, "row 2 @1 0 | u1 | BENNANI | 31\n"));
    recorder_clear(&recorder);
}

static void loose_syntax_is_repaired_and_told(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "json/loose.json");
    assert_true(recorder_has(&recorder, "table  [name] [_id] [v] [b]\n"));
    assert_true(recorder_has(&recorder, "row 1 @1 0 | x | abc |  | اA\n"));
    assert_true(recorder_has(&recorder, "faults of JSON syntax were repaired"));
    recorder_clear(&recorder);
}

static void what_python_prints_is_read(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(
        recorder_read(&recorder,
                      slice_of("[{'id': '800000001', 'name': \"O'Hara\", 'left': None},"
                               " {'id': '800000002', 'name': 'TAZI', 'left': True}]"),
                      "x.json"),
        TQ_OK);
    assert_true(recorder_has(&recorder, "type json\n"));
    assert_true(recorder_has(&recorder, "row 1 @1 0 | 800000001 | O'Hara |"));
    assert_true(recorder_has(&recorder, "row 2 @1 0 | 800000002 | TAZI | true\n"));
    recorder_clear(&recorder);
}

static void rows_of_arrays_have_positions_for_columns(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, slice_of("[[1,\"a\"],[2,\"b\"]]"), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "table  [0] [1]\n"));
    assert_true(recorder_has(&recorder, "row 2 @1 0 | 2 | b\n"));
    recorder_clear(&recorder);
}

static void what_was_read_before_damage_stays(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(
        recorder_read(&recorder, slice_of("{\"a\":[\n{\"x\":1},\n{\"x\":2},\n{\"x\" 3}]}"), "x"),
        TQ_OK);
    assert_true(recorder_has(&recorder, "row 2 @3 0 | 2\n"));
    assert_true(recorder_has(&recorder, "note @4 damaged JSON"));
    recorder_clear(&recorder);
}

static void damage_costs_what_is_open_up_to_the_next_record(void **state)
{
    static const struct {
        const char *text;
        uint64_t rows;
    } cases[] = {
        {"[{\"x\":1},{\"x\":2},{\"x\" 3},{\"x\":4},{\"x\":5}]", 5},
        {"[{\"x\":1},{\"x\":2}},{\"x\":3},{\"x\":4},{\"x\":5}]", 5},
        {"[{\"x\":1},{\"x\":2,\"y\":{\"x\":3},{\"x\":4},{\"x\":5}]", 4},
        {"{\"a\":{\"b\":[{\"x\":1},{\"x\":2},\n{\"x\" 3},\n\n{\n \"x\" : 4},{\"x\":5}]}}", 5},
        {"[{'x':1},{'x':2,'z':[{'z':1},{'z':2}]},{'x':3,'z':[{'z':1},}{'z':2}]},\n{'x':5}]", 4},
        {"[{\"x\":1},{\"x\":2},{\"x\":3,:},{\"x\":[\"x\"]:,{\"x\":5}]", 5},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct recorder recorder = {0};

        assert_int_equal(recorder_read(&recorder, slice_of(cases[i].text), "x.json"), TQ_OK);
        assert_true(recorder_has(&recorder, "type json\n"));
        assert_int_equal(recorder.rows, cases[i].rows);
        assert_true(recorder_has(&recorder, " damaged places, this is the first"));
        assert_true(recorder_has(&recorder, "| 5"));
        assert_int_equal(recorder.tables, 1);
        recorder_clear(&recorder);
    }
}

static void damage_in_the_first_line_of_json_lines_costs_that_line(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(
        recorder_read(&recorder,
                      slice_of("{\"id\":7,\"of\":[{\"x\":1},{\"x\":2},{\"x\" 3}]}\n"
                               "{\"id\":8,\"of\":[{\"x\":1},{\"x\":2}]}\n{\"id\":9}\n"),
                      "x.jsonl"),
        TQ_OK);
    assert_true(recorder_has(&recorder, "type jsonl\n"));
    assert_int_equal(recorder.rows, 3);
    assert_true(recorder_has(&recorder, "@2 0 | 8 |"));
    assert_true(recorder_has(&recorder, "@3 0 | 9 |"));
    recorder_clear(&recorder);
}

/* What cannot end must not take for ever: every object here is damage. */
static void damage_everywhere_is_given_up(void **state)
{
    const struct extract_limits limits = {0};
    struct recorder recorder = {.quiet = true};
    struct buf text = {0};

    (void)state;
    buf_add_text(&text, "[{\"x\":1},{\"x\":2},");
    for (int i = 0; i < 200000; i++)
        buf_add_text(&text, "{\"x\",");
    assert_int_equal(recorder_read_by(&recorder, &format_json, buf_slice(&text), &limits), TQ_OK);
    assert_true(recorder.rows > 5000 && recorder.rows < 20000);
    buf_clear(&text);
    recorder_clear(&recorder);
}

static void depth_is_limited(void **state)
{
    struct recorder recorder = {0};
    struct buf text = {0};

    (void)state;
    for (int i = 0; i < 100000; i++)
        buf_add_text(&text, "[");
    assert_int_equal(
        recorder_read_by(&recorder, &format_json, buf_slice(&text), &extract_limits_default),
        TQ_OK);
    assert_true(recorder_has(&recorder, "nested deeper than"));
    buf_clear(&text);
    recorder_clear(&recorder);
}

static void keys_that_are_values_share_a_column(void **state)
{
    struct recorder recorder = {0};
    struct buf text = {0};

    (void)state;
    buf_add_text(&text, "[");
    for (int i = 0; i < 6000; i++)
        buf_format(&text, "%s{\"id\":%d,\"k%d\":%d}", i ? "," : "", i, i, i);
    buf_add_text(&text, "]");
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "table  [id] [(others)]\n"));
    assert_true(recorder_has(&recorder, "row 5001 @1 0 | 5000 | k5000=5000\n"));
    assert_true(recorder_has(&recorder, "note @0 too many keys for columns"));
    buf_clear(&text);
    recorder_clear(&recorder);
}

static void brackets_in_a_log_are_no_json(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder,
                                   slice_of("[INFO] the server started\n[INFO] it stopped again\n"),
                                   "x.log"),
                     TQ_OK);
    assert_true(recorder_has(&recorder, "type text\n"));
    recorder_clear(&recorder);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    static const char *const names[] = {"json/nested.json", "json/lines.jsonl", "json/by_key.json",
                                        "json/loose.json", "json/torn.json"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct buf sample = corpus_load(names[i]);

        torture(buf_slice(&sample), "x.json", (unsigned)sample.length, 400);
        buf_clear(&sample);
    }
}

static void a_line_that_is_an_array_is_a_row(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder,
                                   slice_of("[801, \"RAMI\", null]\n[802, \"NAJI\", [\"a\"]]\n"
                                            "{\"x\": 1}\n[803]\n"),
                                   "a.jsonl"),
                     TQ_OK);
    assert_true(recorder_has(&recorder, "type jsonl\n"));
    assert_int_equal(recorder.rows, 4);
    assert_true(recorder_has(&recorder, "| 801 | RAMI"));
    assert_true(recorder_has(&recorder, "| 802 | NAJI"));
    recorder_clear(&recorder);
    assert_int_equal(recorder_read(&recorder, slice_of("[{\"a\": 1}]\n[{\"a\": 2}]\n"), "a.jsonl"),
                     TQ_OK);
    assert_true(recorder_has(&recorder, "table  [a]\n"));
    assert_int_equal(recorder.rows, 2);
    recorder_clear(&recorder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_that_is_an_array_is_a_row),
        cmocka_unit_test(an_array_of_objects_is_a_table_of_flattened_paths),
        cmocka_unit_test(a_damaged_line_costs_one_line),
        cmocka_unit_test(an_object_of_like_objects_is_a_table_with_their_keys),
        cmocka_unit_test(loose_syntax_is_repaired_and_told),
        cmocka_unit_test(what_python_prints_is_read),
        cmocka_unit_test(rows_of_arrays_have_positions_for_columns),
        cmocka_unit_test(what_was_read_before_damage_stays),
        cmocka_unit_test(damage_costs_what_is_open_up_to_the_next_record),
        cmocka_unit_test(damage_in_the_first_line_of_json_lines_costs_that_line),
        cmocka_unit_test(damage_everywhere_is_given_up),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(keys_that_are_values_share_a_column),
        cmocka_unit_test(brackets_in_a_log_are_no_json),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
