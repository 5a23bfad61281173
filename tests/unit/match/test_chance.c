/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "match/chance.h"
#include "match_table.h"

#define FAMILIES 60u

/* Two brothers at each address, born in one month of neighbouring years. */
static struct reg *brothers_register(void)
{
    struct buf text = {0};
    struct reg *reg;

    buf_add_text(&text, "country MA\ntimezone Africa/Casablanca\nkind person\n" CITIZEN_FIELDS);
    for (unsigned i = 0; i < 2 * FAMILIES; i++) {
        unsigned family = i / 2, mix = (unsigned)(hash_mix(family) % 1000);

        buf_format(&text, "K%03u | address | %u rue des Freres\n", i, family + 1);
        buf_format(&text, "K%03u | birth_date | 19%02u-%02u-%02u\n", i, 40 + 2 * (mix % 25) + i % 2,
                   1 + mix % 12, 1 + mix % 28);
        buf_format(&text, "K%03u | phone | 0600%06u\n", i, i * 7919);
    }
    reg = toy_register(text.data);
    buf_clear(&text);
    return reg;
}

static uint32_t column_of(const struct match_columns *columns, unsigned cell)
{
    uint32_t c = 0;

    while (c < columns->count && columns->items[c].number != cell)
        c++;
    assert_true(c < columns->count);
    return c;
}

static void brothers_are_known_to_be_near_in_age_and_in_nothing_else(void **state)
{
    struct reg *reg = brothers_register();
    struct match_table table;
    struct match_columns columns;
    struct weights weights;
    struct tq_error err;
    uint32_t address;

    (void)state;
    match_table_init(&table, reg, 200, false);
    assert_int_equal(match_columns_init(&columns, reg, &table.table, &table.reading, &err), 0);
    assert_int_equal(weights_init(&weights, &columns, &err), 0);
    assert_int_equal(chance_measure(&weights, &columns, 1, &err), 0);
    address = column_of(&columns, CELL_ADDRESS) * columns.count;
    assert_true(weights_ratio(weights.near_given[address + column_of(&columns, CELL_BIRTH)]) > .8);
    assert_int_equal(weights.near_given[address + column_of(&columns, CELL_PHONE)], WEIGHT_NONE);
    weights_clear(&weights);
    match_columns_clear(&columns);
    match_table_clear(&table);
    (void)reg_free(reg);
}

static void measuring_survives_every_failure_of_memory(void **state)
{
    struct reg *reg = brothers_register();
    struct match_table table;
    struct match_columns columns;
    struct tq_error err;
    int r = TQ_E_NOMEM;

    (void)state;
    match_table_init(&table, reg, 200, false);
    assert_int_equal(match_columns_init(&columns, reg, &table.table, &table.reading, &err), 0);
    for (unsigned i = 1; i < 4000 && r != 0; i++) {
        struct weights weights;

        alloc_fail_nth(i);
        r = weights_init(&weights, &columns, &err);
        if (r == 0)
            r = chance_measure(&weights, &columns, 1, &err);
        alloc_fail_nth(0);
        weights_clear(&weights);
    }
    assert_int_equal(r, 0);
    match_columns_clear(&columns);
    match_table_clear(&table);
    (void)reg_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brothers_are_known_to_be_near_in_age_and_in_nothing_else),
        cmocka_unit_test(measuring_survives_every_failure_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
