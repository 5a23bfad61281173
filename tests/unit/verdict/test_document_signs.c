/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/moment.h"
#include "model/document_detail.h"
#include "model/word_style.h"
#include "verdict/document_signs.h"

#define DOCUMENTS 40u
#define ZONE      "Africa/Casablanca"

/* Whether the detail of a sign reads so. */
static bool says(const struct document_sign_row *row, const char *words)
{
    struct buf text = {0};
    bool same;

    document_detail_say(&text, LANGUAGE_EN, row->detail);
    same = slice_is(buf_slice(&text), words);
    buf_clear(&text);
    return same;
}

/* Documents of one template, all made alike on one summer's day. */
static void make_template(struct document_facts *documents)
{
    for (uint32_t i = 0; i < DOCUMENTS; i++) {
        documents[i] = (struct document_facts){
            .exhibit = i + 1,
            .layout = 1,
            .producer = SLICE_LITERAL("server 1.0"),
            .creator = SLICE_LITERAL("Etats 4.2"),
            .created = SLICE_LITERAL("D:20240704101112+01'00'"),
            .modified = SLICE_LITERAL("D:20240704101112+01'00'"),
            .has_structure = true,
            .structure = {.revisions = 1,
                          .id = {"aa", "aa"},
                          .width = 595.28,
                          .height = 841.89,
                          .font_count = 2,
                          .fonts = {{"Amiri", 1}, {"Sans", 1}}},
        };
    }
}

/* "3 time-offset medium; ": the signs of all, in a line. */
static void find(const struct document_facts *documents, size_t count, struct buf *out)
{
    struct document_signs signs = {0};
    struct tq_error err;

    buf_empty(out);
    buf_add_text(out, "");
    assert_int_equal(document_signs_find(documents, count, ZONE, &signs, &err), TQ_OK);
    for (size_t i = 0; i < signs.count; i++)
        buf_format(out, "%u %s %s; ", signs.items[i].exhibit,
                   document_sign_name(signs.items[i].sign),
                   document_weight_name(signs.items[i].weight));
    document_signs_clear(&signs);
}

static void documents_that_are_alike_have_no_sign(void **state)
{
    struct document_facts documents[DOCUMENTS];
    struct buf found = {0};

    (void)state;
    make_template(documents);
    find(documents, DOCUMENTS, &found);
    assert_string_equal(found.data, "");
    find(documents, 1, &found);
    assert_string_equal(found.data, "");
    buf_clear(&found);
}

static void the_odd_one_out_is_told(void **state)
{
    struct document_facts documents[DOCUMENTS];
    struct buf found = {0};

    (void)state;
    make_template(documents);
    documents[1].producer = SLICE_LITERAL("iLovePDF");
    documents[2].creator = SLICE_LITERAL("Writer");
    documents[3].structure.width = 612;
    documents[3].structure.height = 792;
    strcpy(documents[4].structure.fonts[1].name, "Zapf");
    documents[5].structure.fonts[1].subsets = 2;
    documents[6].structure.revisions = 2;
    strcpy(documents[7].structure.id[1], "bb");
    documents[8].modified = SLICE_LITERAL("D:20240705101112+01'00'");
    find(documents, DOCUMENTS, &found);
    assert_string_equal(found.data, "2 other-producer strong; 2 editor medium; "
                                    "3 other-producer strong; 4 page-size medium; "
                                    "5 other-font medium; 6 second-subset medium; "
                                    "7 appended medium; 8 id-changed medium; "
                                    "9 modified-later medium; ");
    buf_clear(&found);
}

/* Half of them were stamped after they were made: that is how this template is made. */
static void a_habit_of_the_template_is_no_sign(void **state)
{
    struct document_facts documents[DOCUMENTS];
    struct buf found = {0};

    (void)state;
    make_template(documents);
    for (uint32_t i = 0; i < DOCUMENTS / 2; i++) {
        documents[i].structure.revisions = 2;
        strcpy(documents[i].structure.id[1], "bb");
        documents[i].modified = SLICE_LITERAL("D:20240705101112+01'00'");
    }
    find(documents, DOCUMENTS, &found);
    assert_string_equal(found.data, "");
    for (uint32_t i = 0; i < DOCUMENTS; i++)
        documents[i].layout = i / 4 + 1; /* too few of each to be a measure */
    find(documents, 4, &found);
    assert_string_equal(found.data,
                        "1 appended medium; 1 id-changed weak; 1 modified-later weak; "
                        "2 appended medium; 2 id-changed weak; 2 modified-later weak; "
                        "3 appended medium; 3 id-changed weak; 3 modified-later weak; "
                        "4 appended medium; 4 id-changed weak; 4 modified-later weak; ");
    buf_clear(&found);
}

