/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "../scratch.h"
#include "base/buf.h"
#include "drill/drill.h"
#include "model/verdict.h"

static const char truth_records[] =
    "exhibit,record,table,kind,subject,verdict,posterior,cells\n"
    "a.csv,1,a.csv,person,11,authentic,1.000000,\"[]\"\n"
    "a.csv,2,a.csv,person,12,altered,1.000000,\"[[1,\"\"x\"\",\"\"contradicts\"\"]]\"\n"
    "a.csv,3,a.csv,person,,unfounded,1.000000,\"[]\"\n"
    "z.zip!/b.txt,1,z.zip!/b.txt,person,13,stale,1.000000,\"[]\"\n"
    "z.zip!/c.txt,1,z.zip!/c.txt,person,14,stale,1.000000,\"[]\"\n";
static const char case_records[] = "exhibit,record,table,kind,subject,verdict,posterior,cells\n"
                                   "a.csv,1,a.csv,person,11,authentic,0.990000,[]\n"
                                   "a.csv,2,a.csv,person,19,authentic,0.600000,[]\n"
                                   "a.csv,3,a.csv,person,,unfounded,0.950000,[]\n"
                                   "z.zip!/b.txt,1,z.zip!/b.txt,person,13,authentic,1.000000,[]\n"
                                   "q.csv,1,q.csv,person,11,authentic,1.000000,[]\n";
static const char truth_subjects[] =
    "kind,subject,affected,named_falsely,exposed,categories,records,documents,severity\n"
    "person,11,1,0,1,identity,1,0,\nperson,12,0,1,1,identity,1,0,\nemployer,7,0,0,1,identity,0,0,"
    "\n";
static const char case_subjects[] =
    "kind,subject,affected,named_falsely,exposed,categories,records,documents,severity\n"
    "person,11,1,0,1,identity,1,0,2.0\nperson,19,1,0,1,identity,1,0,2.0\n";
static const char exhibits[] = "exhibit,sha256,bytes,type,records,verdict,notes\n"
                               "a.csv,ab,1,csv,3,authentic,\n";
static const char truth_snapshots[] =
    "table,from,to,best,share\n"
    "a.csv,2024-03-01T10:00:00Z,2024-03-01T10:00:00Z,2024-03-01T10:00:00Z,0.900000\n"
    "b.csv,2024-03-01T10:00:00Z,2024-03-01T10:00:00Z,2024-03-01T10:00:00Z,0.900000\n"
    "c.csv,2024-03-01T10:00:00Z,2024-03-01T10:00:00Z,2024-03-01T10:00:00Z,0.900000\n";
static const char case_snapshots[] =
    "table,from,to,best,share\n"
    "a.csv,2024-02-28T10:00:00Z,2024-03-02T10:00:00Z,2024-03-01T10:00:00Z,0.800000\n"
    "b.csv,2024-04-01T10:00:00Z,2024-04-02T10:00:00Z,2024-04-01T10:00:00Z,0.800000\n";

static const char truth_breaks[] = "exhibit,record,rule\na.csv,2,age\na.csv,3,check-digits\n";
static const char truth_pdf_signs[] = "exhibit,sign\na.pdf,updated\nb.pdf,id-changed\n"
                                      "b.pdf,other-producer\n";
static const char case_pdf_signs[] = "exhibit,table,sign,weight,page,before,after,detail\n"
                                     "a.pdf,,updated,strong,1,a,b,\n"
                                     "a.pdf,,updated,strong,1,c,d,\n"
                                     "b.pdf,,id-changed,medium,0,,,\n"
                                     "c.pdf,,time-offset,weak,0,,,\n"
                                     "d.pdf,,other-font,medium,0,,,\n";
static const char case_breaks[] = "exhibit,record,table,column,field,rule,about\n"
                                  "a.csv,2,a.csv,1,birth_date,age,nobody\n"
                                  "a.csv,2,a.csv,2,account,age,nobody\n"
                                  "a.csv,1,a.csv,1,birth_date,age,nobody\n"
                                  "q.csv,1,a.csv,1,birth_date,age,nobody\n";

/* One of two sources is found and one is wrong; the city is told masked. Of b.csv the truth knows
 * nothing. */
static const char truth_mosaic[] = "table,part,name,detail,lead\n"
                                   "a.csv,source,insured,,0\na.csv,source,contact,,0\n"
                                   "a.csv,filter,city,Rabat,1\na.csv,filter,employer,77,1\n";
static const char case_mosaic[] =
    "table,part,name,detail,columns,rows,of,share,register_share,effect,chance,lead\n"
    "a.csv,source,insured,insured.id,1,9,9,1,1,,,0\n"
    "a.csv,source,jobs,insured.id = jobs.id,2,9,9,1,1,,,0\n"
    "a.csv,filter,city,Ra···,,9,9,1,.2,1,0,1\n"
    "a.csv,coverage,employer,77,,9,9,1,.9,1,.5,0\n"
    "b.csv,source,contact,contact.id,1,9,9,1,1,,,0\n";

static void write_text(void **state, const char *name, const char *text)
{
    scratch_write(scratch_path(state, name), text, strlen(text));
}

static struct drill_score *score_by_hand(void **state)
{
    struct drill_score *score = NULL;
    struct tq_error err;

