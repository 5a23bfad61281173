/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "plans.h"

#include "base/cleanup.h"
#include "canary/register_block.h"
#include "canary/register_value.h"
#include "toy_register.h"

#define FIELD_PLAN(field, more)                                                           \
    "name: n\ncolumns:\n- {header: id, id: \"89#######\", check: ma-cnss-person-drill}\n" \
    "- {header: nom, subject: person, field: " field more "}\n"                           \
    "recipients:\n- {name: A, count: 3, since: 2026-03-01}\n"

DEFINE_CLEANUP(struct reg *, reg_free)
DEFINE_CLEANUP(struct canary_plan *, canary_plan_free)

/* Six of one name, five of another, one of a third, and five in Arabic letters. */
static struct reg *families(const char *number)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    static const char *const names[] = {"ALAMI", "BERRADA", "RARE", "\xd8\xa7\xd9\x84"};
    static const unsigned counts[] = {6, 5, 1, 5};
    unsigned subject = 1001;

    buf_add_text(&text, "country MA\nkind person\n"
                        "field person family_name family-name identity\n"
                        "field person number id identity\n");
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned j = 0; j < counts[i]; j++)
            buf_format(&text, "%u | family_name | %s\n", subject++, names[i]);
    }
    buf_format(&text, "1001 | number | %s\n", number);
    return toy_register(text.data);
}

static void names_are_those_that_several_people_bear(void **state)
{
    CLEANUP(reg_free_cleanup) struct reg *reg = families("5");
    CLEANUP(canary_plan_free_cleanup)
    struct canary_plan *plan = plan_of(FIELD_PLAN("family_name", ""));
    const struct field *field;
    struct tq_error err = {0};
    unsigned alami = 0, berrada = 0;
    struct keyed_dice dice;

    (void)state;
    assert_int_equal(register_value_field(reg, plan, &plan->columns[1], &field, &err), TQ_OK);
    keyed_dice_start(&dice, plan_key, slice_of("A"), 1, slice_of("nom"));
    for (unsigned i = 0; i < 1100; i++) {
        struct slice name = register_value_draw(field, &plan->columns[1], &dice);

        alami += slice_is(name, "ALAMI");
        berrada += slice_is(name, "BERRADA");
    }
    assert_int_equal(alami + berrada, 1100);
    assert_in_range(alami, 540, 660); /* as often as people bear it */
    plan->columns[1].is_arabic = true;
    assert_true(slice_is(register_value_draw(field, &plan->columns[1], &dice), "\xd8\xa7\xd9\x84"));
}

static void a_field_that_gives_no_names_is_refused_with_its_line(void **state)
{
    static const char *const fields[] = {"nothing", "number"};
    static const char *const what[] = {"plan.yaml:4: column 'nom': the register has no field",
                                       "has no value in this script that five subjects hold"};
    CLEANUP(reg_free_cleanup) struct reg *reg = families("5");

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(canary_plan_free_cleanup)
        struct canary_plan *plan = plan_of(FIELD_PLAN("x", ""));
        const struct field *field;
        struct tq_error err = {0};

        plan->columns[1].field = fields[i];
        assert_int_equal(register_value_field(reg, plan, &plan->columns[1], &field, &err),
                         TQ_E_USAGE);
        if (!strstr(err.message, what[i]))
            fail_msg("%s", err.message);
    }
}

static void people_in_the_block_are_counted(void **state)
{
    CLEANUP(canary_plan_free_cleanup)
    struct canary_plan *plan = plan_of(FIELD_PLAN("family_name", ""));
    struct canary_identifiers identifiers = {0};
    struct tq_error err = {0};
    struct block_use use;

    (void)state;
    assert_int_equal(
        canary_identifiers_make(plan->recipients, plan->columns, plan_key, &identifiers, &err),
        TQ_OK);
    for (unsigned i = 0; i < 2; i++) {
        CLEANUP(buf_clear_cleanup) struct buf number = {0};
        CLEANUP(reg_free_cleanup) struct reg *reg = NULL;

        buf_add_text(&number, "1");
        if (i == 1) {
            buf_empty(&number);
            buf_add_slice(&number, dictionary_text(&identifiers.written, 2));
        }
        reg = families(number.data);
        assert_int_equal(register_block_use(reg, plan->columns, &identifiers, &use, &err), TQ_OK);
        assert_int_equal(use.in_block, i);
        assert_int_equal(use.canaries, i);
    }
    canary_identifiers_clear(&identifiers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_those_that_several_people_bear),
        cmocka_unit_test(a_field_that_gives_no_names_is_refused_with_its_line),
        cmocka_unit_test(people_in_the_block_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