static void a_changed_text_is_a_sign_however_many_have_it(void **state)
{
    const struct document_edit edit = {EDIT_UPDATED, 2, 1, SLICE_LITERAL("4210,00"),
                                       SLICE_LITERAL("9210,00")};
    struct document_facts documents[DOCUMENTS];
    struct document_signs signs = {0};
    struct tq_error err;

    (void)state;
    make_template(documents);
    for (uint32_t i = 0; i < DOCUMENTS; i++) {
        documents[i].structure.revisions = 2;
        documents[i].structure.is_signed = i == 1;
        documents[i].edits = &edit;
        documents[i].edit_count = 1;
    }
    assert_int_equal(document_signs_find(documents, DOCUMENTS, ZONE, &signs, &err), TQ_OK);
    assert_int_equal(signs.count, DOCUMENTS);
    assert_int_equal(signs.items[0].sign, DOCUMENT_UPDATED);
    assert_int_equal(signs.items[0].weight, WEIGHT_STRONG);
    assert_int_equal(signs.items[1].weight, WEIGHT_MEDIUM);
    assert_true(slice_is(signs.items[0].before, "4210,00"));
    assert_true(slice_is(signs.items[0].after, "9210,00"));
    assert_true(says(&signs.items[0], "revision 2 of 2"));
    document_signs_clear(&signs);
}

static void a_departing_value_is_a_sign_with_its_distance(void **state)
{
    uint32_t plain = word_style_make(word_style_font(SLICE_LITERAL("Sans"), 0), 9);
    uint32_t subset = word_style_make(word_style_font(SLICE_LITERAL("Sans"), 1), 9);
    uint32_t larger = word_style_make(word_style_font(SLICE_LITERAL("Unknown"), 0), 9.5);
    uint32_t smaller = word_style_make(word_style_font(SLICE_LITERAL("Sans"), 0), 8);
    const struct departure departures[] = {
        {1, DEPARTURE_ACROSS, 1, SLICE_LITERAL("9"), SLICE_LITERAL(""), 2.46f, 0, 0, 39, 40},
        {1, DEPARTURE_DOWN, 1, SLICE_LITERAL("8"), SLICE_LITERAL(""), -.8f, 0, 0, 38, 40},
        {1, DEPARTURE_STYLE, 1, SLICE_LITERAL("7"), SLICE_LITERAL(""), 0, larger, plain, 37, 40},
        {1, DEPARTURE_STYLE, 1, SLICE_LITERAL("6"), SLICE_LITERAL(""), 0, subset, plain, 36, 40},
        {1, DEPARTURE_STYLE, 1, SLICE_LITERAL("Long"), SLICE_LITERAL(""), 0, smaller, plain, 35,
         40},
    };
    static const char *const wanted[] = {"2.5 points to the right of where 39 of 40 have it",
                                         "0.8 points higher than 38 of 40 have it",
                                         "in 9.5, where 37 of 40 have Sans 9.0",
                                         "in another subset of Sans 9.0 than 36 of 40 have here",
                                         "in Sans 8.0, where 35 of 40 have Sans 9.0"};
    struct document_facts documents[DOCUMENTS];
    struct document_signs signs = {0};
    struct tq_error err;

    (void)state;
    make_template(documents);
    for (uint32_t i = 0; i < DOCUMENTS; i++)
        documents[i].structure.fonts[documents[i].structure.font_count++] =
            (struct document_font){"Sans", 1};
    documents[0].departures = departures;
    documents[0].departure_count = 5;
    assert_int_equal(document_signs_find(documents, DOCUMENTS, ZONE, &signs, &err), TQ_OK);
    assert_int_equal(signs.count, 5);
    for (unsigned i = 0; i < 5; i++) {
        bool found = false;

        for (size_t k = 0; k < signs.count; k++)
            found |= says(&signs.items[k], wanted[i])
                     && signs.items[k].weight == (i == 4 ? WEIGHT_WEAK : WEIGHT_MEDIUM)
                     && signs.items[k].sign == (i < 2 ? DOCUMENT_OFF_GRID : DOCUMENT_STYLE);
        if (!found)
            fail_msg("'%s' is not told", wanted[i]);
    }
    document_signs_clear(&signs);
}

