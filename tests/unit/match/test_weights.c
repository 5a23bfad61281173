/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "match/weights.h"

/* Two columns: the second depends on the first. */
static void make_weights(struct weights *weights, struct match_column *items)
{
    struct match_columns columns = {.items = items, .count = 2};
    struct tq_error err;

    items[0] = (struct match_column){.rho_fixed = true, .rho = 1};
    items[1] = (struct match_column){.rho_fixed = true, .rho = 1};
    assert_int_equal(weights_init(weights, &columns, &err), 0);
    weights->subjects = 1000;
    weights_update(weights);
}

static struct item held(uint16_t column, double share)
{
    return (struct item){
        .column = column, .peers = 1, .held = true, .log_share = weight_of_log(share)};
}

static double in_nats(int64_t weight)
{
    return (double)weight / WEIGHT_ONE;
}

static void an_agreement_weighs_by_the_rarity_of_its_value(void **state)
{
    struct match_column items[2];
    struct weights weights;
    struct tally tally;
    struct tq_error err;
    struct item rare = held(0, .001), common = held(0, .5);

    (void)state;
    make_weights(&weights, items);
    assert_int_equal(tally_init(&tally, 2, &err), 0);
    tally_begin(&tally);
    assert_true(fabs(in_nats(tally_agreement(&tally, &weights, &rare)) - log(.91 / .001)) < 1e-4);
    tally_begin(&tally);
    assert_true(fabs(in_nats(tally_agreement(&tally, &weights, &common)) - log(.91 / .5)) < 1e-4);
    tally_clear(&tally);
    weights_clear(&weights);
}

static void what_a_family_shares_counts_once(void **state)
{
    struct match_column columns[2];
    struct weights weights;
    struct tally tally;
    struct tq_error err;
    struct item items[2] = {held(0, .001), held(1, .01)};
    uint16_t order[2];
    uint8_t both[2] = {LEVEL_AGREES, LEVEL_AGREES};
    int64_t weight;

    (void)state;
    make_weights(&weights, columns);
    weights.given[0 * 2 + 1] = weight_of_log(.9);
    weights.gives[0] = true;
    assert_int_equal(tally_init(&tally, 2, &err), 0);
    weights_order(&weights, items, 2, order);
    assert_int_equal(order[0], 0);
    weight = weights_of_levels(&weights, &tally, items, order, 2, both);
    assert_true(fabs(in_nats(weight) - log(.91 / .001) - log(.91 / .9)) < 1e-4);
    tally_clear(&tally);
    weights_clear(&weights);
}

/* Who moves changes his street and his town at once. */
static void what_changes_together_differs_once(void **state)
{
    struct match_column columns[2];
    struct weights weights;
    struct tally tally;
    struct tq_error err;
    struct item items[2] = {held(0, .001), held(1, .01)};
    uint16_t order[2];
    uint8_t both[2] = {LEVEL_DIFFERS, LEVEL_DIFFERS}, one[2] = {LEVEL_AGREES, LEVEL_DIFFERS};
    double differs = log(.04 / .9785);
    int64_t weight;

    (void)state;
    make_weights(&weights, columns);
    weights.moves[0 * 2 + 1] = .9;
    weights_update(&weights);
    assert_int_equal(tally_init(&tally, 2, &err), 0);
    weights_order(&weights, items, 2, order);
    weight = weights_of_levels(&weights, &tally, items, order, 2, both);
    assert_true(fabs(in_nats(weight) - differs - log(.9 / .9785)) < 1e-4);
    weight = weights_of_levels(&weights, &tally, items, order, 2, one);
    assert_true(fabs(in_nats(weight) - log(.91 / .001) - differs) < 1e-4);
    tally_clear(&tally);
    weights_clear(&weights);
}

/* A mistyped phone beside the right address: what the family shares, it nearly shares too. */
static void a_near_value_weighs_no_more_than_the_right_one_would(void **state)
{
    struct match_column columns[2];
    struct weights weights;
    struct tally tally;
    struct tq_error err;
    struct item items[2] = {held(0, .001), held(1, .01)};
    uint16_t order[2];
    uint8_t levels[2] = {LEVEL_AGREES, LEVEL_NEAR};
    int64_t weight;

    (void)state;
    make_weights(&weights, columns);
    items[1].held = false;
    assert_int_equal(tally_init(&tally, 2, &err), 0);
    weights_order(&weights, items, 2, order);
    assert_int_equal(order[0], 1);
    weight = weights_of_levels(&weights, &tally, items, order, 2, levels);
    assert_true(fabs(in_nats(weight) - log(.91 / .001) - log(.035 / .002)) < 1e-4);
    weights.given[0 * 2 + 1] = weight_of_log(.9);
    weights.gives[0] = true;
    weight = weights_of_levels(&weights, &tally, items, order, 2, levels);
    assert_true(fabs(in_nats(weight) - log(.91 / .001) - log(.91 / .9)) < 1e-4);
    tally_clear(&tally);
    weights_clear(&weights);
}

