/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "layout/placement.h"

#define DOCUMENTS 20u
#define STYLE     1000u

/* Values of documents whose texts and labels are those of one small extraction. */
struct fixture {
    struct placements sample;
    struct extraction extraction;
    struct segment segment;
    struct word words[1];
};

static struct placement value_at(uint32_t document, uint64_t place, float left, float low,
                                 uint32_t style)
{
    return (struct placement){.place = place,
                              .left = left,
                              .right = left + 30 + (float)(document % 7),
                              .low = low,
                              .style = style,
                              .page = 1,
                              .document = document,
                              .length = 5};
}

static void add(struct placements *placements, struct placement placement)
{
    struct tq_error err;

    assert_int_equal(alloc_reserve(&placements->items, &placements->capacity, placements->count + 1,
                                   sizeof(placement), &err),
                     TQ_OK);
    placements->items[placements->count++] = placement;
}

/* Two places: at 100 and at 200 points from their labels, on their line. */
static void start(struct fixture *fixture)
{
    *fixture = (struct fixture){.segment = {.word_count = 1, .is_label = true},
                                .words = {{.text = SLICE_LITERAL("Salaire")}}};
    fixture->extraction.segments.items = &fixture->segment;
    fixture->extraction.document.words = fixture->words;
    buf_add_text(&fixture->extraction.text, "42100");
    for (uint32_t i = 0; i < DOCUMENTS; i++) {
        add(&fixture->sample, value_at(i, 1, 100, 0, STYLE));
        add(&fixture->sample, value_at(i, 2, 200, 0, STYLE));
    }
}

static void stop(struct fixture *fixture)
{
    placements_clear(&fixture->sample);
    buf_clear(&fixture->extraction.text);
}

static struct departures compare(struct fixture *fixture, struct placement first,
                                 struct placement second, struct buf *text)
{
    struct place_habits habits = {0};
    struct placements own = {0};
    struct departures departures;
    struct tq_error err;

    assert_int_equal(place_habits_learn(&fixture->sample, &habits, &err), TQ_OK);
    add(&own, first);
    add(&own, second);
    assert_int_equal(
        placements_compare(&own, &habits, &fixture->extraction, text, &departures, &err), TQ_OK);
    place_habits_clear(&habits);
    placements_clear(&own);
    return departures;
}

static void what_stands_as_usual_is_not_told(void **state)
{
    struct fixture fixture;
    struct buf text = {0};

    (void)state;
    start(&fixture);
    assert_int_equal(compare(&fixture, value_at(0, 1, 100.2f, 0, STYLE),
                             value_at(0, 2, 199.9f, .1f, STYLE), &text)
                         .count,
                     0);
    buf_clear(&text);
    stop(&fixture);
}

static void a_value_beside_its_place_is_told_with_its_text(void **state)
{
    struct fixture fixture;
    struct departures found;
    struct buf text = {0};

    (void)state;
    start(&fixture);
    found =
        compare(&fixture, value_at(0, 1, 102.5f, 0, STYLE), value_at(0, 2, 200, 0, STYLE), &text);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.items[0].kind, DEPARTURE_ACROSS);
    assert_true(found.items[0].points > 2.4f && found.items[0].points < 2.6f);
    assert_int_equal(found.items[0].alike, DOCUMENTS);
    assert_int_equal(found.items[0].of, DOCUMENTS);
    assert_true(slice_is(found.items[0].text, "42100"));
    assert_true(slice_is(found.items[0].label, "Salaire"));
    buf_clear(&text);
    stop(&fixture);
}

static void a_value_off_its_line_is_told(void **state)
{
    struct fixture fixture;
    struct departures found;
    struct buf text = {0};

    (void)state;
    start(&fixture);
    found =
        compare(&fixture, value_at(0, 1, 100, -.8f, STYLE), value_at(0, 2, 200, 0, STYLE), &text);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.items[0].kind, DEPARTURE_DOWN);
    assert_true(found.items[0].points < 0);
    buf_clear(&text);
    stop(&fixture);
}

static void other_letters_are_told_before_other_edges(void **state)
{
    struct fixture fixture;
    struct departures found;
    struct buf text = {0};

    (void)state;
    start(&fixture);
    found = compare(&fixture, value_at(0, 1, 103, .6f, STYLE + 7), value_at(0, 2, 200, 0, STYLE),
                    &text);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.items[0].kind, DEPARTURE_STYLE);
    assert_int_equal(found.items[0].style, STYLE + 7);
    assert_int_equal(found.items[0].usual, STYLE);
    buf_clear(&text);
    stop(&fixture);
}