/* The second account of a document, with one part of it. */
static void tell_again(struct document_facts *document, enum metadata_part part, const char *text)
{
    document->has_metadata = true;
    (void)snprintf(document->metadata.texts[part], sizeof(document->metadata.texts[part]), "%s",
                   text);
}

static void two_accounts_that_differ_are_a_sign(void **state)
{
    struct document_facts documents[DOCUMENTS];
    struct document_signs signs = {0};
    struct tq_error err;

    (void)state;
    make_template(documents);
    tell_again(&documents[3], METADATA_PRODUCER, "Editor 7");
    tell_again(&documents[3], METADATA_CREATED, "2024-07-02T10:11:12+01:00");
    assert_int_equal(document_signs_find(documents, DOCUMENTS, ZONE, &signs, &err), TQ_OK);
    assert_int_equal(signs.count, 2);
    assert_int_equal(signs.items[0].sign, DOCUMENT_METADATA);
    assert_int_equal(signs.items[0].weight, WEIGHT_MEDIUM);
    assert_true(
        says(&signs.items[0], "producer 'server 1.0' in one place, 'Editor 7' in the other (XMP)")
        || says(&signs.items[1],
                "producer 'server 1.0' in one place, 'Editor 7' in the other (XMP)"));
    assert_true(says(&signs.items[0], "made D:20240704101112+01'00' in one place, "
                                      "2024-07-02T10:11:12+01:00 in the other (XMP): 2880 minutes "
                                      "apart")
                || says(&signs.items[1],
                        "made D:20240704101112+01'00' in one place, 2024-07-02T10:11:12+01:00 in "
                        "the other (XMP): 2880 minutes apart"));
    document_signs_clear(&signs);
}

static void accounts_that_are_only_written_otherwise_are_none(void **state)
{
    static const char *const created[] = {"2024-07-04T10:11:12+01:00",
                                          "2024-07-04T09:11:40Z",
                                          "2024-07-04T10:11:12",
                                          "2024-07-04T10:11:12Z",
                                          "2024-07-04T10:15+01:00",
                                          "2024-07-04",
                                          "2024",
                                          "2024-07-04T10:11:12-01:00",
                                          "rubbish"};
    struct document_facts documents[DOCUMENTS];
    struct document_signs signs = {0};
    struct tq_error err;

    (void)state;
    make_template(documents);
    for (unsigned i = 0; i < sizeof(created) / sizeof(created[0]); i++)
        tell_again(&documents[i], METADATA_CREATED, created[i]);
    tell_again(&documents[0], METADATA_PRODUCER, "SERVER  1.0 (build 77)");
    tell_again(&documents[1], METADATA_CREATOR, "Etats 4.2\xC2\xAE");
    assert_int_equal(document_signs_find(documents, DOCUMENTS, ZONE, &signs, &err), TQ_OK);
    assert_int_equal(signs.count, 0);
    document_signs_clear(&signs);
}

/* "Attestation de Mohamed ALAMI" is about somebody. */
static void titles_are_masked(void **state)
{
    struct document_facts documents[DOCUMENTS];
    struct document_signs signs = {0};
    struct buf text = {0};
    struct tq_error err;

    (void)state;
    make_template(documents);
    documents[3].title = SLICE_LITERAL("Attestation ALAMI");
    tell_again(&documents[3], METADATA_TITLE, "Attestation BENNANI");
    assert_int_equal(document_signs_find(documents, DOCUMENTS, ZONE, &signs, &err), TQ_OK);
    assert_int_equal(signs.count, 1);
    document_detail_say(&text, LANGUAGE_EN, signs.items[0].detail);
    assert_null(strstr(text.data, "ALAMI"));
    assert_null(strstr(text.data, "BENNANI"));
    assert_non_null(strstr(text.data, "in the other (XMP)"));
    buf_clear(&text);
    document_signs_clear(&signs);
}

/* A server that writes one of them wrongly does so in all; a single document has no others. */
/* Half of all PDF documents have another identifier than at first; what nobody can compare is weak.
 */
