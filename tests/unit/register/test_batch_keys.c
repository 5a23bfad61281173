/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "register/batch_keys.h"
#include "toy_register.h"

#define PEOPLE                                 \
    "kind person\n"                            \
    "field person name family-name identity\n" \
    "1 | name | BENJELLOUN\n"                  \
    "2 | name | RAMI\n"

struct fixture {
    struct reg *reg;
    struct column_reading reading;
    struct view *view;
    struct batch_builder builder;
};

static void add_row(struct fixture *fixture, const char *cell)
{
    struct batch_builder *builder = &fixture->builder;
    uint32_t number = builder->batch.row_count + 1;
    struct tq_error err;

    assert_int_equal(batch_builder_cell(builder, slice_of("x"), &err), TQ_OK);
    assert_int_equal(batch_builder_cell(builder, slice_of(cell), &err), TQ_OK);
    assert_int_equal(batch_builder_row(builder, 1, number, number, 0, &err), TQ_OK);
}

static const uint32_t *find(struct fixture *fixture, struct batch_keys *keys)
{
    const uint32_t *found = NULL;
    struct tq_error err;

    assert_int_equal(batch_keys_find(keys, fixture->view, &fixture->builder.batch, 1, &found, &err),
                     TQ_OK);
    return found;
}

static void setup(struct fixture *fixture)
{
    struct tq_error err;

    *fixture = (struct fixture){.reg = toy_register(PEOPLE)};
    fixture->reading = (struct column_reading){.target = {.field = 0, .through = FIELD_NONE},
                                               .interpretation = AS_NAME};
    assert_int_equal(view_new(fixture->reg, &fixture->reading, &fixture->view, &err), TQ_OK);
    batch_builder_init(&fixture->builder, 2);
}

static void teardown(struct fixture *fixture)
{
    batch_builder_clear(&fixture->builder);
    (void)view_free(fixture->view);
    (void)reg_free(fixture->reg);
}

static void keys_are_those_of_the_view_and_are_made_once(void **state)
{
    struct batch_keys keys = {0};
    struct fixture fixture;
    uint32_t expected[2];
    const uint32_t *found;
    struct tq_error err;

    (void)state;
    setup(&fixture);
    add_row(&fixture, "Rami");
    add_row(&fixture, "nobody's");
    assert_int_equal(view_batch_keys(fixture.view, &fixture.builder.batch, 1, expected, &err),
                     TQ_OK);
    found = find(&fixture, &keys);
    assert_memory_equal(found, expected, sizeof(expected));
    assert_int_equal(found[1], KEY_NONE);

    /* Were they made again, the new name would show. */
    batch_builder_empty(&fixture.builder, 0);
    add_row(&fixture, "Benjelloun");
    add_row(&fixture, "Benjelloun");
    assert_ptr_equal(find(&fixture, &keys), found);
    assert_memory_equal(found, expected, sizeof(expected));
    batch_keys_clear(&keys);
    teardown(&fixture);
}

static void emptied_keys_take_the_next_batch_however_long(void **state)
{
    struct batch_keys keys = {0};
    struct fixture fixture;
    const uint32_t *found;
    uint32_t rami;

    (void)state;
    setup(&fixture);
    add_row(&fixture, "Rami");
    rami = find(&fixture, &keys)[0];
    batch_keys_empty(&keys);
    batch_builder_empty(&fixture.builder, 0);
    for (unsigned i = 0; i < 1000; i++)
        add_row(&fixture, "Benjelloun");
    found = find(&fixture, &keys);
    for (unsigned i = 0; i < 1000; i++) {
        assert_int_equal(found[i], found[0]);
        assert_int_not_equal(found[i], rami);
    }
    batch_keys_clear(&keys);
    batch_keys_clear(&keys);
    teardown(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_those_of_the_view_and_are_made_once),
        cmocka_unit_test(emptied_keys_take_the_next_batch_however_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