/* What kin share they also spell alike. */
static void a_spelling_tells_homonyms_but_not_kin(void **state)
{
    struct match_column columns[2];
    struct weights weights;
    struct tally tally;
    struct tq_error err;
    struct item items[2] = {held(0, .001), held(1, .01)};
    uint16_t order[2];
    uint8_t same[2] = {LEVEL_AGREES, LEVEL_AGREES}, other[2] = {LEVEL_AGREES, LEVEL_RESPELT};
    double apart = log(.86 / .91 / .25) - log(.05 / .91 / .75);
    int64_t weight;

    (void)state;
    make_weights(&weights, columns);
    items[1].spelling = 1;
    items[1].log_same = weight_of_log(.25);
    items[1].log_other = weight_of_log(.75);
    assert_int_equal(tally_init(&tally, 2, &err), 0);
    weights_order(&weights, items, 2, order);
    weight = weights_of_levels(&weights, &tally, items, order, 2, same);
    weight -= weights_of_levels(&weights, &tally, items, order, 2, other);
    assert_true(fabs(in_nats(weight) - apart) < 1e-4);
    weights.given[0 * 2 + 1] = weight_of_log(.9);
    weights.gives[0] = true;
    weight = weights_of_levels(&weights, &tally, items, order, 2, same);
    assert_int_equal(weight, weights_of_levels(&weights, &tally, items, order, 2, other));
    tally_clear(&tally);
    weights_clear(&weights);
}

/* Of one who is nobody's, two names would have to be in each other's column by chance. */
static void exchanged_names_have_a_weight_of_their_own(void **state)
{
    struct match_column columns[2];
    struct weights weights;
    struct tally tally;
    struct tq_error err;
    struct item items[2] = {held(0, .01), held(1, .01)};
    uint16_t order[2];
    uint8_t levels[2] = {LEVEL_EXCHANGED, LEVEL_EXCHANGED};
    int64_t weight;

    (void)state;
    make_weights(&weights, columns);
    assert_int_equal(tally_init(&tally, 2, &err), 0);
    weights_order(&weights, items, 2, order);
    weight = weights_of_levels(&weights, &tally, items, order, 2, levels);
    assert_true(fabs(in_nats(weight) - log(.005 / .0005) - log(.9 / .0005)) < 1e-4);
    levels[1] = LEVEL_NONE;
    weight = weights_of_levels(&weights, &tally, items, order, 2, levels);
    assert_true(fabs(in_nats(weight) - log(.005 / .0005)) < 1e-4);
    tally_clear(&tally);
    weights_clear(&weights);
}

/* A whole name beside a family and a given name: what they say once is not said twice. */
static void a_whole_name_says_what_its_parts_say(void **state)
{
    (void)state;
    assert_int_equal(weights_beside_parts(50, 0, 0), 50);
    assert_int_equal(weights_beside_parts(50, 30, -10), 20);
    assert_int_equal(weights_beside_parts(50, 70, 0), 0);
    assert_int_equal(weights_beside_parts(-40, 30, 0), -40);
    assert_int_equal(weights_beside_parts(-40, 30, -25), -15);
    assert_int_equal(weights_beside_parts(-40, 0, -60), 0);
    assert_int_equal(weights_beside_parts(0, 0, 0), 0);
}

/* Brothers of one address were born in neighbouring years. */
static void a_near_value_weighs_by_how_often_others_come_near(void **state)
{
    struct match_column columns[2];
    struct weights weights;
    struct tally tally;
    struct tq_error err;
    struct item items[2] = {held(0, .001), held(1, .01)};
    uint16_t order[2];
    uint8_t levels[2] = {LEVEL_AGREES, LEVEL_NEAR};
    int64_t weight;

    (void)state;
    make_weights(&weights, columns);
    weights.near_given[0 * 2 + 1] = weight_of_log(.2);
    assert_int_equal(tally_init(&tally, 2, &err), 0);
    weights_order(&weights, items, 2, order);
    weight = weights_of_levels(&weights, &tally, items, order, 2, levels);
    assert_true(fabs(in_nats(weight) - log(.91 / .001) - log(.035 / .2)) < 1e-4);
    levels[0] = LEVEL_DIFFERS;
    weight = weights_of_levels(&weights, &tally, items, order, 2, levels);
    assert_true(fabs(in_nats(weight) - log(.04 / .9785) - log(.035 / .002)) < 1e-4);
    tally_clear(&tally);
    weights_clear(&weights);
}