static void what_many_have_is_weak_without_a_template(void **state)
{
    const struct document_edit edits[] = {
        {EDIT_OVERWRITTEN, 0, 1, SLICE_LITERAL("4210"), SLICE_LITERAL("9210")},
        {EDIT_OVERWRITTEN, 0, 1, SLICE_LITERAL("e"), SLICE_LITERAL("\xCC\x81")}};
    struct document_facts documents[DOCUMENTS];
    struct buf found = {0};

    (void)state;
    make_template(documents);
    documents[0].edits = edits;
    documents[0].edit_count = 2;
    strcpy(documents[0].structure.id[1], "bb");
    documents[0].created = SLICE_LITERAL("D:20240704101112-05'00'");
    documents[0].modified = SLICE_LITERAL("D:20240705101112-05'00'");
    find(documents, DOCUMENTS, &found);
    assert_string_equal(found.data, "1 id-changed medium; 1 modified-later medium; "
                                    "1 time-offset medium; 1 text-over-text strong; "
                                    "1 text-over-text strong; ");
    find(documents, 1, &found);
    assert_string_equal(found.data, "1 id-changed weak; 1 modified-later weak; "
                                    "1 time-offset weak; 1 text-over-text medium; "
                                    "1 text-over-text weak; ");
    buf_clear(&found);
}

static void a_habit_of_contradiction_is_none_and_alone_it_is_weak(void **state)
{
    struct document_facts documents[DOCUMENTS];
    struct document_signs signs = {0};
    struct tq_error err;

    (void)state;
    make_template(documents);
    for (uint32_t i = 0; i < DOCUMENTS; i++)
        tell_again(&documents[i], METADATA_PRODUCER, "Editor 7");
    assert_int_equal(document_signs_find(documents, DOCUMENTS, ZONE, &signs, &err), TQ_OK);
    assert_int_equal(signs.count, 0);
    documents[0].layout = 0;
    assert_int_equal(document_signs_find(documents, 1, ZONE, &signs, &err), TQ_OK);
    assert_int_equal(signs.count, 1);
    assert_int_equal(signs.items[0].weight, WEIGHT_WEAK);
    document_signs_clear(&signs);
}

static void a_number_in_two_fonts_is_a_sign_where_it_is_rare(void **state)
{
    const struct document_edit edit = {EDIT_MIXED, 0, 1, SLICE_LITERAL(""), SLICE_LITERAL("9210")};
    struct document_facts documents[DOCUMENTS];
    struct document_signs signs = {0};
    struct tq_error err;

    (void)state;
    make_template(documents);
    documents[2].edits = &edit;
    documents[2].edit_count = 1;
    assert_int_equal(document_signs_find(documents, DOCUMENTS, ZONE, &signs, &err), TQ_OK);
    assert_int_equal(signs.count, 1);
    assert_int_equal(signs.items[0].sign, DOCUMENT_STYLE);
    assert_int_equal(signs.items[0].weight, WEIGHT_MEDIUM);
    document_signs_clear(&signs);
    for (uint32_t i = 0; i < DOCUMENTS; i++) {
        documents[i].edits = &edit;
        documents[i].edit_count = 1;
    }
    assert_int_equal(document_signs_find(documents, DOCUMENTS, ZONE, &signs, &err), TQ_OK);
    assert_int_equal(signs.count, 0);
    document_signs_clear(&signs);
}

static void text_beside_its_line_is_a_sign_where_it_is_rare(void **state)
{
    const struct document_edit edit = {EDIT_OFF_LINE, 0, 1, SLICE_LITERAL(""), SLICE_LITERAL("9")};
    struct document_facts documents[DOCUMENTS];
    struct buf found = {0};

    (void)state;
    make_template(documents);
    documents[3].edits = &edit;
    documents[3].edit_count = 1;
    find(documents, DOCUMENTS, &found);
    assert_string_equal(found.data, "4 off-grid medium; ");
    find(documents + 3, 1, &found);
    assert_string_equal(found.data, "");
    for (uint32_t i = 0; i < DOCUMENTS / 4; i++)
        documents[i] = documents[3];
    find(documents, DOCUMENTS, &found);
    assert_string_equal(found.data, "");
    buf_clear(&found);
}

/* Morocco is at +01:00, but for the month of Ramadan: from 10 March to 14 April in 2024. */
static void the_offset_goes_by_the_zone_at_that_moment(void **state)
{
    struct document_facts documents[DOCUMENTS];
    struct buf found = {0};

    (void)state;
    make_template(documents);
    documents[0].created = SLICE_LITERAL("D:20240320101112+00'00'");
    documents[1].created = SLICE_LITERAL("D:20240320101112+01'00'");
    documents[2].created = SLICE_LITERAL("D:20240704101112+02'00'");
    documents[3].created = SLICE_LITERAL("D:20240704101112");
    documents[0].modified = documents[1].modified = documents[2].modified = SLICE_LITERAL("");
    documents[1].layout = documents[2].layout = 2;
    find(documents, DOCUMENTS, &found);
    /* The first has the zone's offset, but the others have another; two are no template. */
    assert_string_equal(found.data, "1 time-offset weak; 2 time-offset weak; "
                                    "3 time-offset weak; ");
    buf_clear(&found);
}