    assert_int_equal(mkdir(scratch_path(state, "truth"), 0755), 0);
    write_text(state, "truth/records.csv", truth_records);
    write_text(state, "truth/subjects.csv", truth_subjects);
    write_text(state, "truth/exhibits.csv", exhibits);
    write_text(state, "truth/snapshots.csv", truth_snapshots);
    write_text(state, "truth/breaks.csv", truth_breaks);
    write_text(state, "breaks.csv", case_breaks);
    write_text(state, "truth/mosaic.csv", truth_mosaic);
    write_text(state, "mosaic.csv", case_mosaic);
    write_text(state, "truth/pdf_signs.csv", truth_pdf_signs);
    write_text(state, "pdf_signs.csv", case_pdf_signs);
    write_text(state, "records.csv", case_records);
    write_text(state, "subjects.csv", case_subjects);
    write_text(state, "exhibits.csv", exhibits);
    write_text(state, "snapshots.csv", case_snapshots);
    if (drill_score(*state, *state, &score, &err) < 0)
        fail_msg("%s", err.message);
    return score;
}

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

static void records_are_matched_and_subjects_counted(void **state)
{
    struct drill_score *score = score_by_hand(state);

    assert_int_equal(score->records_true, 5);
    assert_int_equal(score->records_found, 5);
    assert_int_equal(score->missing, 1);
    assert_int_equal(score->extra, 1);
    assert_true(near(score->all.precision, 2.0 / 4)); /* 11, 13 of 11, 19, 13 and the extra 11 */
    assert_true(near(score->all.recall, 2.0 / 4));
    assert_int_equal(score->table_count, 2);
    assert_string_equal(score->tables[1].table, "z.zip!/*");
    assert_true(near(score->tables[0].recall, 1.0 / 2));
    drill_score_free(score);
}

static void verdicts_are_confused_as_they_were(void **state)
{
    struct drill_score *score = score_by_hand(state);

    assert_int_equal(score->all.confusion[RECORD_AUTHENTIC][RECORD_AUTHENTIC], 1);
    assert_int_equal(score->all.confusion[RECORD_ALTERED][RECORD_AUTHENTIC], 1);
    assert_int_equal(score->all.confusion[RECORD_STALE][RECORD_AUTHENTIC], 1);
    assert_int_equal(score->all.missing[RECORD_STALE], 1);
    /* authentic 2*1/(1+3), unfounded 1, altered 0, stale 0 */
    assert_true(near(score->all.macro_f1, (0.5 + 1) / 4));
    drill_score_free(score);
}

static void counts_tell_missed_from_wrong(void **state)
{
    struct drill_score *score = score_by_hand(state);

    assert_int_equal(score->counts[0].truth, 1);
    assert_int_equal(score->counts[0].found, 2);
    assert_int_equal(score->counts[0].wrong, 1);
    assert_int_equal(score->counts[1].missed, 1);
    assert_int_equal(score->counts[5].truth, 1);
    assert_int_equal(score->counts[5].missed, 1);
    drill_score_free(score);
}

static void broken_rules_are_counted_by_record(void **state)
{
    struct drill_score *score = score_by_hand(state);

    assert_int_equal(score->breaks.made, 2);
    assert_int_equal(score->breaks.found, 1);
    assert_int_equal(score->breaks.told, 4);
    assert_int_equal(score->breaks.unjust, 1);
    assert_int_equal(score->pdf.made, 3);
    assert_int_equal(score->pdf.found, 2);
    assert_int_equal(score->pdf.told, 3);
    assert_int_equal(score->pdf.unjust, 1);
    drill_score_free(score);
}

static void sources_and_filters_are_counted(void **state)
{
    struct drill_score *score = score_by_hand(state);

    assert_int_equal(score->mosaic.sources, 2);
    assert_int_equal(score->mosaic.sources_found, 1);
    assert_int_equal(score->mosaic.sources_told, 2);
    assert_int_equal(score->mosaic.filters, 2);
    assert_int_equal(score->mosaic.filters_found, 1);
    drill_score_free(score);
}

static void calibration_and_dating_are_measured(void **state)
{
    struct drill_score *score = score_by_hand(state);

    assert_true(near(score->brier, (0.01 * 0.01 + 0.6 * 0.6 + 0.05 * 0.05) / 4));
    assert_int_equal(score->bins[6].records, 1);
    assert_int_equal(score->bins[6].right, 0);
    assert_int_equal(score->bins[9].records, 3);
    assert_int_equal(score->dating_count, 3);
    assert_true(score->datings[0].covered);
    assert_true(near(score->datings[0].width_days, 3));
    assert_true(score->datings[1].dated && !score->datings[1].covered);
    assert_false(score->datings[2].dated);
    assert_int_equal(score->exhibits_found, 1);
    drill_score_free(score);
}

static void the_json_is_json(void **state)
{
    struct drill_score *score = score_by_hand(state);
    struct buf text = {0};
    json_error_t error;

    drill_score_json(score, &text);
    json_t *root = json_loads(text.data, 0, &error);

    assert_non_null(root);
    assert_int_equal(json_integer_value(json_object_get(root, "missing")), 1);
    json_decref(root);
    buf_empty(&text);
    drill_score_text(score, &text);
    assert_non_null(strstr(text.data, "NOT covered"));
    buf_clear(&text);
    drill_score_free(score);
}

static void a_missing_file_or_column_is_named(void **state)
{
    struct drill_score *score = NULL;
    struct tq_error err;

    assert_int_equal(drill_score(*state, *state, &score, &err), TQ_E_IO);
    assert_non_null(strstr(err.message, "truth/records.csv"));
    score = score_by_hand(state);
    drill_score_free(score);
    write_text(state, "records.csv", "exhibit,record\n");
    assert_int_equal(drill_score(*state, *state, &score, &err), TQ_E_SYNTAX);
    assert_non_null(strstr(err.message, "'table'"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(records_are_matched_and_subjects_counted),
        TEST(verdicts_are_confused_as_they_were),
        TEST(counts_tell_missed_from_wrong),
        TEST(broken_rules_are_counted_by_record),
        TEST(sources_and_filters_are_counted),
        TEST(calibration_and_dating_are_measured),
        TEST(the_json_is_json),
        TEST(a_missing_file_or_column_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