/* Most of it departs: nobody types a whole certificate by hand, but designs change. */
static void another_edition_of_the_template_is_not_told(void **state)
{
    struct fixture fixture;
    struct buf text = {0};

    (void)state;
    start(&fixture);
    assert_int_equal(
        compare(&fixture, value_at(0, 1, 103, 0, STYLE), value_at(0, 2, 203, 0, STYLE), &text)
            .count,
        0);
    buf_clear(&text);
    stop(&fixture);
}

/* Another line, or another design, is further away than a hand that slips. */
static void what_is_far_away_is_not_told(void **state)
{
    struct fixture fixture;
    struct buf text = {0};

    (void)state;
    start(&fixture);
    assert_int_equal(
        compare(&fixture, value_at(0, 1, 160, 12, STYLE), value_at(0, 2, 200, 0, STYLE), &text)
            .count,
        0);
    buf_clear(&text);
    stop(&fixture);
}

static void where_nothing_is_usual_nothing_is_odd(void **state)
{
    struct fixture fixture;
    struct buf text = {0};

    (void)state;
    start(&fixture);
    for (uint32_t i = 0; i < fixture.sample.count; i++) {
        fixture.sample.items[i].left += (float)(i % 9);
        fixture.sample.items[i].right += (float)(i * 5 % 11);
        fixture.sample.items[i].low += (float)(i % 5);
        fixture.sample.items[i].style += i % 3;
    }
    assert_int_equal(
        compare(&fixture, value_at(0, 1, 95, 1.5f, 77), value_at(0, 2, 200, 0, STYLE), &text).count,
        0);
    buf_clear(&text);
    stop(&fixture);
}

static void few_documents_are_no_measure(void **state)
{
    struct fixture fixture;
    struct buf text = {0};

    (void)state;
    start(&fixture);
    fixture.sample.count = 14; /* of seven documents */
    assert_int_equal(
        compare(&fixture, value_at(0, 1, 103, 0, STYLE), value_at(0, 2, 200, 0, STYLE), &text)
            .count,
        0);
    buf_clear(&text);
    stop(&fixture);
}

/* Right edges are alike, left ones are not. */
static void amounts_are_held_against_their_right_edge(void **state)
{
    struct fixture fixture;
    struct departures found;
    struct placement moved;
    struct buf text = {0};

    (void)state;
    start(&fixture);
    for (uint32_t i = 0; i < fixture.sample.count; i++) {
        fixture.sample.items[i].right = 150;
        fixture.sample.items[i].left = 110 + (float)(i % 6) * 4;
    }
    moved = value_at(0, 1, 115, 0, STYLE);
    moved.right = 148.5f;
    found = compare(&fixture, moved, fixture.sample.items[1], &text);
    assert_int_equal(found.count, 1);
    assert_true(found.items[0].points < -1.4f && found.items[0].points > -1.6f);
    buf_clear(&text);
    stop(&fixture);
}

static void lack_of_memory_is_told(void **state)
{
    struct fixture fixture;
    bool failed = true;

    (void)state;
    start(&fixture);
    for (unsigned i = 1; failed; i++) {
        struct place_habits habits = {0};
        struct departures departures;
        struct buf text = {0};
        struct tq_error err;
        int r;

        alloc_fail_nth(i);
        r = place_habits_learn(&fixture.sample, &habits, &err);
        fixture.sample.items[0].left = 103;
        if (r == TQ_OK)
            r = placements_compare(&fixture.sample, &habits, &fixture.extraction, &text,
                                   &departures, &err);
        failed = r < 0;
        if (failed)
            assert_int_equal(r, TQ_E_NOMEM);
        place_habits_clear(&habits);
        buf_clear(&text);
    }
    alloc_fail_nth(0);
    stop(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_as_usual_is_not_told),
        cmocka_unit_test(a_value_beside_its_place_is_told_with_its_text),
        cmocka_unit_test(a_value_off_its_line_is_told),
        cmocka_unit_test(other_letters_are_told_before_other_edges),
        cmocka_unit_test(another_edition_of_the_template_is_not_told),
        cmocka_unit_test(what_is_far_away_is_not_told),
        cmocka_unit_test(where_nothing_is_usual_nothing_is_odd),
        cmocka_unit_test(few_documents_are_no_measure),
        cmocka_unit_test(amounts_are_held_against_their_right_edge),
        cmocka_unit_test(lack_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