static void a_server_that_runs_in_utc_is_no_sign(void **state)
{
    struct document_facts documents[DOCUMENTS];
    struct buf found = {0};

    (void)state;
    make_template(documents);
    for (uint32_t i = 0; i < DOCUMENTS; i++)
        documents[i].created = documents[i].modified = SLICE_LITERAL("20240704101112Z");
    documents[5].created = SLICE_LITERAL("20240704101112+02'00");
    documents[5].modified = SLICE_LITERAL("");
    documents[6].layout = 0;
    find(documents, DOCUMENTS, &found);
    assert_string_equal(found.data, "6 time-offset medium; 7 time-offset weak; ");
    buf_clear(&found);
}

static void check_date(const char *text, int year, unsigned month, unsigned day, int minute,
                       int32_t offset)
{
    struct document_date date;

    assert_true(document_date_parse(slice_of(text), &date));
    assert_int_equal(date.minutes, days_from_civil(year, month, day) * 1440 + minute);
    assert_int_equal(date.offset, offset);
}

static void dates_are_read_as_the_format_has_them(void **state)
{
    static const char *const wrong[] = {"",
                                        "D:",
                                        "2",
                                        "D:20241301",
                                        "20240230",
                                        "D:2024010",
                                        "20240101250000",
                                        "20240101100000+",
                                        "20240101100000x01",
                                        "20240101100000+25'00",
                                        "2024-01-01"};
    struct document_date date;

    (void)state;
    check_date("D:20240704101112+01'00'", 2024, 7, 4, 9 * 60 + 11, 60);
    check_date("D:20240704101112-03'30", 2024, 7, 4, 13 * 60 + 41, -210);
    check_date("20240704101112Z", 2024, 7, 4, 10 * 60 + 11, 0);
    check_date("D:2024", 2024, 1, 1, 0, 0);
    check_date("D:20240704101112Z00'00'", 2024, 7, 4, 10 * 60 + 11, 0);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(document_date_parse(slice_of(wrong[i]), &date));
}

static void a_failed_allocation_comes_back(void **state)
{
    struct document_facts documents[DOCUMENTS];
    int r = TQ_E_NOMEM;

    (void)state;
    make_template(documents);
    documents[1].producer = SLICE_LITERAL("iLovePDF");
    for (unsigned nth = 1; r == TQ_E_NOMEM; nth++) {
        struct document_signs signs = {0};
        struct tq_error err;

        assert_true(nth < 100);
        alloc_fail_nth(nth);
        r = document_signs_find(documents, DOCUMENTS, ZONE, &signs, &err);
        alloc_fail_nth(0);
        document_signs_clear(&signs);
    }
    assert_int_equal(r, TQ_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_that_are_alike_have_no_sign),
        cmocka_unit_test(the_odd_one_out_is_told),
        cmocka_unit_test(a_habit_of_the_template_is_no_sign),
        cmocka_unit_test(a_changed_text_is_a_sign_however_many_have_it),
        cmocka_unit_test(a_departing_value_is_a_sign_with_its_distance),
        cmocka_unit_test(two_accounts_that_differ_are_a_sign),
        cmocka_unit_test(accounts_that_are_only_written_otherwise_are_none),
        cmocka_unit_test(what_many_have_is_weak_without_a_template),
        cmocka_unit_test(titles_are_masked),
        cmocka_unit_test(a_habit_of_contradiction_is_none_and_alone_it_is_weak),
        cmocka_unit_test(a_number_in_two_fonts_is_a_sign_where_it_is_rare),
        cmocka_unit_test(text_beside_its_line_is_a_sign_where_it_is_rare),
        cmocka_unit_test(the_offset_goes_by_the_zone_at_that_moment),
        cmocka_unit_test(a_server_that_runs_in_utc_is_no_sign),
        cmocka_unit_test(dates_are_read_as_the_format_has_them),
        cmocka_unit_test(a_failed_allocation_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