/* A family name in common with who shares the address is what relatives have. */
static void a_part_of_a_name_weighs_by_how_often_others_share_it(void **state)
{
    struct match_column columns[2];
    struct weights weights;
    struct tally tally;
    struct tq_error err;
    struct item items[2] = {held(0, .001), held(1, .01)};
    uint16_t order[2];
    uint8_t levels[2] = {LEVEL_AGREES, LEVEL_PARTLY};
    int64_t weight;

    (void)state;
    make_weights(&weights, columns);
    assert_int_equal(tally_init(&tally, 2, &err), 0);
    weights_order(&weights, items, 2, order);
    weight = weights_of_levels(&weights, &tally, items, order, 2, levels);
    assert_true(fabs(in_nats(weight) - log(.91 / .001) - log(.01 / .008)) < 1e-4);
    weights.part_given[0 * 2 + 1] = weight_of_log(.8);
    weight = weights_of_levels(&weights, &tally, items, order, 2, levels);
    assert_true(fabs(in_nats(weight) - log(.91 / .001) - log(.01 / .8)) < 1e-4);
    levels[0] = LEVEL_DIFFERS;
    weight = weights_of_levels(&weights, &tally, items, order, 2, levels);
    assert_true(fabs(in_nats(weight) - log(.04 / .9785) - log(.01 / .008)) < 1e-4);
    tally_clear(&tally);
    weights_clear(&weights);
}

static void a_column_that_is_wrong_in_every_line_is_wrong_once(void **state)
{
    struct match_column columns[2];
    struct weights weights;
    struct tally tally;
    struct tq_error err;
    struct item items[3] = {held(0, .1), held(0, .2), held(0, .3)};
    struct item alone = held(0, .1);
    uint16_t order[3], first = 0;
    uint8_t levels[3] = {LEVEL_DIFFERS, LEVEL_DIFFERS, LEVEL_DIFFERS};
    int64_t lines, one;

    (void)state;
    make_weights(&weights, columns);
    assert_int_equal(tally_init(&tally, 2, &err), 0);
    for (unsigned i = 0; i < 3; i++)
        items[i].peers = 3;
    weights_order(&weights, items, 3, order);
    lines = weights_of_levels(&weights, &tally, items, order, 3, levels);
    one = weights_of_levels(&weights, &tally, &alone, &first, 1, levels);
    assert_true(fabs(in_nats(lines - one)) < 1e-4);
    tally_clear(&tally);
    weights_clear(&weights);
}

static void values_that_nobody_holds_come_first(void **state)
{
    struct match_column columns[2];
    struct weights weights;
    struct item items[3] = {held(0, .001), held(0, .5), held(1, .01)};
    uint16_t order[3];

    (void)state;
    make_weights(&weights, columns);
    items[0].held = false;
    weights_order(&weights, items, 3, order);
    assert_int_equal(order[0], 0);
    assert_int_equal(order[1], 2);
    assert_int_equal(order[2], 1);
    weights_clear(&weights);
}

/* A random subject is as likely under either hypothesis, however many lines a document has. */
static void lines_do_not_multiply_those_who_were_not_seen(void **state)
{
    enum {
        LINES = 24
    };
    struct match_column columns[2];
    struct weights weights;
    struct tally tally;
    struct tq_error err;
    struct item items[LINES];
    uint16_t order[LINES];
    bool open[LINES];

    (void)state;
    make_weights(&weights, columns);
    assert_int_equal(tally_init(&tally, 2, &err), 0);
    for (unsigned i = 0; i < LINES; i++) {
        items[i] = held(0, .02);
        items[i].peers = LINES;
        open[i] = true;
    }
    weights_order(&weights, items, LINES, order);
    assert_true(weights_unseen(&weights, &tally, items, order, LINES, open)
                <= weights.subjects * 1.001);
    tally_clear(&tally);
    weights_clear(&weights);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_agreement_weighs_by_the_rarity_of_its_value),
        cmocka_unit_test(what_a_family_shares_counts_once),
        cmocka_unit_test(what_changes_together_differs_once),
        cmocka_unit_test(a_spelling_tells_homonyms_but_not_kin),
        cmocka_unit_test(exchanged_names_have_a_weight_of_their_own),
        cmocka_unit_test(a_whole_name_says_what_its_parts_say),
        cmocka_unit_test(a_near_value_weighs_by_how_often_others_come_near),
        cmocka_unit_test(a_near_value_weighs_no_more_than_the_right_one_would),
        cmocka_unit_test(a_part_of_a_name_weighs_by_how_often_others_share_it),
        cmocka_unit_test(a_column_that_is_wrong_in_every_line_is_wrong_once),
        cmocka_unit_test(lines_do_not_multiply_those_who_were_not_seen),
        cmocka_unit_test(values_that_nobody_holds_come_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
